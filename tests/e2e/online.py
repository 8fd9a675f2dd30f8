"""The citizen's side of a case: apply step by step, supply, read."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Page

from tests.e2e.papers import small_jpeg, small_pdf

Inspect = Callable[[Page], None]
FOOD_PERMIT = "140123026000"
FIRM = "朔州桑干里餐饮有限公司（演示）"
DETAILS = {
    "premises": "朔州市朔城区开发北路18号一层（演示）",
    "business_scope": "热食类食品制售，凉菜类食品制售",
    "area": "186",
    "staff_count": "3",
    "safety_manager": "赵红梅",
}
MATERIALS: dict[str, Callable[[str], FilePayload]] = {
    "M01": small_pdf,
    "M02": small_jpeg,
    "M03": small_jpeg,
    "M04": small_pdf,
    "M05": small_pdf,
    "M06": small_jpeg,
}


@dataclass(frozen=True)
class Submitted:
    """What the page after submission tells; the address of the case is its owner's."""

    number: str
    query_code: str
    address: str


def onward(page: Page) -> None:
    """保存并继续, or the act of the last step."""
    page.locator(".form-foot button[name=go]").click()


def reach_step(page: Page, heading: str) -> None:
    """Wait for a step by its heading."""
    page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()


def begin(page: Page) -> None:
    """From the page of the item to the first step; a draft that was left is thrown away."""
    page.goto(f"/apply/{FOOD_PERMIT}/")
    page.locator(".form-foot button").click()
    reach_step(page, "确认条件")


def fill_until_materials(page: Page, inspect: Inspect) -> None:
    """Conditions, applicant, details."""
    for box in page.locator("input[name^=condition_]").all():
        box.check()
    inspect(page)
    onward(page)
    reach_step(page, "申请人")
    page.get_by_role("radio", name=FIRM).check()
    page.locator("#id_contact_phone").fill("0349-0000123")
    inspect(page)
    onward(page)
    reach_step(page, "申请信息")
    page.get_by_role("radio", name="餐饮服务经营者").check()
    for name, value in DETAILS.items():
        page.locator(f"#id_{name}").fill(value)
    inspect(page)
    onward(page)
    reach_step(page, "材料")


def upload_at_once(page: Page) -> None:
    """Choose a file as the only one of its kind that the page sends by itself, one by one."""
    for code, make in MATERIALS.items():
        page.locator(f"#file-{code}").set_input_files(make(code))
        page.locator(f"#material-{code} .upload-row").wait_for()


def upload_together(page: Page) -> None:
    """Without scripts nothing is sent before a button is pressed."""
    for code, make in MATERIALS.items():
        page.locator(f"#file-{code}").set_input_files(make(code))


def finish(page: Page, inspect: Inspect) -> str:
    """From the materials to the last look; returns the sentence with the due date."""
    page.locator("#na-M07").check()
    inspect(page)
    onward(page)
    reach_step(page, "领取方式")
    page.get_by_role("radio", name="电子送达").check()
    inspect(page)
    onward(page)
    reach_step(page, "核对并提交")
    inspect(page)
    return page.get_by_text(re.compile("受理的，最迟")).inner_text()


def submit(page: Page, inspect: Inspect) -> Submitted:
    """Declare and submit."""
    page.locator("#id_declared").check()
    onward(page)
    reach_step(page, "已提交")
    inspect(page)
    told = page.locator(".confirmation").inner_text()
    number = re.search(r"办件编号 (\w+)", told)
    code = re.search(r"查询码 (\d+)", told)
    assert number is not None and code is not None, told
    address = page.get_by_role("link", name="看办理进度").get_attribute("href")
    assert address is not None
    return Submitted(number[1], code[1], address)


def supply(page: Page, case: Submitted, inspect: Inspect) -> None:
    """See what is asked, hand it in; ends on the page of the case."""
    page.goto("/my/")
    inspect(page)
    page.get_by_role("link", name=re.compile(f"去补正.*{case.number}")).click()
    reach_step(page, "补正材料")
    inspect(page)
    page.locator("input[type=file]").first.set_input_files(small_jpeg(f"补正-{case.number}"))
    page.locator(".upload-row").first.wait_for()
    page.get_by_role("button", name="提交补正").click()
    page.get_by_role("heading", level=1, name="食品经营许可", exact=True).wait_for()
