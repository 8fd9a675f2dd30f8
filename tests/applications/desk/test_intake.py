"""窗口工作台: the queue over all departments, the material check, the other tabs."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from applications.models import Case
from portal.accounts.roles import Role
from tests import factories as make
from tests.applications.desk.conftest import signed_in

pytestmark = pytest.mark.django_db

QUEUE = "/desk/intake/"


def check(case):
    return reverse("applications:intake_case", args=[case.pk])


def test_one_queue_for_the_hall_over_all_departments_by_acceptance_deadline(hall, frozen_clock):
    other = make.Desk()
    late = make.online_case(make.item(other.department), make.citizen("周大一"))
    frozen_clock(make.at("2026-11-24 09:00"))
    early = make.online_case(hall.edition, make.citizen("周大二"))
    everywhere = signed_in(make.staff(make.department()), Role.WINDOW_CLERK, everywhere=True)
    text = everywhere.page(QUEUE, channel="online")
    assert text.index(str(late.pk)) < text.index(str(early.pk))
    assert "网上 2" in text and "现场 0" in text and "周*一" in text and "周大一" not in text
    assert str(late.pk) not in hall.clerk_page.page(QUEUE)


def test_the_empty_queue_says_what_comes(hall):
    assert "没有等着受理的办件" in hall.clerk_page.page(QUEUE)


def test_the_check_names_the_deadline_and_why_acceptance_is_off(hall):
    case = hall.case()
    text = hall.clerk_page.page(check(case))
    assert "受理审查到 11月30日（周一）为止。" in text and "视为 11月23日已受理" in text
    assert "还有 2 项必要材料没有看" in text and "常用语" in text


def typed(case, **more):
    data = {}
    for material in case.materials.order_by("position"):
        data |= {f"m{material.pk.hex}-conclusion": "complete", f"m{material.pk.hex}-originals": "2"}
    return data | more


def test_saving_keeps_conclusions_counts_and_reasons(hall):
    case = hall.case()
    first = case.materials.order_by("position").first()
    data = typed(case) | {
        f"m{first.pk.hex}-conclusion": "incomplete",
        f"m{first.pk.hex}-remark": "图上没有标明面积",
        f"m{first.pk.hex}-seen": "1",
    }
    text = hall.clerk_page.done(check(case), data)
    assert "材料查验已保存" in text and "图上没有标明面积" in text and "出具补正告知书（1 项）" in text
    assert "有 1 项要补，不能受理" in text
    first.refresh_from_db()
    assert (first.conclusion, first.originals_received, first.original_seen) == ("incomplete", 2, True)


def basis(text):
    return re.search(r'name="basis" value="([^"]+)"', text)[1]


def test_a_check_that_another_window_saved_meanwhile_is_not_overwritten_unasked(hall):
    case = hall.case()
    first = case.materials.order_by("position").first()
    colleague = signed_in(make.staff(hall.department, "李红"), Role.WINDOW_CLERK)
    opened = basis(hall.clerk_page.page(check(case)))
    theirs = {f"m{first.pk.hex}-conclusion": "incomplete", f"m{first.pk.hex}-remark": "缺页"}
    colleague.done(check(case), typed(case) | theirs)
    mine = typed(case) | {f"m{first.pk.hex}-originals": "7", "basis": opened}
    text = hall.clerk_page.refused(check(case), mine, status=409)
    assert "别的窗口刚才保存过这件的查验" in text and 'value="7"' in text
    first.refresh_from_db()
    assert (first.conclusion, first.remark) == ("incomplete", "缺页")
    hall.clerk_page.done(check(case), mine | {"basis": basis(text)})
    hall.clerk_page.done(check(case), mine | {"basis": basis(text)})  # the same form again, its answer was lost
    first.refresh_from_db()
    assert (first.conclusion, first.originals_received) == ("complete", 7)


def test_what_was_not_received_is_told_at_its_row(hall):
    case = hall.case()
    conditional = next(m for m in case.materials.select_related("requirement") if not m.is_required)
    text = hall.clerk_page.refused(check(case), {f"m{conditional.pk.hex}-conclusion": "complete"})
    assert "没有收到：请填收到的份数" in text and f'href="#m{conditional.pk.hex}-count"' in text


def test_what_is_to_be_supplied_has_to_be_said_and_nothing_typed_is_lost(hall):
    case = hall.case()
    first, second, *_ = case.materials.order_by("position")
    data = typed(case) | {
        f"m{first.pk.hex}-conclusion": "incomplete",
        f"m{second.pk.hex}-conclusion": "incomplete",
        f"m{second.pk.hex}-remark": "缺签章",
        f"m{second.pk.hex}-originals": "很多",
    }
    text = hall.clerk_page.refused(check(case), data)
    assert "还有 2 处要改" in text and "请写明“材料1”要补什么、怎么补" in text and "缺签章" in text
    assert f'href="#m{first.pk.hex}-remark"' in text
    second.refresh_from_db()
    assert second.conclusion == "pending"


def test_a_colleague_who_has_claimed_it_keeps_it(hall):
    case = hall.case()
    make.do(case, "claim", hall.clerk)
    colleague = signed_in(make.staff(hall.department, "李红"), Role.WINDOW_CLERK)
    assert "本件由周*认领办理" in colleague.page(check(case))
    text = colleague.refused(check(case), typed(case))
    assert "本件由周丽认领办理" in text


def test_a_case_that_is_accepted_meanwhile_goes_to_its_page(hall):
    case = hall.case("reviewing")
    assert hall.clerk_page.get(check(case))["Location"] == reverse("applications:desk_case", args=[case.pk])
    text = hall.clerk_page.refused(check(case), typed(case))
    assert "不能再改材料的结论" in text


def test_another_departments_case_is_not_there(hall):
    case = hall.case()
    stranger = hall.stranger(Role.WINDOW_CLERK)
    assert stranger.get(check(case)).status_code == 404
    assert stranger.send(check(case), typed(case)).status_code == 404
    assert stranger.get(reverse("applications:intake_receipt", args=[case.pk])).status_code == 404
    assert hall.reviewer_page.get(check(case)).status_code == 403


def test_the_other_tabs(hall):
    waiting = hall.case("correcting", applicant=make.citizen("钱一一"))
    decided = hall.case("granted", applicant=make.citizen("孙二二"))
    concluded = hall.case("concluded", applicant=make.citizen("李三三"))
    page = hall.clerk_page
    text = page.page("/desk/intake/correction/")
    assert waiting.number in text and "收下补正材料" in text and "待补正 1" in text
    text = page.page("/desk/intake/handover/")
    assert decided.number in text and concluded.number in text and "登记送达" in text and "出件 2" in text
    text = page.page("/desk/intake/today/")
    assert concluded.number in text and "办结" in text
    text = page.page("/desk/intake/search/", q="二二")
    assert decided.number in text and waiting.number not in text
    assert page.get("/desk/intake/search/", {"q": decided.number}).status_code == 302
    assert decided.number in page.page("/desk/intake/search/", q=decided.number[:20])
    assert "没有查到" in page.page("/desk/intake/search/", q="不存在的人")
    assert Case.objects.count() == 3


@pytest.mark.parametrize("address", ["", "correction/", "handover/", "today/", "search/?q=演示"])
def test_lists_of_the_window_cost_few_queries(hall, address, django_assert_max_num_queries):
    for state in ("received", "received", "correcting", "correcting", "granted", "granted"):
        hall.case(state)
    hall.clerk_page.page(QUEUE + address)
    with django_assert_max_num_queries(18):
        hall.clerk_page.page(QUEUE + address)
