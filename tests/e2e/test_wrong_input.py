"""Main forms sent empty or half: a summary that leads to each field, what was typed stays, the focus is there."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desks, hall, online
from tests.e2e.inspecting import Inspector

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]


def summary_is_sound(page: Page, inspector: Inspector, kept: dict[str, str] | None = None) -> None:
    """Every line leads to a field that says the same sentence; the first wrong field has the focus."""
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_visible()
    links = summary.get_by_role("link")
    assert links.count() > 0
    for link in links.all():
        href = link.get_attribute("href") or ""
        assert href.startswith("#"), href
        target = page.locator(f"[id='{href[1:]}']")
        assert target.count() == 1, f"{href} leads nowhere"
    first = page.locator(f"[id='{(links.first.get_attribute('href') or '#')[1:]}']")
    focused = page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
    assert first.evaluate("field => field.contains(document.activeElement)"), focused
    expect(page.locator(".field-error").first).to_be_visible()
    for selector, value in (kept or {}).items():
        expect(page.locator(selector)).to_have_value(value)
    faults = inspector.faults(page)
    assert not faults, "\n".join(faults)


@dataclass(frozen=True)
class Form:
    """A public form, what is typed into it, and its button."""

    address: str
    typed: dict[str, str]
    button: str


@pytest.mark.parametrize(
    "form",
    [
        Form("/progress/", {"#id_number": "140600"}, "查进度"),
        Form("/accounts/login/", {"#id_login": "13900000000"}, "登录"),
        Form("/accounts/signup/", {"#id_name": "赵"}, "获取验证码"),
        Form("/calculator/", {"#id_promised": "0"}, "计算"),
        Form("/verify/", {}, "核验"),
    ],
    ids=lambda form: form.address,
)
def test_a_public_form(form: Form, new_page: NewPage, inspector: Inspector) -> None:
    page = new_page()
    page.goto(form.address)
    for selector, value in form.typed.items():
        page.locator(selector).fill(value)
    page.locator("main").get_by_role("button", name=form.button).last.click()
    summary_is_sound(page, inspector, form.typed)


def test_the_steps_of_an_application(new_page: NewPage, inspector: Inspector) -> None:
    page = new_page(who="citizen")
    online.begin(page)
    online.onward(page)
    summary_is_sound(page, inspector)
    for box in page.locator("input[name^=condition_]").all():
        box.check()
    online.onward(page)
    online.reach_step(page, "申请人")
    page.get_by_role("radio", name=online.FIRM).check()
    page.locator("#id_contact_phone").fill("123")
    online.onward(page)
    summary_is_sound(page, inspector, {"#id_contact_phone": "123"})
    page.locator("#id_contact_phone").fill("0349-0000123")
    online.onward(page)
    online.reach_step(page, "申请信息")
    page.locator("#id_premises").fill("开发北路18号")
    page.locator("#id_area").fill("一百")
    online.onward(page)
    summary_is_sound(page, inspector, {"#id_premises": "开发北路18号", "#id_area": "一百"})
    page.goto(page.url.replace("/details/", "/materials/"))
    page.locator("#file-M01").set_input_files({"name": "申请书.pdf", "mimeType": "application/pdf", "buffer": b"text"})
    expect(page.locator("[data-error-summary]")).to_contain_text("申请书")
    online.onward(page)
    summary_is_sound(page, inspector)
    page.goto(page.url.replace("/materials/", "/check/"))
    for link in page.locator("#missing-title ~ ul a").all():
        assert (link.get_attribute("href") or "").startswith("/my/drafts/")


def test_the_forms_of_the_window(new_page: NewPage, inspector: Inspector) -> None:
    page = new_page(who="window_clerk", of="政务服务中心")
    for address, button in (
        ("/desk/intake/new/", "查找"),
        ("/desk/intake/new/person/", "登记并继续"),
        ("/desk/intake/new/firm/", "登记并继续"),
    ):
        page.goto(address)
        page.get_by_role("button", name=button).click()
        summary_is_sound(page, inspector)
    hall.register_firm(page, hall.newcomer(), inspector.inspect)
    hall.choose_item(page, "食品经营许可", inspector.inspect)
    page.locator("#id_d_premises").fill("开发北路18号")
    page.get_by_role("button", name="收件，出具收件凭证").click()
    summary_is_sound(page, inspector, {"#id_d_premises": "开发北路18号"})
    hall.fill_food_details(page)
    number = hall.receive(page, inspector.inspect)

    desks.open_case(page, number)
    page.get_by_role("link", name="去窗口查验材料").click()
    page.locator("tr.reveals").first.locator("input[value=incomplete]").check()
    page.get_by_role("button", name="保存查验").click()
    summary_is_sound(page, inspector)
    expect(page.locator("tr.reveals").first.locator("input[value=incomplete]")).to_be_checked()


def test_the_forms_of_the_reviewer(new_page: NewPage, inspector: Inspector) -> None:
    page = new_page(who="reviewer", of="食品药品")
    page.goto("/desk/cases/?tab=unclaimed")
    page.locator("tr[data-row] a[href]").first.click()
    page.locator("[name=opinion]").fill("现场与图一致。")
    page.get_by_role("button", name="签名并提交批准人").click()
    summary_is_sound(page, inspector, {"[name=opinion]": "现场与图一致。"})
