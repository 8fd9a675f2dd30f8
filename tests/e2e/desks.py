"""The side of the staff: check materials, act, hand over."""

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page

Inspect = Callable[[Page], None]


def open_case(page: Page, number: str) -> None:
    """A full number opens the case from the work list's search."""
    page.goto(f"/desk/cases/?q={number}")
    page.locator(".case-number").get_by_text(number).wait_for()


def check_materials(page: Page, number: str, inspect: Inspect, *, missing: Mapping[str, str] = {}) -> None:
    """At the window: a word for every material; `missing`: what to supply, by a part of the material's name."""
    open_case(page, number)
    page.get_by_role("link", name="去窗口查验材料").click()
    page.locator("tr.reveals").first.wait_for()
    rows = page.locator("tr.reveals")
    for place in range(rows.count()):
        row = rows.nth(place)
        name = row.get_by_role("rowheader").inner_text()
        remark = next((text for part, text in missing.items() if part in name), "")
        conclusion = "incomplete" if remark else "not_applicable" if "授权委托书" in name else "complete"
        row.locator(f"input[value={conclusion}]").check()
        if remark:
            page.locator("tr.revealed").nth(place).locator("textarea").fill(remark)
    inspect(page)


def then(page: Page, action: str, inspect: Inspect) -> None:
    """Save the check and go on to the act's own page."""
    page.locator(f"button[name=then][value={action}]").click()
    page.locator("form.panel .form-foot button").wait_for()
    inspect(page)


def confirm(page: Page, inspect: Inspect, **fields: str) -> str:
    """Fill in the page of an act and do it; returns the confirmation on the case page."""
    for name, value in fields.items():
        control = page.locator(f"form.panel [name={name}]")
        if control.first.get_attribute("type") == "radio":
            page.locator(f"form.panel [name={name}][value={value}]").check()
        elif control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator("form.panel .form-foot button").click()
    return outcome(page, inspect)


def act(page: Page, number: str, label: str, inspect: Inspect, **fields: str) -> str:
    """Open a case, take the act by the words on its link, do it."""
    open_case(page, number)
    page.locator(".act-list, .rare-list").get_by_role("link", name=label).click()
    page.locator("form.panel .form-foot button").wait_for()
    inspect(page)
    return confirm(page, inspect, **fields)


def outcome(page: Page, inspect: Inspect) -> str:
    """What the case page says after an act."""
    text = page.locator(".confirmation").inner_text()
    inspect(page)
    return text


def review(page: Page, number: str, inspect: Inspect, *, opinion: str, grant: bool = True) -> str:
    """The reviewer's opinion, on the case page itself."""
    open_case(page, number)
    inspect(page)
    page.locator(f"[name=recommendation][value={'grant' if grant else 'refuse'}]").check()
    page.locator("[name=opinion]").fill(opinion)
    page.get_by_role("button", name="签名并提交批准人").click()
    return outcome(page, inspect)


def grant(page: Page, number: str, inspect: Inspect, *, opinion: str) -> str:
    """The approver's decision, on the case page itself."""
    open_case(page, number)
    inspect(page)
    page.locator("[name=opinion]").fill(opinion)
    page.get_by_role("button", name="签名并准予").click()
    return outcome(page, inspect)


def hand_over(
    page: Page, number: str, inspect: Inspect, *, recipient: str, method: str, result_number: str = ""
) -> str:
    """Conclude and deliver, from the window's list of what goes out."""
    page.goto("/desk/intake/handover/")
    inspect(page)
    page.get_by_role("row", name=re.compile(number)).get_by_role("link", name="办结", exact=True).click()
    page.locator("form.panel .form-foot button").wait_for()
    inspect(page)
    confirm(page, inspect, **({"result_number": result_number} if result_number else {}))
    page.goto("/desk/intake/handover/")
    page.get_by_role("row", name=re.compile(number)).get_by_role("link", name="登记送达").click()
    page.locator("form.panel .form-foot button").wait_for()
    inspect(page)
    return confirm(page, inspect, method=method, recipient=recipient)
