"""The manuals use the words of the pages."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.import_graph import ROOT

MANUALS = sorted((ROOT / "docs" / "manual").glob("*.md"))
CODE = ("portal", "catalog", "applications", "supervision", "disclosure")


@cache
def words_of_the_pages() -> str:
    """Templates, with tags removed so that a word split by one is whole, and the sources of forms and labels."""
    pages = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    sources = [path.read_text("utf-8") for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    bare = [re.sub(r"<[^>]*>|\{%[^%]*%\}", "", page) for page in pages]
    return "\n".join([*pages, *bare, *sources])


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.stem)
def test_every_quoted_word_stands_on_a_page(manual: Path) -> None:
    quoted = set(re.findall(r"“([^”]+)”", manual.read_text("utf-8")))
    assert quoted
    missing = sorted(word for word in quoted if word not in words_of_the_pages())
    assert not missing


def test_there_is_a_manual_for_each_audience() -> None:
    audiences = {"申请人", "事项管理人员", "窗口受理人员", "审核批准人员", "个人信息保护负责人", "系统与中心管理员"}
    assert {path.stem for path in MANUALS} == audiences
