"""办件公示: what anybody reads of cases."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.enumerations import CasePublicity
from tests import factories as make
from tests.pages import check_page

pytestmark = pytest.mark.django_db
LIST = "/cases/"
MARKER = "标记人名"


@pytest.fixture
def desk(db):
    return make.Desk()


def case_of(desk, publicity=CasePublicity.FULL, name=MARKER, firm=None, **traits):
    return make.online_case(make.item(desk.department, publicity=publicity, **traits), make.citizen(name), firm=firm)


def test_persons_are_masked_and_firms_stand_in_full_whatever_the_edition_says(desk):
    firm = make.legal_person("朔州标记有限公司")
    shown = [case_of(desk, CasePublicity.FULL), case_of(desk, CasePublicity.MASKED), case_of(desk, firm=firm)]
    page = check_page(Client().get(LIST))
    assert page.count("标**名") == 2 and MARKER not in page and firm.name in page
    for case in shown:
        page = check_page(Client().get(f"{LIST}{case.number}/"))
        assert MARKER not in page and case.number in page
        assert f"#{case.acts.get().ledger_seq}" in page


def test_cases_of_items_that_are_not_public_are_nowhere(desk):
    case = case_of(desk, CasePublicity.NONE)
    assert case.number not in check_page(Client().get(LIST))
    assert f"{LIST}{case.number}/" not in check_page(Client().get(LIST, {"number": case.number}))
    assert Client().get(f"{LIST}{case.number}/").status_code == 404
    assert Client().get(f"{LIST}999/").status_code == 404


def test_who_acted_and_what_was_thought_stays_inside(desk):
    case = desk.bring_to(case_of(desk), "concluded")
    page = check_page(Client().get(f"{LIST}{case.number}/"))
    for inside in ("周丽", "王强", "常平", "材料齐全，符合条件", "演示经营", "13900000000", case.query_code):
        assert inside not in page
    assert "准予" in page and "办结" in page


def test_the_result_number_is_public_only_in_full(desk):
    for publicity, seen in ((CasePublicity.FULL, True), (CasePublicity.MASKED, False)):
        case = desk.bring_to(case_of(desk, publicity), "granted")
        make.do(case, "conclude", desk.clerk, result_number="JY114060000001")
        assert ("JY114060000001" in check_page(Client().get(f"{LIST}{case.number}/"))) is seen


def test_the_list_is_narrowed_and_the_address_keeps_it(desk, frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    water, food = case_of(desk), case_of(desk)
    with frozen_clock(make.at("2026-10-12 09:00")):
        old = case_of(desk)
    desk.bring_to(food, "granted")

    def shown(**wanted):
        page = check_page(Client().get(LIST, wanted))
        return {case.number for case in (water, food, old) if f"{LIST}{case.number}/" in page}

    everything = {water.number, food.number, old.number}
    assert shown() == everything
    assert shown(department=desk.department.number) == everything
    assert shown(item=water.edition.item.basic_code) == {water.number}
    assert shown(state="granted") == {food.number}
    assert shown(state="open") == {water.number, old.number}
    assert shown(month="2026-10") == {old.number}
    assert shown(number=water.number) == {water.number}
    assert shown(state="nonsense", month="2026-13", item="?", page="x", number="\0") == everything
    assert "没有符合的办件" in check_page(Client().get(LIST, {"number": "0000"}))


def test_25_a_page_newest_first_with_few_queries(desk, django_assert_max_num_queries):
    edition = make.item(desk.department, publicity=CasePublicity.FULL)
    citizen = make.citizen(MARKER)
    cases = [make.online_case(edition, citizen) for _ in range(27)]
    with django_assert_max_num_queries(6):
        page = check_page(Client().get(LIST))
    assert page.count("标**名") == 25 and cases[-1].number in page and cases[0].number not in page
    assert 'rel="next"' in page


def test_caches_may_keep_the_pages_and_no_cookie_comes(desk):
    case = case_of(desk)
    for address in (LIST, f"{LIST}{case.number}/"):
        answer = Client().get(address)
        assert not answer.cookies and "cookie" not in answer.get("Vary", "").lower()
        assert "s-maxage=60" in answer["Cache-Control"]
        assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_elder_mode_has_them_too(desk):
    case = case_of(desk)
    page = check_page(Client().get(f"/elder{LIST}"))
    assert f"/elder{LIST}{case.number}/" in page
