"""The case page: what stands on it, for whom, and on paper."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from applications.states import CaseState
from portal.accounts.roles import Role
from portal.files import storage
from tests import factories as make
from tests.applications.desk.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_a_due_date_in_a_year_without_a_notice_says_that_it_may_move(hall, frozen_clock):
    frozen_clock(make.at("2026-12-24 09:00"))
    case = hall.case("reviewing")
    assert "暂按法定节假日推算" in hall.reviewer_page.page(reverse("applications:desk_case", args=[case.pk]))


def page(case):
    return reverse("applications:desk_case", args=[case.pk])


def buttons(text):
    return set(re.findall(r"/act/([a-z_]+)/", text))


def test_only_the_acts_that_this_person_may_do(hall):
    case = hall.case("reviewing")
    assert buttons(hall.reviewer_page.page(page(case))) == {"review", "pause"}
    assert buttons(hall.head_page.page(page(case))) == {"extend"}
    assert buttons(hall.approver_page.page(page(case))) == {"pause"}
    manager = signed_in(make.staff(hall.department), Role.CENTRE_MANAGER, everywhere=True)
    manager.say_why(case)
    assert buttons(manager.page(page(case))) == set()


def test_the_clock_the_facts_and_the_marks_of_the_ledger(hall, frozen_clock):
    case = hall.case("reviewing", firm=make.legal_person("朔州恒暖燃气有限公司"))
    frozen_clock(make.at("2026-11-25 10:00"))
    text = hall.reviewer_page.page(page(case))
    assert "剩 8 个工作日" in text and "承诺 12月7日（周一）到期" in text and "12月21日（周一）" in text
    assert "朔州恒暖燃气有限公司" in text and "******" in text
    assert "经营项目" in text and "演示经营" in text
    for act in case.acts.all():
        assert f"#{act.ledger_seq}" in text
    assert case.query_code not in text


def test_numbers_of_people_are_masked(hall):
    case = hall.case("reviewing")
    for text in (
        hall.reviewer_page.page(page(case)),
        hall.reviewer_page.page(reverse("applications:desk_case_print", args=[case.pk])),
    ):
        assert case.applicant_person.identity_number not in text
        assert case.contact_phone not in text


def test_a_reviewer_marks_materials_as_seen_and_goes_on_to_the_next(hall):
    case = hall.case("reviewing")
    first, second, *_ = case.materials.order_by("position")
    text = hall.reviewer_page.page(page(case), m=str(first.pk))
    assert "看过了" in text and "已看 0" in text
    # Only the materials and the list of what is to do come anew: the place on the page and a half-written opinion stay.
    assert 'hx-target="#materials"' in text and 'id="materials"' in text and 'id="now-lines"' in text
    text = hall.reviewer_page.done(reverse("applications:mark_seen", args=[case.pk, first.pk]))
    assert "已看 1" in text and f'?m={second.pk}#materials" aria-current="true"' in text
    assert hall.clerk_page.send(reverse("applications:mark_seen", args=[case.pk, second.pk])).status_code == 403
    other = hall.case("reviewing").materials.order_by("position").first()
    assert hall.reviewer_page.send(reverse("applications:mark_seen", args=[case.pk, other.pk])).status_code == 404


def test_why_this_day_for_staff(hall):
    case = hall.case("reviewing")
    text = hall.reviewer_page.page(reverse("applications:desk_case_why", args=[case.pk]))
    assert "为什么是 12月7日" in text and "每一天怎么算" in text
    waiting = hall.case("received")
    assert "期限怎么算" in hall.clerk_page.page(reverse("applications:desk_case_why", args=[waiting.pk]))


def test_a_paused_case_explains_with_its_document(hall):
    case = hall.case("reviewing")
    make.do(case, "pause", hall.reviewer, procedure="inspection", until="2026-11-25", reason="送检")
    text = hall.reviewer_page.page(reverse("applications:desk_case_why", args=[case.pk]))
    assert "检验" in text and "〔2026〕" in text


@pytest.mark.parametrize(
    "state",
    [state.value for state in CaseState],
)
def test_the_page_stands_in_every_state(hall, state):
    case = hall.case(state)
    for browser in (hall.clerk_page, hall.reviewer_page, hall.approver_page, hall.head_page):
        browser.say_why(case)  # whoever has a task is led on at once
        assert case.number in browser.page(page(case))
    assert case.number in hall.reviewer_page.page(reverse("applications:desk_case_print", args=[case.pk]))


def test_a_claimed_case_says_who_has_it_and_the_approver_may_take_it_back(hall):
    case = hall.case("reviewing")
    make.do(case, "claim", hall.reviewer)
    assert "经办：王*（我）" in hall.reviewer_page.page(page(case))
    colleague = signed_in(make.staff(hall.department, "郭红梅"), Role.REVIEWER)
    assert "本件由王强认领办理" in colleague.page(page(case))
    text = hall.approver_page.done(reverse("applications:act", args=[case.pk, "release"]))
    assert "还没有人认领" in text


def test_an_image_or_pdf_stands_beside_the_list_and_a_lost_file_only_as_a_link(hall, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    case = hall.case("reviewing")
    given = case.materials.order_by("position").first().files.get()
    given.file.pages = 3
    given.file.save()
    picture = reverse("files:page", args=[given.file_id, 1])
    assert picture not in hall.reviewer_page.page(page(case))
    path = storage.path_of(given.file.sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF-1.4")
    text = hall.reviewer_page.page(page(case))
    assert f'<img src="{picture}" alt="演示.pdf，第 1 页，共 3 页"' in text and "<iframe" not in text
    assert reverse("files:download", args=[given.file_id]) in text and "未查毒" in text
    third = hall.reviewer_page.page(f"{page(case)}?m={given.material_id}&f={given.file_id}&p=3&z=2")
    assert reverse("files:page", args=[given.file_id, 3]) + "?z=2" in third and "下一页" not in third
    assert f"?m={given.material_id}&amp;f={given.file_id}&amp;p=2&amp;z=2#materials" in third
