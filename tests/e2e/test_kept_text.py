"""What was typed when the session had ended is offered again, to the same person, and nothing secret is kept."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import online
from tests.e2e.conftest import sign_in
from tests.e2e.desks import Inspect
from tests.e2e.personas import Personas

pytestmark = pytest.mark.e2e


def kept(page: Page) -> dict[str, str]:
    text: str = page.evaluate("() => JSON.stringify(Object.fromEntries(Object.entries(sessionStorage)))")
    found: dict[str, str] = json.loads(text)
    return {name: value for name, value in found.items() if name.startswith("kept:")}


def test_typed_text_outlives_a_sign_out_in_another_tab(
    new_page: Callable[..., Page], personas: Personas, sessions: dict[str, object], inspect: Inspect
) -> None:
    page = new_page(who="citizen")
    online.begin(page)
    details = page.url.replace("/conditions/", "/details/")
    page.goto(details)
    page.locator("[name=premises]").fill(online.DETAILS["premises"])
    page.locator("[name=safety_manager]").fill("140602198503123026")

    other = page.context.new_page()
    other.goto("/my/")
    other.get_by_role("button", name="退出").first.click()
    other.wait_for_load_state()
    sessions.clear()

    online.onward(page)
    expect(page.get_by_text("在浏览器的另一个页面退出")).to_be_visible()
    inspect(page)
    assert len(kept(page)) == 1 and "140602198503123026" not in json.dumps(kept(page))
    persona = personas.find("citizen", "")
    page.locator("[name=login]").fill(persona["username"])
    page.locator("[name=password]").fill(persona["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(details)
    expect(page.locator("[name=premises]")).to_have_value(online.DETAILS["premises"])
    expect(page.locator("[name=safety_manager]")).to_have_value("")
    expect(page.get_by_text("刚才填写的文字已经填回")).to_be_visible()
    inspect(page)

    page.get_by_role("radio", name="餐饮服务经营者").check()
    for name, value in online.DETAILS.items():
        page.locator(f"[name={name}]").fill(value)
    online.onward(page)
    page.wait_for_url(lambda url: "/details/" not in url)
    assert kept(page) == {}


def test_typed_text_is_gone_after_signing_out_here_and_is_not_another_person_s(
    new_page: Callable[..., Page], personas: Personas, sessions: dict[str, object]
) -> None:
    page = new_page(who="citizen")
    online.begin(page)
    page.goto(page.url.replace("/conditions/", "/details/"))
    page.locator("[name=premises]").fill("只有本人看得到")
    assert len(kept(page)) == 1
    page.goto("/my/")
    page.get_by_role("button", name="退出").first.click()
    page.wait_for_load_state()
    sessions.clear()
    assert kept(page) == {}
    sign_in(page, personas.find("citizen", ""))
    page.evaluate(
        """() => sessionStorage.setItem("kept:/x/:details",
            JSON.stringify({ owner: "someone", at: Date.now(), sent: false, between: true, typed: {}, drawn: {} }))"""
    )
    online.begin(page)
    assert kept(page) == {}
