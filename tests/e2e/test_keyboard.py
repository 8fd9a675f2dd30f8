"""The work list by keyboard: j and k move, Enter opens, c claims."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e


def test_a_reviewer_works_through_the_list_by_keyboard(new_page: Callable[..., Page]) -> None:
    page = new_page(who="reviewer", of="食品药品")
    _give_back_everything(page)
    page.goto("/desk/cases/?tab=unclaimed")
    rows = page.locator("tr[data-row]")
    assert rows.count() >= 2, "the small city has cases under review"

    page.keyboard.press("j")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    expect(rows.nth(0).locator("a[href]").first).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    expect(rows.nth(0)).not_to_have_attribute("aria-current", "true")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")

    link = rows.nth(0).locator("a[href]").first
    address = (link.get_attribute("href") or "").partition("?")[0]
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_contain_text("已认领 1 件")
    expect(page.locator(f"tr[data-row] a[href^='{address}']")).to_have_count(0)

    page.goto("/desk/cases/?tab=mine")
    mine = page.locator("tr[data-row]").filter(has=page.locator(f"a[href^='{address}']"))
    expect(mine).to_have_count(1)
    while mine.get_attribute("aria-current") != "true":
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(address)))
    page.locator(".rare-list").get_by_role("link", name="退回待办").click()
    page.locator("form.panel .form-foot button").click()
    page.locator(".confirmation").wait_for()


def _give_back_everything(page: Page) -> None:
    page.goto("/desk/cases/?tab=mine")
    boxes = page.locator("tr[data-row] input[type=checkbox]")
    if boxes.count():
        for box in boxes.all():
            box.check()
        page.get_by_role("button", name="退回待办").click()
        page.get_by_role("status").wait_for()


def test_slash_goes_to_the_search_and_typing_there_moves_nothing(new_page: Callable[..., Page]) -> None:
    page = new_page(who="reviewer", of="食品药品")
    page.goto("/desk/cases/?status=open")
    page.keyboard.press("/")
    search = page.locator("[data-filter] input[name=q]")
    expect(search).to_be_focused()
    page.keyboard.type("jkc")
    expect(search).to_have_value("jkc")
    expect(page.locator("tr[aria-current]")).to_have_count(0)
