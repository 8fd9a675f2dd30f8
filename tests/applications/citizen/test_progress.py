"""Progress by number and query code: masked, without cookie, the same answer for wrong and unknown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal import clock
from tests import factories as make
from tests.pages import check_page

pytestmark = pytest.mark.django_db
FORM = "/progress/"


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def case(db):
    desk = make.Desk()
    return desk.accept(make.online_case(make.item(desk.department), make.citizen("欧阳标记名")))


def ask(number: str, code: str, client: Client | None = None):
    return (client or Client(enforce_csrf_checks=True)).post(FORM, {"number": number, "code": code})


def test_number_and_code_lead_to_masked_progress_without_a_cookie(case):
    answer = ask(f" {case.number.lower()} ", case.query_code)
    assert answer.status_code == 303 and not answer.cookies
    page_answer = Client().get(answer["Location"])
    page = check_page(page_answer)
    assert case.number in page and "欧***名" in page and "欧阳标记名" not in page
    assert "documents/" not in page and "演示.pdf" not in page
    for one in (answer, page_answer, Client().get(FORM)):
        assert not one.cookies and "Cookie" not in one.get("Vary", "") and "no-store" in one["Cache-Control"]
    why = check_page(Client().get(f"{answer['Location']}why/"))
    assert "欧阳标记名" not in why


def test_ASVS_6_3_8_wrong_and_unknown_get_the_same_answer_and_the_same_work(case, django_assert_num_queries):
    wrong_code = "000000" if case.query_code != "000000" else "111111"
    answers = []
    for number in (case.number, "99990000000000000"):
        with django_assert_num_queries(1):
            answers.append(ask(number, wrong_code))
    wrong, unknown = answers
    assert wrong.status_code == unknown.status_code == 200
    texts = [
        a.content.decode().replace(n, "N") for a, n in zip(answers, (case.number, "99990000000000000"), strict=True)
    ]
    assert texts[0] == texts[1]
    assert "没有查到" in texts[0]


@pytest.mark.parametrize(
    ("number", "code"), [("", ""), ("x", ""), ("", "1"), ("\0", "1"), ("9" * 60, "1"), ("１", "二三四")]
)
def test_nonsense_is_named_and_never_a_crash(db, number, code):
    page = check_page(ask(number, code))
    assert "处要改" in page


def test_ASVS_2_4_1_too_many_tries_are_refused_by_number_and_by_address(case):
    answers = [ask(case.number, "000000").status_code for _ in range(11)]
    assert answers[-1] == 429 and set(answers[:10]) == {200}
    answers = [ask(f"1{n}", "1").status_code for n in range(25)]
    assert answers[-1] == 429


def test_ASVS_8_2_2_a_tampered_or_expired_token_opens_nothing(case, frozen_clock):
    address = ask(case.number, case.query_code)["Location"]
    assert Client().get(address[:-2] + "x/").status_code == 404
    assert Client().get("/progress/abc/").status_code == 404
    assert Client().get("/progress/abc/why/").status_code == 404
    frozen_clock(clock.now() + dt.timedelta(hours=3))
    assert Client().get(address).status_code == 410


def test_the_owner_is_told_to_sign_in(case):
    page = check_page(Client().get(FORM))
    assert reverse("applications:my_cases") in page


def test_elder_mode_keeps_its_prefix(case):
    answer = Client().post(f"/elder{FORM}", {"number": case.number, "code": case.query_code})
    assert answer["Location"].startswith("/elder/progress/")
    check_page(Client().get(answer["Location"]))


def test_TIM_5_a_due_date_in_a_year_without_a_notice_says_that_it_may_move(frozen_clock):
    frozen_clock(make.at("2026-12-28 09:00"))
    desk = make.Desk()
    received = make.online_case(make.item(desk.department), make.citizen("欧阳标记名"))
    for case in (received, desk.accept(make.online_case(make.item(desk.department)))):
        page = Client().get(ask(case.number, case.query_code)["Location"]).content.decode()
        assert "暂按法定节假日推算，国务院公布放假安排后重新计算" in page
    frozen_clock(make.at("2026-11-23 09:00"))
    case = desk.accept(make.online_case(make.item(desk.department)))
    assert "暂按" not in Client().get(ask(case.number, case.query_code)["Location"]).content.decode()


def test_ASVS_2_4_1_a_stranger_with_wrong_codes_does_not_keep_the_holder_of_the_right_one_out(case):
    stranger = Client(REMOTE_ADDR="198.51.100.9")
    for _ in range(11):
        last = ask(case.number, "000000" if case.query_code != "000000" else "000001", stranger)
    assert last.status_code == 429
    for _ in range(12):
        assert ask(case.number, case.query_code, Client(REMOTE_ADDR="192.0.2.7")).status_code == 303


def test_ASVS_2_4_1_wrong_codes_for_one_number_are_limited_from_all_addresses_together(case, monkeypatch):
    monkeypatch.setattr("applications.views.progress.FROM_EVERYWHERE", "3/h")
    answers = [ask(case.number, "x", Client(REMOTE_ADDR=f"198.51.100.{n}")).status_code for n in range(4)]
    assert answers == [200, 200, 200, 429]
