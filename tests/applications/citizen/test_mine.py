"""我的: who sees a case, what it shows, corrections and withdrawal."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.states import CaseState
from portal import clock
from portal.accounts.models import Mandate
from tests import factories as make
from tests.applications.citizen.conftest import png
from tests.pages import check_page

pytestmark = pytest.mark.django_db
PAGES = ["my_case", "my_case_why", "supply", "withdraw"]


def address(name: str, case) -> str:
    return reverse(f"applications:{name}", args=[case.pk])


def link(case) -> str:
    return f'href="{address("my_case", case)}"'


def rows_of(page: str) -> str:
    """The list of cases alone, without what stands beside it."""
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


@pytest.fixture
def desk(db) -> make.Desk:
    return make.Desk()


@pytest.mark.parametrize(
    "state",
    [
        "received",
        "correcting",
        "reviewing",
        "approving",
        "granted",
        "refused",
        "concluded",
        "withdrawn",
        "not_required",
        "not_competent",
        "lapsed",
    ],
)
def test_a_case_in_every_state_has_its_pages(signed_in, citizen, desk, state):
    case = desk.bring_to(make.online_case(make.item(desk.department), citizen), state)
    page = check_page(signed_in.get(address("my_case", case)))
    assert case.number in page and f"#{case.acts.order_by('seq')[0].ledger_seq}" in page
    check_page(signed_in.get(address("my_case_why", case)))
    assert case.number in check_page(signed_in.get(reverse("applications:my_cases")))


def test_a_stranger_finds_nothing_whatever_the_page(sign_in, citizen, desk):
    case = desk.bring_to(make.online_case(make.item(desk.department), citizen), "correcting")
    stranger = sign_in(make.citizen())
    for name in PAGES:
        assert stranger.get(address(name, case)).status_code == 404
        assert stranger.post(address(name, case), {"key": str(uuid4())}).status_code in (404, 405)
    case.refresh_from_db()
    assert case.state == CaseState.CORRECTING
    assert case.number not in check_page(stranger.get(reverse("applications:my_cases")))


def test_a_verified_person_sees_the_own_case_of_the_hall_and_an_unverified_one_does_not(sign_in, desk):
    citizen = make.citizen()
    case = make.online_case(make.item(desk.department), make.citizen())
    type(case).objects.filter(pk=case.pk).update(applicant_person=citizen.person)
    assert sign_in(citizen).get(address("my_case", case)).status_code == 200
    citizen.person.verified_at = None
    citizen.person.save()
    assert sign_in(citizen).get(address("my_case", case)).status_code == 404


def test_the_agent_of_a_firm_sees_its_cases_until_the_mandate_ends(sign_in, desk):
    firm, agent = make.legal_person(), make.citizen()
    mandate = make.mandate(agent.person, firm)
    case = make.online_case(make.item(desk.department), make.citizen(), firm=firm)
    client = sign_in(agent)
    assert firm.name in check_page(client.get(address("my_case", case)))
    assert case.number in check_page(client.get(reverse("applications:my_cases")))
    Mandate.objects.filter(pk=mandate.pk).update(valid_until=clock.today())
    assert client.get(address("my_case", case)).status_code == 404
    assert case.number not in check_page(client.get(reverse("applications:my_cases")))


def test_a_due_date_and_its_reason_stand_beside_the_progress(signed_in, citizen, desk, frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    case = desk.accept(make.online_case(make.item(desk.department), citizen))
    page = check_page(signed_in.get(address("my_case", case)))
    assert "12月7日" in page and "还剩 10 个工作日" in page and address("my_case_why", case) in page
    page = check_page(signed_in.get(address("my_case_why", case)))
    assert "为什么是 12月7日" in page


def test_a_pause_is_told_by_name_and_by_law(signed_in, citizen, desk, frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    case = desk.accept(make.online_case(make.item(desk.department), citizen))
    make.do(case, "pause", desk.reviewer, procedure="expert_review", until="2026-12-04", reason="专家评审")
    page = check_page(signed_in.get(address("my_case", case)))
    assert "专家评审，暂停计时" in page and "第四十五条" in page and "暂停计时" in page


def test_opinions_of_the_reviewer_stay_inside(signed_in, citizen, desk):
    case = desk.bring_to(make.online_case(make.item(desk.department), citizen), "approving")
    page = check_page(signed_in.get(address("my_case", case)))
    assert "材料齐全，符合条件" not in page and "王强" not in page


def test_my_cases_are_narrowed_by_words_and_state(signed_in, citizen, desk):
    edition = make.item(desk.department, name="取水许可")
    case = make.online_case(edition, citizen)
    asked = desk.ask_correction(make.online_case(make.item(desk.department, name="卫生许可"), citizen))
    mine = reverse("applications:my_cases")
    page = check_page(signed_in.get(mine))
    assert "请您先办" in page and address("supply", asked) in page
    # The newest messages below the list name their cases too, whatever the list is narrowed to.
    rows = rows_of(check_page(signed_in.get(mine, {"q": "取水"})))
    assert link(case) in rows and link(asked) not in rows
    rows = rows_of(check_page(signed_in.get(mine, {"state": "todo"})))
    assert link(case) not in rows and link(asked) in rows
    assert "没有符合的办件" in check_page(signed_in.get(mine, {"q": "不存在"}))
    check_page(signed_in.get(mine, {"state": "nonsense", "q": "\0", "page": "x"}))


def test_without_cases_the_page_says_what_comes(signed_in):
    assert "还没有办件" in check_page(signed_in.get(reverse("applications:my_cases")))


def test_my_cases_need_as_many_queries_for_many_as_for_one(signed_in, citizen, desk, django_assert_max_num_queries):
    edition = make.item(desk.department)
    for _ in range(8):
        make.online_case(edition, citizen)
    with django_assert_max_num_queries(16):  # 4 of them are session and grants
        signed_in.get(reverse("applications:my_cases"))


# --- corrections -----------------------------------------------------------------------------------------


@pytest.fixture
def asked(citizen, desk):
    case = make.online_case(make.item(desk.department), citizen)
    make.check_materials(case)
    first, second = case.materials.order_by("position")[:2]
    lines = [{"material": str(first.pk), "what": "请补盖章"}, {"material": str(second.pk), "what": "请补签字"}]
    return make.do(case, "ask_correction", desk.clerk, lines=lines).subject


def lines_of(case):
    return list(case.correction.lines.order_by("material__position"))


def test_the_case_says_what_is_to_be_supplied_and_until_when(signed_in, asked):
    page = check_page(signed_in.get(address("my_case", asked)))
    assert "请您现在做一件事" in page and "补交 2 项材料。" in page and address("supply", asked) in page
    page = check_page(signed_in.get(address("supply", asked)))
    assert "请补盖章" in page and "请补签字" in page and "共 2 项，已备 0 项" in page


def test_ACC_6_an_incomplete_supply_is_refused_and_what_came_is_kept(signed_in, asked):
    first, second = lines_of(asked)
    page = check_page(
        signed_in.post(address("supply", asked), {"key": str(uuid4()), f"file-{first.pk}": png(1), "submit": "1"})
    )
    assert "材料2：还没有上传。请上传后再提交。" in page and "共 2 项，已备 1 项" in page
    assert f'href="#file-{second.pk}"' in page
    asked.refresh_from_db()
    assert asked.state == CaseState.CORRECTING
    assert "已备 1 项" in check_page(signed_in.get(address("supply", asked)))


def test_ACC_6_a_complete_supply_accepts_and_twice_does_it_once(signed_in, asked):
    key = str(uuid4())
    first, second = lines_of(asked)
    answer = signed_in.post(address("supply", asked), {"key": key, f"file-{first.pk}": png(1), "upload": str(first.pk)})
    assert answer["Location"].endswith(f"#line-{first.pk}")
    data = {"key": key, f"file-{second.pk}": png(2), "submit": "1"}
    assert signed_in.post(address("supply", asked), data)["Location"] == address("my_case", asked)
    data = {"key": key, f"file-{second.pk}": png(2), "submit": "1"}
    assert signed_in.post(address("supply", asked), data)["Location"] == address("my_case", asked)
    asked.refresh_from_db()
    assert asked.state == CaseState.REVIEWING
    assert asked.acts.filter(action="supply").count() == 1
    assert "补交" in check_page(signed_in.get(address("my_case", asked)))


def test_a_refused_supply_file_says_why_and_a_wrong_one_can_be_removed(signed_in, asked):
    first, _ = lines_of(asked)
    wrong = SimpleUploadedFile("章.exe", b"MZ")
    page = check_page(signed_in.post(address("supply", asked), {"key": str(uuid4()), f"file-{first.pk}": wrong}))
    assert page.count("不能上传“.exe”文件") == 2
    signed_in.post(address("supply", asked), {"key": str(uuid4()), f"file-{first.pk}": png(1)})
    given = first.material.files.get(supplied=True)
    signed_in.post(address("supply", asked), {"key": str(uuid4()), "remove": str(given.pk)})
    assert not first.material.files.filter(supplied=True).exists()


def test_after_the_period_the_law_has_closed_the_case_and_nothing_crashes(signed_in, asked, frozen_clock):
    first, _ = lines_of(asked)
    frozen_clock(clock.now().replace(year=clock.now().year + 1))
    answer = signed_in.post(address("supply", asked), {"key": str(uuid4()), f"file-{first.pk}": png(1)})
    assert answer.status_code == 409
    asked.refresh_from_db()
    assert asked.state == CaseState.LAPSED
    assert signed_in.get(address("supply", asked))["Location"] == address("my_case", asked)


# --- withdrawal -------------------------------------------------------------------------------------------


def test_withdrawing_asks_first_and_does_it_once(signed_in, citizen, desk):
    case = make.online_case(make.item(desk.department), citizen)
    page = check_page(signed_in.get(address("withdraw", case)))
    assert "撤回后不能恢复" in page
    assert "撤回申请" in check_page(signed_in.get(address("my_case", case)))
    data = {"key": str(uuid4()), "reason": "不开了"}
    for _ in range(2):
        assert signed_in.post(address("withdraw", case), data)["Location"] == address("my_case", case)
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN and case.acts.filter(action="withdraw").count() == 1


def test_after_the_decision_nothing_is_withdrawn(signed_in, citizen, desk):
    case = desk.bring_to(make.online_case(make.item(desk.department), citizen), "granted")
    assert address("withdraw", case) not in check_page(signed_in.get(address("my_case", case)))
    page = check_page(signed_in.post(address("withdraw", case), {"key": str(uuid4())}))
    assert "还有 1 处要改" in page
    case.refresh_from_db()
    assert case.state == CaseState.GRANTED
