"""The bases, the sheet of components, the error pages and the files they use."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from portal.web.components import LIGHTS, TAGS

ROOT = Path(settings.BASE_DIR)
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = (ROOT / "static" / "icons" / "sprite.svg").read_text()
SYMBOLS = set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE))


def strict(html: str) -> None:
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert "{{" not in html
    assert "{%" not in html
    assert html.count("<h1") == 1
    assert '<html lang="zh-CN"' in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("elder", [False, True])
def test_the_sheet_of_components_renders_under_the_strict_policy(elder: bool) -> None:
    request = RequestFactory().get("/design/")
    request.elder = elder  # type: ignore[attr-defined]
    html = render_to_string("disclosure/design.html", request=request)
    strict(html)
    assert ('class="elder"' in html) is elder


def test_a_public_page_touches_neither_user_nor_session() -> None:
    class Guarded:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError("a public page asked for the user or the session")

    request = RequestFactory().get("/design/")
    request.user = Guarded()  # type: ignore[assignment]
    request.session = Guarded()  # type: ignore[assignment]
    html = render_to_string("disclosure/design.html", request=request)
    assert "csrfmiddlewaretoken" not in html


def test_public_pages_carry_the_government_site_meta_tags() -> None:
    html = render_to_string("disclosure/design.html", request=RequestFactory().get("/design/"))
    for name in ("SiteName", "SiteDomain", "SiteIDCode"):
        assert f'<meta name="{name}" content="' in html
    for item in ("主办：", "承办：", "网站标识码", "晋ICP备", "晋公网安备", "党政机关标识", "我为政府网站找错"):
        assert item in html


@pytest.mark.parametrize("code", [400, 403, 404, 429])
def test_error_pages_are_calm_and_say_what_to_do(code: int) -> None:
    html = render_to_string(f"errors/{code}.html", request=RequestFactory().get("/x/"))
    strict(html)
    assert "0349-0000123" in html
    assert "！" not in html


@pytest.mark.parametrize("code", [500, 503])
def test_the_pages_of_a_broken_portal_need_no_context(code: int) -> None:
    html = get_template(f"errors/{code}.html").render()
    strict(html)
    assert "0349-0000123" in html
    source = (ROOT / "templates" / "errors" / f"{code}.html").read_text()
    assert "{%" not in source


def test_a_refused_act_shows_the_sentence_of_the_rule() -> None:
    html = render_to_string(
        "errors/refused.html", {"message": "这件办件已经受理。"}, request=RequestFactory().get("/x/")
    )
    strict(html)
    assert "这件办件已经受理。" in html


def test_every_icon_that_is_named_exists() -> None:
    named = {symbol for _, symbol in TAGS.values() if symbol} | {symbol for _, symbol, _ in LIGHTS.values()}
    for template in TEMPLATES:
        named |= set(re.findall(r'{% icon "([a-z-]+)"', template.read_text()))
    assert named <= SYMBOLS


def test_style_sheets_use_only_tokens_that_exist_and_no_fixed_type_sizes() -> None:
    text = "\n".join(path.read_text() for path in STYLES)
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    used = {name for name in re.findall(r"var\((--[a-z0-9-]+)", text) if not name.startswith("--bs-")}
    assert used <= defined
    assert not re.search(r"font-size:\s*[\d.]+px", text)


def test_files_of_the_look_stay_small() -> None:
    for path in [*STYLES, *(ROOT / "static" / "js").glob("*.js")]:
        assert len(path.read_text().splitlines()) < 400, path.name


def test_scripts_need_no_eval() -> None:
    for path in (ROOT / "static" / "js").glob("*.js"):
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", path.read_text()), path.name
