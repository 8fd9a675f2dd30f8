"""Intake in the hall: register, choose the item, receive."""

import itertools
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from portal.privacy.identifiers import (
    credit_check_character,
    identity_check_character,
    organisation_check_character,
)
from tests.e2e.online import DETAILS

Inspect = Callable[[Page], None]
#: Every run brings new people, also to a portal that is kept.
_newcomers = itertools.count(secrets.randbelow(1_000_000))


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom the hall does not know, with numbers that are valid."""

    name: str
    identity_number: str
    phone: str
    firm: str
    uscc: str


def newcomer() -> Newcomer:
    """The next one."""
    n = next(_newcomers)
    body = f"1406021990{1 + n // 1000 % 12:02}{1 + n // 12_000 % 28:02}{n % 1000:03}"
    organisation = f"MA0E{n % 10_000:04}"
    code = "91140602" + organisation + organisation_check_character(organisation)
    return Newcomer(
        name="".join("孙李周吴郑"[n % 5] + "建国海燕玉"[n // 5 % 5] + "兰芳英华"[n // 25 % 4]),
        identity_number=body + identity_check_character(body),
        phone=f"199{n % 100_000_000:08}",
        firm=f"朔州恢河{n % 100_000}食品有限公司（演示）",
        uscc=code + credit_check_character(code),
    )


def register_firm(page: Page, who: Newcomer, inspect: Inspect) -> None:
    """Look for it, do not find it, register it from its licence; ends at the choice of the item."""
    page.goto("/desk/intake/new/")
    inspect(page)
    page.locator("#id_q").fill(who.uscc)
    page.get_by_role("button", name="查找").click()
    page.get_by_text("大厅没有登记过。").wait_for()
    page.get_by_role("link", name="登记单位").click()
    for name, value in {
        "name": who.firm,
        "uscc": who.uscc,
        "representative_name": who.name,
        "representative_identity": who.identity_number,
        "representative_phone": who.phone,
    }.items():
        page.locator(f"#id_{name}").fill(value)
    inspect(page)
    page.get_by_role("button", name="登记并继续").click()
    page.get_by_role("heading", level=1, name="选择事项").wait_for()


def register_person(page: Page, who: Newcomer, inspect: Inspect) -> None:
    """The same for a person by the identity card."""
    page.goto("/desk/intake/new/person/")
    for name, value in {"name": who.name, "identity_number": who.identity_number, "phone": who.phone}.items():
        page.locator(f"#id_{name}").fill(value)
    inspect(page)
    page.get_by_role("button", name="登记并继续").click()
    page.get_by_role("heading", level=1, name="选择事项").wait_for()


def choose_item(page: Page, name: str, inspect: Inspect) -> None:
    """Find the item by its name."""
    page.locator("#id_q").fill(name)
    page.get_by_role("button", name="查事项").click()
    inspect(page)
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", level=1, name=name, exact=True).wait_for()


def fill_food_details(page: Page) -> None:
    """What the food permit asks."""
    page.get_by_role("radio", name="餐饮服务经营者").check()
    for name, value in DETAILS.items():
        page.locator(f"#id_d_{name}").fill(value)


def receive(page: Page, inspect: Inspect) -> str:
    """Count the materials, take the declaration, receive; returns the case number."""
    for count in page.locator(".count-input").all():
        count.fill("1")
    phone = page.locator("#id_contact_phone")
    if not phone.input_value():  # a firm's is asked for
        phone.fill("0349-0000123")
    page.locator("#id_declared").check()
    inspect(page)
    page.get_by_role("button", name="收件，出具收件凭证").click()
    page.get_by_role("heading", level=1, name="已收件").wait_for()
    inspect(page)
    told = re.search(r"办件编号 (\w+)", page.locator(".confirmation").inner_text())
    assert told is not None
    return told[1]
