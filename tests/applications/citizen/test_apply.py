"""An online application, step by step, without JavaScript."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Case, Draft
from catalog.models import MaterialRequirement
from portal import clock
from portal.accounts.models import LegalPerson, Mandate
from tests import factories as make
from tests.applications.citizen.conftest import png
from tests.pages import check_page

pytestmark = pytest.mark.django_db

FIELDS = [
    {"name": "scope", "label": "经营项目", "type": "text", "required": True, "max_length": 20},
    {"name": "area", "label": "使用面积", "type": "integer", "required": True},
    {"name": "capital", "label": "投资额", "type": "money", "required": True},
    {"name": "opens_on", "label": "开业日期", "type": "date", "required": False},
    {"name": "kind", "label": "业态", "type": "choice", "required": True, "choices": ["餐饮", "食堂"]},
    {"name": "note", "label": "说明", "type": "textarea", "required": False},
]
RIGHT = {"scope": "热食", "area": "186", "capital": "12345.60", "opens_on": "2026-12-01", "kind": "餐饮", "note": ""}


def step(draft: Draft, name: str) -> str:
    return reverse("applications:draft_step", args=[draft.pk, name])


def begin(client: Client, edition, **data) -> Draft:
    answer = client.post(reverse("applications:apply_begin", args=[edition.item.basic_code]), data)
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.get(case=None, edition__item=edition.item)


def fill(client: Client, draft: Draft, *, leave_out: str = "") -> None:
    """Everything right, but for one step."""
    edition = draft.edition
    conditions = {f"condition_{n}": "on" for n in range(1, len(edition.conditions) + 1)}
    if edition.situations.exists():
        conditions["situation"] = "A"
    posts = {
        "conditions": conditions,
        "applicant": {"who": "self", "contact_phone": "13812345207", "address": ""},
        "details": RIGHT if len(edition.form_fields) > 1 else {"scope": "热食"},
        "materials": {
            **{f"file-{m.code}": png(m.position) for m in edition.materials.all() if m.necessity == "required"},
            "not_applicable": [m.code for m in edition.materials.all() if m.necessity == "conditional"],
            "go": "1",
        },
        "delivery": {"delivery_method": "electronic", "address": ""},
    }
    for name, data in posts.items():
        if name != leave_out:
            answer = client.post(step(draft, name), data)
            assert answer.status_code == 302, answer.content.decode()


def test_a_visitor_signs_in_first_and_comes_back(client):
    edition = make.item()
    address = reverse("applications:apply_begin", args=[edition.item.basic_code])
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={address}")


def test_an_item_exercised_ex_officio_is_told_not_to_be_applied_for(signed_in):
    edition = make.item(exercise="ex_officio")
    page = signed_in.get(reverse("applications:apply_begin", args=[edition.item.basic_code]))
    assert "这个事项不用申请" in check_page(page)
    signed_in.post(reverse("applications:apply_begin", args=[edition.item.basic_code]))
    assert not Draft.objects.exists()


def test_looking_makes_no_draft_and_an_unknown_item_is_not_found(signed_in):
    edition = make.item()
    check_page(signed_in.get(reverse("applications:apply_begin", args=[edition.item.basic_code])))
    assert not Draft.objects.exists()
    assert signed_in.get(reverse("applications:apply_begin", args=["999999999999"])).status_code == 404


def test_staff_never_apply(sign_in):
    desk = make.Desk()
    edition = make.item(desk.department)
    client = sign_in(desk.clerk_staff.user)
    page = client.get(reverse("applications:apply_begin", args=[edition.item.basic_code]))
    assert "工作人员账号不能申请" in check_page(page)


def test_an_open_draft_is_offered_again_and_starting_anew_drops_it(signed_in):
    edition = make.item()
    draft = begin(signed_in, edition)
    page = check_page(signed_in.get(reverse("applications:apply_begin", args=[edition.item.basic_code])))
    assert "接着填" in page
    assert begin(signed_in, edition).pk == draft.pk
    assert begin(signed_in, edition, anew="1").pk != draft.pk


@pytest.mark.parametrize("name", ["conditions", "applicant", "details", "materials", "delivery", "check"])
def test_each_step_has_its_page_at_any_time(signed_in, name):
    draft = begin(
        signed_in, make.item(form_fields=FIELDS, situations=(("新办", 10, 20, "workday"), ("变更", 5, 10, "workday")))
    )
    page = check_page(signed_in.get(step(draft, name)))
    assert "草稿" in page and "保留 30 天" in page
    assert 'aria-current="step"' in page


def test_an_unknown_step_and_anothers_draft_are_not_found(signed_in, sign_in):
    draft = begin(signed_in, make.item())
    assert signed_in.get(step(draft, "nothing")).status_code == 404
    stranger = sign_in(make.citizen())
    for name in ("conditions", "materials", "check"):
        assert stranger.get(step(draft, name)).status_code == 404
        assert stranger.post(step(draft, name), {"go": "1"}).status_code == 404
    assert stranger.get(reverse("applications:draft_done", args=[draft.pk])).status_code == 404
    assert stranger.post(reverse("applications:draft_discard", args=[draft.pk])).status_code == 404


def test_a_draft_is_kept_thirty_days(signed_in, frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    draft = begin(signed_in, make.item())
    with frozen_clock(make.at("2026-12-22 09:00")):
        assert signed_in.get(step(draft, "conditions")).status_code == 200
    with frozen_clock(make.at("2026-12-24 09:00")):
        assert signed_in.get(step(draft, "conditions")).status_code == 410


def test_every_condition_is_to_be_confirmed(signed_in):
    draft = begin(signed_in, make.item(conditions=["有场所", "有设备"], exclusions=["自家吃的不用办"]))
    page = check_page(signed_in.get(step(draft, "conditions")))
    assert "自家吃的不用办" in page and " checked" not in page
    page = check_page(signed_in.post(step(draft, "conditions"), {"condition_1": "on"}))
    assert "还没有确认：有设备。" in page and 'href="#id_condition_2"' in page and " checked" in page
    assert signed_in.post(step(draft, "conditions"), {"condition_1": "on", "condition_2": "on"}).status_code == 302
    assert signed_in.get(step(draft, "conditions")).content.decode().count(" checked") == 2


def test_where_the_law_gives_two_limits_a_situation_is_chosen(signed_in):
    edition = make.item(situations=(("新办", 10, 20, "workday"), ("变更", 5, 10, "workday")))
    draft = begin(signed_in, edition)
    assert "请选择情形。" in check_page(signed_in.post(step(draft, "conditions"), {"condition_1": "on"}))
    signed_in.post(step(draft, "conditions"), {"condition_1": "on", "situation": "B"})
    draft.refresh_from_db()
    assert draft.situation.name == "变更"


def test_a_wrong_phone_keeps_what_was_typed_and_names_the_field(signed_in):
    draft = begin(signed_in, make.item())
    page = check_page(
        signed_in.post(step(draft, "applicant"), {"who": "self", "contact_phone": "1381234520", "address": "北城街道"})
    )
    assert 'value="1381234520"' in page and 'value="北城街道"' in page
    assert 'href="#id_contact_phone"' in page and 'aria-invalid="true"' in page
    assert signed_in.post(step(draft, "applicant"), {"who": "self", "contact_phone": "0349-0000123"}).status_code == 302


def test_one_applies_for_a_firm_by_its_mandate_and_loses_it_with_the_mandate(signed_in, citizen):
    firm = make.legal_person("朔州桑干里餐饮有限公司")
    mandate = make.mandate(citizen.person, firm)
    draft = begin(signed_in, make.item())
    assert firm.name in signed_in.get(step(draft, "applicant")).content.decode()
    signed_in.post(step(draft, "applicant"), {"who": str(firm.pk), "contact_phone": "13812345207"})
    draft.refresh_from_db()
    assert draft.legal_person == firm
    Mandate.objects.filter(pk=mandate.pk).delete()
    page = check_page(signed_in.get(step(draft, "check")))
    assert f"您现在不能代表{firm.name}申请" in page and "真实性承诺" not in page


def test_an_individual_business_applies_under_its_name_by_the_one_who_runs_it(signed_in, citizen):
    edition = make.item(service_objects=["2", "6"])
    draft = begin(signed_in, edition)
    assert "92 开头的统一社会信用代码" in check_page(signed_in.get(step(draft, "applicant")))
    code = make.credit_code(17_001, "92140602")
    added = {"name": "朔城区老朔州面馆", "uscc": code, "address": ""}
    assert signed_in.post(reverse("accounts:add_legal_person"), added).status_code == 302
    shop = LegalPerson.objects.get(uscc=code)
    assert shop.is_individual_business and shop.representative == citizen.person
    signed_in.post(step(draft, "applicant"), {"who": str(shop.pk), "contact_phone": "13812345207"})
    page = check_page(signed_in.get(step(draft, "check")))
    assert "经营者" in page and "法定代表人" not in page and code in page


def test_an_item_for_firms_alone_says_nothing_of_individual_businesses(signed_in):
    draft = begin(signed_in, make.item(service_objects=["1", "2"]))
    assert "个体工商户" not in signed_in.get(step(draft, "applicant")).content.decode()


def test_anothers_firm_is_not_offered_and_not_taken(signed_in):
    firm = make.legal_person()
    draft = begin(signed_in, make.item())
    page = check_page(signed_in.post(step(draft, "applicant"), {"who": str(firm.pk), "contact_phone": "13812345207"}))
    assert "请选择申请人。" in page and firm.name not in page


def test_the_items_own_fields_are_kept_as_they_are_meant(signed_in):
    draft = begin(signed_in, make.item(form_fields=FIELDS))
    assert signed_in.post(step(draft, "details"), RIGHT).status_code == 302
    draft.refresh_from_db()
    assert draft.details == {
        "scope": "热食",
        "area": 186,
        "capital": 1_234_560,
        "opens_on": "2026-12-01",
        "kind": "餐饮",
        "note": "",
    }
    page = check_page(signed_in.get(step(draft, "details")))
    assert 'value="12345.60"' in page and 'value="2026-12-01"' in page
    page = check_page(signed_in.get(step(draft, "check")))
    assert "12,345.60 元" in page and "2026年12月1日" in page


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("scope", "热" * 21, "经营项目最多 20 个字，请缩短。"),
        ("scope", "", "请填写经营项目。"),
        ("area", "很大", "使用面积要填整数。"),
        ("area", "-1", "使用面积不能小于 0。"),
        ("capital", "1.234", "投资额的小数位太多，请检查。"),
        ("opens_on", "明天", "开业日期不是有效日期，请按 2026-09-18 的样子填写。"),
        ("kind", "工厂", "业态不在可选范围内，请重新选择。"),
    ],
)
def test_a_wrong_field_is_named_kept_and_the_rest_is_stored(signed_in, name, typed, told):
    draft = begin(signed_in, make.item(form_fields=FIELDS))
    page = check_page(signed_in.post(step(draft, "details"), RIGHT | {name: typed}))
    assert told in page and f'href="#id_{name}' in page
    if typed and name != "kind":
        assert typed in page
    draft.refresh_from_db()
    other = "area" if name == "scope" else "scope"
    assert other in draft.details


def test_leaving_keeps_what_is_right_and_stays_with_what_is_wrong(signed_in):
    draft = begin(signed_in, make.item(form_fields=FIELDS))
    answer = signed_in.post(step(draft, "details"), {"scope": "热食", "leave": "1"})
    assert answer["Location"] == reverse("applications:drafts")
    draft.refresh_from_db()
    assert draft.details["scope"] == "热食"
    assert signed_in.post(step(draft, "details"), {"area": "很大", "leave": "1"}).status_code == 200
    assert "有 " in signed_in.get(step(draft, "delivery")).content.decode()
    page = check_page(signed_in.get(reverse("applications:drafts")))
    assert draft.edition.name in page


def test_post_wants_an_address(signed_in):
    draft = begin(signed_in, make.item())
    page = check_page(signed_in.post(step(draft, "delivery"), {"delivery_method": "post", "address": ""}))
    assert "邮寄要填写收件地址。" in page and 'href="#id_address"' in page
    assert (
        signed_in.post(step(draft, "delivery"), {"delivery_method": "post", "address": "北城街道 1 号"}).status_code
        == 302
    )


def test_submitting_needs_the_declaration_and_twice_makes_one_case(signed_in, frozen_clock):
    frozen_clock(make.at("2026-11-23 10:00"))
    draft = begin(signed_in, make.item(form_fields=FIELDS, conditions=["有场所", "有设备"]))
    fill(signed_in, draft)
    page = check_page(signed_in.get(step(draft, "check")))
    assert "今天受理的，最迟 12月7日（周一）办结。" in page
    assert " checked" not in page  # APP-6: never ticked beforehand
    page = check_page(signed_in.post(step(draft, "check"), {"go": "1"}))
    assert "请先勾选真实性承诺。" in page and not Case.objects.exists()
    first = signed_in.post(step(draft, "check"), {"declared": "on"})
    second = signed_in.post(step(draft, "check"), {"declared": "on"})
    assert first["Location"] == second["Location"] == reverse("applications:draft_done", args=[draft.pk])
    case = Case.objects.get()
    page = check_page(signed_in.get(first["Location"]))
    assert case.number in page and case.query_code in page
    assert signed_in.get(step(draft, "details"))["Location"] == first["Location"]
    assert case.details["capital"] == 1_234_560
    assert case.materials.filter(files__isnull=False).count() == 2


@pytest.mark.parametrize("name", ["conditions", "applicant", "details", "materials", "delivery"])
def test_what_is_missing_is_listed_with_a_link_and_nothing_is_submitted(signed_in, name):
    draft = begin(signed_in, make.item(form_fields=FIELDS))
    fill(signed_in, draft, leave_out=name)
    page = check_page(signed_in.post(step(draft, "check"), {"declared": "on"}))
    assert f'href="{step(draft, name)}' in page and "补好再提交" in page
    assert not Case.objects.exists()


def test_a_draft_follows_the_edition_in_force_and_shows_what_changed(signed_in, frozen_clock):
    frozen_clock(make.at("2026-11-23 10:00"))
    old = make.item(form_fields=FIELDS)
    draft = begin(signed_in, old)
    fill(signed_in, draft)
    new = newer(old)
    page = check_page(signed_in.get(step(draft, "materials")))
    assert "办事指南有了新版本" in page and "新增材料：新材料。" in page and "承诺时限改为 8 个工作日。" in page
    assert "办事指南有了新版本" in check_page(signed_in.post(step(draft, "check"), {"declared": "on"}))
    assert not Case.objects.exists()
    # What was typed while it changed is not lost.
    signed_in.post(step(draft, "details"), RIGHT | {"scope": "凉菜"})
    signed_in.post(step(draft, "details"), {"follow": "1"})
    draft.refresh_from_db()
    assert draft.edition == new and draft.details["scope"] == "凉菜"
    assert draft.materials.filter(requirement__edition=new).count() == 2
    page = check_page(signed_in.get(step(draft, "materials")))
    assert "办事指南换了新版本" in page and "新增材料：新材料。" in page


def newer(old):
    """A second edition of the same item, in force from today."""
    today = clock.today()
    type(old).objects.filter(pk=old.pk).update(effective_until=today)
    new = type(old).objects.get(pk=old.pk)
    new.pk = None
    new._state.adding = True
    new.version, new.effective_from, new.effective_until = 2, today, None
    new.promised_n, new.digest = 8, "f" * 64
    new.save()
    for material in old.materials.all():
        material.pk, material.edition, material._state.adding = None, new, True
        material.id = MaterialRequirement._meta.get_field("id").default()
        material.save()
    MaterialRequirement.objects.create(
        edition=new,
        position=9,
        code="M09",
        name="新材料",
        source="applicant",
        issuer="申请人",
        necessity="required",
        form="both",
    )
    return new


def test_an_item_that_was_closed_keeps_the_draft_and_says_so(signed_in):
    edition = make.item()
    draft = begin(signed_in, edition)
    edition.item.status = "suspended"
    edition.item.save()
    assert "现在不能申请" in check_page(signed_in.get(step(draft, "materials")))


def test_a_draft_is_discarded_only_after_asking(signed_in):
    draft = begin(signed_in, make.item())
    address = reverse("applications:draft_discard", args=[draft.pk])
    assert "不能恢复" in check_page(signed_in.get(address))
    assert Draft.objects.filter(pk=draft.pk).exists()
    signed_in.post(address)
    assert not Draft.objects.filter(pk=draft.pk).exists()


def test_elder_mode_keeps_its_prefix_through_the_steps(signed_in):
    edition = make.item()
    answer = signed_in.post(f"/elder/apply/{edition.item.basic_code}/")
    assert answer["Location"].startswith("/elder/my/drafts/")
    check_page(signed_in.get(answer["Location"]))


def test_the_steps_are_kept_by_no_cache(signed_in):
    draft = begin(signed_in, make.item())
    assert "no-store" in signed_in.get(step(draft, "check"))["Cache-Control"]


def test_dates_far_off_do_no_harm(signed_in):
    draft = begin(signed_in, make.item(form_fields=FIELDS))
    far = dt.date(9999, 12, 31).isoformat()
    assert signed_in.post(step(draft, "details"), RIGHT | {"opens_on": far}).status_code == 302
    assert "9999年12月31日" in check_page(signed_in.get(step(draft, "check")))
