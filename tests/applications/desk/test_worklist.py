"""The work list: order, lights, filters that stay in the address, paging by keyset, claim and release."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from applications.models import Case, CaseClock
from applications.queries import finding, worklist
from applications.queries.scope import Reach
from portal.accounts.roles import Role
from portal.privacy.masking import mask_name
from tests import factories as make
from tests.applications.desk.conftest import Browser, signed_in

pytestmark = pytest.mark.django_db

LIST = "/desk/cases/"


def items(text: str) -> list[str]:
    """The applicants of the rows, in their order."""
    return re.findall(r'aria-label="选中 [^，]+，([^"]+)"', text)


def some_cases(hall, count, state="reviewing"):
    return [hall.case(state, applicant=make.citizen(f"申请人{n:02d}")) for n in range(count)]


def test_rows_come_by_promised_due_date_with_the_paused_last(hall):
    urgent = make.item(hall.department, promised=3, name="急件许可")
    first, second, paused = (
        hall.case("reviewing", applicant=make.citizen("甲")),
        hall.case("reviewing", edition=urgent, applicant=make.citizen("乙")),
        hall.case("reviewing", edition=urgent, applicant=make.citizen("丙")),
    )
    make.do(paused, "pause", hall.reviewer, procedure="inspection", until="2026-11-25", reason="送检")
    text = hall.reviewer_page.page(LIST)
    assert items(text) == ["乙", "甲", "丙"]
    assert "待审核" in text and "暂停：检验" in text and "共 3 件" in text
    assert "剩 3 天" in text and "0/3" in text and "11-26 周四" in text
    assert first.number not in text and second.number not in text


def test_each_role_sees_the_cases_that_wait_for_it(hall):
    for state in ("received", "reviewing", "approving", "granted"):
        hall.case(state, applicant=make.citizen(f"在{state}"))
    assert items(hall.reviewer_page.page(LIST)) == ["在reviewing"]
    assert items(hall.approver_page.page(LIST)) == ["在approving"]
    assert sorted(items(hall.clerk_page.page(LIST))) == ["在granted", "在received"]
    assert len(items(hall.head_page.page(LIST))) == 4
    assert len(items(hall.reviewer_page.page(LIST, status="open"))) == 4
    assert items(hall.stranger().page(LIST)) == []


def test_a_light_with_its_count_filters(hall, frozen_clock, sweep):
    hall.case("reviewing", edition=make.item(hall.department, promised=1, statutory=2), applicant=make.citizen("红"))
    hall.case("reviewing", applicant=make.citizen("正"))
    frozen_clock(make.at("2026-11-26 09:00"))
    sweep()
    text = hall.reviewer_page.page(LIST)
    assert "红牌</span><b>1</b>" in text and "超 2 天" in text
    assert items(hall.reviewer_page.page(LIST, light="red")) == ["红"]
    assert items(hall.reviewer_page.page(LIST, light="normal")) == ["正"]


def test_filters_by_item_status_applicant_date_and_handler(hall):
    other = make.item(hall.department, name="另一种许可")
    hall.case("reviewing", applicant=make.citizen("王小明"))
    mine = hall.case("reviewing", edition=other, applicant=make.citizen("赵大海"))
    make.do(mine, "claim", hall.reviewer)
    page = hall.reviewer_page
    assert items(page.page(LIST, item=str(other.item_id))) == ["赵大海"]
    assert items(page.page(LIST, q="小明")) == ["王小明"]
    assert items(page.page(LIST, q="另一种")) == ["赵大海"]
    assert items(page.page(LIST, q="没有的词")) == []
    assert items(page.page(LIST, tab="mine")) == ["赵大海"]
    assert items(page.page(LIST, tab="unclaimed")) == ["王小明"]
    assert items(page.page(LIST, handler="me")) == ["赵大海"]
    assert items(page.page(LIST, accepted_from="2026-11-24")) == []
    assert len(items(page.page(LIST, accepted_from="2026-11-23", accepted_until="2026-11-23"))) == 2
    assert items(page.page(LIST, status="approving")) == []
    assert len(items(page.page(LIST, item="nonsense", tab="x", light="y", accepted_from="z", after="?"))) == 2


def test_an_exact_number_opens_its_case_and_only_within_reach(hall):
    case = hall.case("reviewing")
    response = hall.reviewer_page.get(LIST, {"q": case.number.lower()})
    assert response["Location"] == reverse("applications:desk_case", args=[case.pk])
    assert hall.stranger().get(LIST, {"q": case.number}).status_code == 200
    assert finding.case_id_by_number(Reach(frozenset({hall.department.pk})), case.number) == case.pk


def test_submitted_cases_that_wait_for_approval_have_a_tab(hall):
    hall.case("approving", applicant=make.citizen("等批准"))
    hall.case("reviewing")
    text = hall.reviewer_page.page(LIST, tab="submitted")
    assert items(text) == ["等批准"] and "我提交、等批准 1" in text


def test_pages_of_25_go_forth_and_back_and_keep_every_filter(hall):
    some_cases(hall, 27)
    text = hall.reviewer_page.page(LIST, q="申请人", tab="unclaimed", light="normal", status="reviewing")
    first = items(text)
    assert len(first) == 25
    onward = re.search(r'href="([^"]+)" rel="next"', text)[1].replace("&amp;", "&")
    for part in ("q=", "tab=unclaimed", "light=normal", "status=reviewing"):
        assert part in onward
    second_page = hall.reviewer_page.page(onward)
    assert len(items(second_page)) == 2 and not set(items(second_page)) & set(first)
    back = re.search(r'href="([^"]+)" rel="prev"', second_page)[1].replace("&amp;", "&")
    assert items(hall.reviewer_page.page(back)) == first
    for name, value in (("tab", "unclaimed"), ("light", "normal")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in second_page


def test_a_list_costs_at_most_12_queries_however_long_it_is(hall, query_snapshot):
    some_cases(hall, 2)
    hall.reviewer_page.page(LIST)
    with query_snapshot("work_list", at_most=12):
        hall.reviewer_page.page(LIST)
    some_cases(hall, 6)
    with query_snapshot("work_list", at_most=12):
        hall.reviewer_page.page(LIST)
    with query_snapshot("work_list_filtered", at_most=12):
        hall.reviewer_page.page(LIST, q="申请人", tab="unclaimed", light="normal")


def test_the_case_page_costs_the_same_for_one_material_or_act_more(hall, django_assert_max_num_queries):
    case = hall.case("approving")
    hall.reviewer_page.page(reverse("applications:desk_case", args=[case.pk]))
    with django_assert_max_num_queries(34):
        hall.reviewer_page.page(reverse("applications:desk_case", args=[case.pk]), list="all")


def test_claim_and_release_one_and_many(hall):
    one, two, three = some_cases(hall, 3)
    make.do(three, "claim", hall.reviewer)
    page = hall.reviewer_page
    text = page.done(reverse("applications:claim", args=[one.pk]), {"next": LIST})
    assert "已认领 1 件。" in text and "王*" in text
    colleague = signed_in(make.staff(hall.department, "郭红梅"), Role.REVIEWER)
    text = colleague.done(
        reverse("applications:claim_selected"), {"case": [str(two.pk), str(three.pk)], "action": "claim", "next": LIST}
    )
    assert "已认领 1 件。" in text and "由王强认领办理" in text
    text = page.done(
        reverse("applications:claim_selected"), {"case": [str(one.pk), str(three.pk)], "action": "release"}
    )
    assert "已退回待办 2 件。" in text
    assert Case.objects.filter(claimed_by=None).count() == 2
    assert "没有勾选办件" in page.done(reverse("applications:claim_selected"), {"action": "claim"})
    assert page.post(reverse("applications:claim_selected"), {"case": str(one.pk)}).status_code == 422
    assert page.send(reverse("applications:claim", args=[uuid4()])).status_code == 404
    response = page.send(reverse("applications:claim", args=[one.pk]), {"next": "https://elsewhere.example/"})
    assert response["Location"] == LIST


def test_previous_and_next_follow_the_list_from_which_the_case_was_opened(hall):
    cases = some_cases(hall, 3)
    order = list(CaseClock.objects.filter(open=True).order_by("paused", "sort_on", "case_id"))
    text = hall.reviewer_page.page(LIST)
    address = reverse("applications:desk_case", args=[order[1].case_id])
    assert f'href="{address}?list=all"' in text
    text = hall.reviewer_page.page(address, list="all")
    assert "第 2 件，共 3 件" in text
    assert str(order[0].case_id) in text and str(order[2].case_id) in text
    assert "第 2 件" not in hall.reviewer_page.page(address, list="q=没有")
    assert len(cases) == 3


def test_the_whole_city_is_walked_department_by_department(hall):
    hall.case("reviewing", applicant=make.citizen("甲"))
    other = make.Desk()
    other.bring_to(make.online_case(make.item(other.department), make.citizen("乙")), "reviewing")
    everyone = worklist.Filters(reach=Reach(None), user_id=uuid4())
    assert {row.applicant for row in worklist.work_page(everyone).rows} == {"甲", "乙"}
    assert worklist.work_counts(everyone, ("all",)).total.number == 2
    manager = signed_in(make.staff(hall.department), Role.CENTRE_MANAGER, everywhere=True)
    assert sorted(items(manager.page(LIST))) == sorted([mask_name("乙"), mask_name("甲")])
    assert "认领</button>" not in manager.page(LIST)


def test_counts_are_capped(hall, monkeypatch):
    monkeypatch.setattr(worklist, "CAP", 2)
    some_cases(hall, 4)
    counts = worklist.work_counts(worklist.Filters(reach=Reach(None), user_id=uuid4()))
    assert str(counts.total) == "2+" and str(counts.tabs["all"]) == "2+"


def test_many_hits_of_a_search_are_walked_instead_of_fetched(hall, monkeypatch):
    monkeypatch.setattr(finding, "CAP", 1)
    some_cases(hall, 3)
    assert len(items(hall.reviewer_page.page(LIST, q="申请人"))) == 3
    assert finding.find_cases(Reach(None), "申请人").count() == 3


def test_closed_cases_and_paused_ones_have_lists_of_their_own(hall):
    done = hall.case("concluded", applicant=make.citizen("办完的"))
    paused = hall.case("reviewing", applicant=make.citizen("停着的"))
    make.do(paused, "pause", hall.reviewer, procedure="inspection", until="2026-11-25", reason="送检")
    text = hall.reviewer_page.page(LIST, status="closed")
    assert done.number in text and "准予" in text and "停着的" not in text
    assert items(hall.reviewer_page.page(LIST, status="paused")) == ["停着的"]
    found = hall.reviewer_page.page(LIST, status="closed", q="办完")
    assert done.number in found and "办完的" not in found, "names of natural persons are masked"


def test_who_has_no_desk_is_refused_and_each_role_finds_its_own(hall):
    citizen = Browser()
    assert citizen.get(LIST).status_code == 302
    user = make.citizen()
    citizen.force_login(user)
    for address in (LIST, "/desk/intake/", "/desk/intake/new/", "/desk/intake/search/"):
        assert citizen.get(address).status_code == 403
    assert citizen.get("/desk/").status_code == 403
    assert hall.clerk_page.get("/desk/")["Location"] == "/desk/intake/"
    assert hall.reviewer_page.get("/desk/")["Location"] == LIST
    assert hall.reviewer_page.get("/desk/intake/").status_code == 403
