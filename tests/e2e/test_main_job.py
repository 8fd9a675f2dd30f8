"""The main job from the citizen's first look to the downloaded decision, with every clock and list that shows it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import clocks, desks, online, papers
from tests.e2e.desks import Inspect
from tests.processes import Portal, manage

pytestmark = pytest.mark.e2e
FOOD = "食品药品"
RESULT_NUMBER = "JY21406020000001"


def test_a_citizen_gets_a_food_permit_from_the_first_search_to_the_decision(
    portal: Portal, new_page: Callable[..., Page], inspect: Inspect
) -> None:
    citizen = new_page(who="citizen")
    case = _apply(portal, citizen, inspect)

    clerk = new_page(who="window_clerk", of=FOOD)
    desks.check_materials(clerk, case.number, inspect, missing={"平面布局图": "图上没有标明面积，请补标。"})
    desks.then(clerk, "ask_correction", inspect)
    desks.confirm(clerk, inspect)

    citizen.goto(case.address)
    inspect(citizen)
    expect(citizen.get_by_text("补交 1 项材料。")).to_be_visible()
    citizen.get_by_role("link", name="撤回申请").click()
    inspect(citizen)
    citizen.get_by_role("link", name="不撤回，退回").click()
    online.supply(citizen, case, inspect)
    inspect(citizen)
    expect(citizen.get_by_text("补正齐全，受理")).to_be_visible()

    stored = _due_date_is_the_same_everywhere(portal, citizen, case, inspect)
    _progress_without_signing_in(new_page(), case, stored, inspect)

    reviewer = new_page(who="reviewer", of=FOOD)
    desks.review(reviewer, case.number, inspect, opinion="现场与图一致，符合条件，建议准予。")
    desks.grant(new_page(who="approver", of=FOOD), case.number, inspect, opinion="同意。")
    desks.hand_over(clerk, case.number, inspect, recipient="李秀芳", method="electronic", result_number=RESULT_NUMBER)

    citizen.goto(case.address)
    inspect(citizen)
    expect(citizen.get_by_text("准予，已办结")).to_be_visible()
    text = papers.downloaded_text(citizen, citizen.locator("#documents-title ~ ul").get_by_role("link", name="准予"))
    for words in ("准予行政许可决定书", online.FIRM, case.number, "食品经营许可证", "5年"):
        assert words in text, words

    _verifies(new_page(), text, inspect)
    _stands_in_the_public_list(new_page(), case, inspect)
    done = manage(portal.data_dir, "verify_log", **portal.variables)
    assert done.returncode == 0, done.stdout + done.stderr


def _apply(portal: Portal, page: Page, inspect: Inspect) -> online.Submitted:
    page.goto("/")
    page.get_by_role("searchbox").first.fill("开饭店")
    page.get_by_role("searchbox").first.press("Enter")
    page.get_by_role("link", name="食品经营许可").first.click()
    page.get_by_role("link", name="在线申请").first.click()
    inspect(page)
    online.begin(page)
    online.fill_until_materials(page, inspect)
    online.upload_at_once(page)
    sentence = online.finish(page, inspect)
    _promise_is_the_clocks(portal, page, sentence)
    return online.submit(page, inspect)


def _promise_is_the_clocks(portal: Portal, page: Page, sentence: str) -> None:
    told = re.fullmatch(r"(今天|(\d+)月(\d+)日（周.）)受理的，最迟 (.+)办结。", sentence)
    assert told is not None, sentence
    now = clocks.instant(page)
    day = now.date() if told[1] == "今天" else now.date().replace(month=int(told[2]), day=int(told[3]))
    answer = clocks.deadline(portal, clocks.accepted_on(day))
    assert told[4] == clocks.written(answer["promised_due_on"])


def _due_date_is_the_same_everywhere(
    portal: Portal, page: Page, case: online.Submitted, inspect: Inspect
) -> dict[str, Any]:
    """The page of the case, why this day, the calculator, the stored clock, the clock from a shell."""
    line = clocks.exported_clock(portal, case.number)
    stored: dict[str, Any] = line.pop("stored")
    answer = clocks.deadline(portal, line)
    for name in ("accepted_on", "deemed_accepted", "promised_due_on", "statutory_due_on", "level"):
        assert answer[name] == stored[name], name
    due = clocks.short(stored["promised_due_on"])
    expect(page.locator(".due-panel .figure").locator("visible=true")).to_have_text(due)

    page.get_by_role("link", name="为什么是这一天").locator("visible=true").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"为什么是 {due}")
    inspect(page)

    page.goto(f"/calculator/?item={online.FOOD_PERMIT}&start=accepted&on={stored['accepted_on']}#result")
    full = f"{stored['promised_due_on'][:4]}年{clocks.written(stored['promised_due_on'])}"
    expect(page.get_by_role("heading", level=2, name=f"最迟 {full}办结")).to_be_visible()
    inspect(page)
    return stored


def _progress_without_signing_in(page: Page, case: online.Submitted, stored: dict[str, Any], inspect: Inspect) -> None:
    page.goto("/progress/")
    page.locator("#id_number").fill(case.number)
    page.locator("#id_code").fill(case.query_code)
    page.get_by_role("button", name="查进度").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("食品经营许可")
    expect(page.locator(".due-panel .figure").locator("visible=true")).to_have_text(
        clocks.short(stored["promised_due_on"])
    )
    inspect(page)
    page.get_by_role("link", name="为什么是这一天").locator("visible=true").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("为什么是")
    inspect(page)
    assert page.context.cookies() == []


def _verifies(page: Page, text: str, inspect: Inspect) -> None:
    """By the code that stands on the paper, anybody sees what the document is and its state today."""
    code = re.search(r"核验码((?:[0-9A-Z]{4}-?)+)", text)
    assert code is not None
    page.goto("/verify/")
    page.locator("#id_code").fill(code[1])
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.get_by_text("准予行政许可决定书").first).to_be_visible()
    inspect(page)


def _stands_in_the_public_list(page: Page, case: online.Submitted, inspect: Inspect) -> None:
    """The edition publishes its cases in full, and a firm's name is never masked."""
    page.goto(f"/cases/?number={case.number}")
    row = page.get_by_role("row", name=re.compile(case.number))
    expect(row).to_contain_text(online.FIRM)
    inspect(page)
    row.get_by_role("link").click()
    expect(page.get_by_text(RESULT_NUMBER)).to_be_visible()
    inspect(page)
