"""The same job by intake in the hall: once paused, extended and granted, once refused; and a masked name."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import clocks, desks, hall, papers
from tests.e2e.desks import Inspect
from tests.processes import Portal, manage

pytestmark = pytest.mark.e2e
FOOD = "食品药品"
NewPage = Callable[..., Page]


def test_a_hall_case_is_paused_resumed_extended_and_granted(
    portal: Portal, new_page: NewPage, inspect: Inspect
) -> None:
    clerk = new_page(who="window_clerk", of="政务服务中心")
    who = hall.newcomer()
    hall.register_firm(clerk, who, inspect)
    number = _receive_food_permit(clerk, inspect)
    _accept(clerk, number, inspect)
    promised = clocks.exported_clock(portal, number)["stored"]["promised_due_on"]

    reviewer = new_page(who="reviewer", of=FOOD)
    until = clocks.instant(reviewer).date() + dt.timedelta(days=14)
    told = desks.act(
        reviewer,
        number,
        "启动特别程序",
        inspect,
        procedure="expert_review",
        until=until.isoformat(),
        reason="经营生食类食品，需要专家评审。",
    )
    assert clocks.written(until.isoformat()) in told
    expect(reviewer.get_by_text("暂停计时").first).to_be_visible()
    desks.act(reviewer, number, "结束特别程序", inspect, result="专家评审通过。")

    head = new_page(who="organ_head", of=FOOD)
    desks.act(head, number, "延期", inspect, n="5", reason="现场核查人员不足，需要延长。")
    line = clocks.exported_clock(portal, number)
    stored: dict[str, Any] = line.pop("stored")
    answer = clocks.deadline(portal, line)
    assert answer["promised_due_on"] == stored["promised_due_on"] > promised
    head.get_by_role("link", name="为什么是这一天").click()
    expect(head.get_by_role("heading", level=1)).to_contain_text(clocks.short(stored["promised_due_on"]))
    inspect(head)

    desks.review(reviewer, number, inspect, opinion="评审通过，建议准予。")
    desks.grant(new_page(who="approver", of=FOOD), number, inspect, opinion="同意。")
    desks.hand_over(clerk, number, inspect, recipient=who.name, method="direct", result_number="JY21406020000002")
    text = papers.downloaded_text(clerk, clerk.get_by_role("link", name="延期通知书"))
    assert "现场核查人员不足" in text
    assert clocks.full(stored["promised_due_on"]) in text
    text = papers.downloaded_text(clerk, clerk.get_by_role("link", name=re.compile("特别程序")).first)
    assert "专家评审" in text
    text = papers.downloaded_text(clerk, clerk.get_by_role("link", name=re.compile("准予行政许可决定书")))
    assert who.firm in text


def test_a_hall_case_is_refused_with_reasons_and_remedies_and_delivered_with_a_receipt(
    portal: Portal, new_page: NewPage, inspect: Inspect
) -> None:
    clerk = new_page(who="window_clerk", of=FOOD)
    general = new_page(who="window_clerk", of="政务服务中心")
    who = hall.newcomer()
    hall.register_firm(general, who, inspect)
    number = _receive_food_permit(general, inspect)
    _accept(clerk, number, inspect)
    desks.review(
        new_page(who="reviewer", of=FOOD), number, inspect, opinion="经营场所距粪坑 8 米，不符合规定。", grant=False
    )
    approver = new_page(who="approver", of=FOOD)
    desks.act(
        approver,
        number,
        "不予",
        inspect,
        facts="现场核查时经营场所距粪坑 8 米。",
        reasons="与污染源的距离不符合规定。",
        legal_basis="《中华人民共和国食品安全法》第三十三条第一款第一项",
    )
    desks.hand_over(clerk, number, inspect, recipient=who.name, method="direct")
    text = papers.downloaded_text(clerk, clerk.get_by_role("link", name=re.compile("不予行政许可决定书")))
    for words in (who.firm, number, "距粪坑8米", "与污染源的距离不符合规定", "第三十三条", "行政复议", "行政诉讼"):
        assert words in text, words
    text = papers.downloaded_text(clerk, clerk.get_by_role("link", name=re.compile("送达回证")))
    for words in (who.firm, "不予行政许可决定书", who.name, "窗口领取"):
        assert words in text, words
    done = manage(portal.data_dir, "verify_log", **portal.variables)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_persons_name_is_masked_in_the_public_list(new_page: NewPage, inspect: Inspect) -> None:
    clerk = new_page(who="window_clerk", of="政务服务中心")
    who = hall.newcomer()
    hall.register_person(clerk, who, inspect)
    hall.choose_item(clerk, "高中及中等职业学校教师资格认定", inspect)
    _fill_whatever_is_asked(clerk)
    number = hall.receive(clerk, inspect)
    public = new_page()
    public.goto(f"/cases/?number={number}")
    row = public.get_by_role("row", name=re.compile(number))
    expect(row).to_contain_text("*")
    expect(row).not_to_contain_text(who.name)
    row.get_by_role("link").click()
    inspect(public)
    expect(public.locator("body")).not_to_contain_text(who.name)


def _receive_food_permit(clerk: Page, inspect: Inspect) -> str:
    hall.choose_item(clerk, "食品经营许可", inspect)
    hall.fill_food_details(clerk)
    return hall.receive(clerk, inspect)


def _accept(clerk: Page, number: str, inspect: Inspect) -> None:
    desks.check_materials(clerk, number, inspect)
    desks.then(clerk, "accept", inspect)
    desks.confirm(clerk, inspect)


def _fill_whatever_is_asked(page: Page) -> None:
    """Any sound value for each field of an item's own form."""
    for group in page.locator("fieldset:has([name^=d_]), fieldset:has([name=situation])").all():
        group.get_by_role("radio").first.check()
    for control in page.locator("textarea[name^=d_], input[name^=d_]:not([type=radio]):not([type=checkbox])").all():
        kind = control.get_attribute("type") or "text"
        mode = control.get_attribute("inputmode") or ""
        control.fill("2020-06-30" if kind == "date" else "2" if kind == "number" or mode == "numeric" else "语文")
    for control in page.locator("select[name^=d_]").all():
        control.select_option(index=1)
