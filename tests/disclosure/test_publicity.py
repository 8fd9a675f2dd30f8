"""办件公示 and the city's figures as the public reads them; a person's name is never whole."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.enumerations import CasePublicity
from disclosure.queries import city_figures
from portal import clock
from tests import factories as make
from tests.pages import check_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def test_names_of_persons_are_masked_and_firms_are_named(client: Client) -> None:
    edition = make.item(publicity=CasePublicity.FULL, name="演示许可甲")
    one = make.online_case(edition, make.citizen("高晓霞"))
    make.online_case(edition, make.citizen("王强"), firm=make.legal_person("朔州云岫置业有限公司"))
    html = check_page(client.get("/cases/"))
    assert "高*霞" in html
    assert "高晓霞" not in html
    assert "朔州云岫置业有限公司" in html
    assert "共 2 件" in html
    assert str(one.pk) not in html


def test_an_item_that_is_not_public_shows_none_of_its_cases(client: Client) -> None:
    make.online_case(make.item(publicity=CasePublicity.NONE, name="不公开的事项"))
    for address in ("/cases/", "/", "/cases/?state=open"):
        assert "不公开的事项" not in client.get(address).content.decode()


def test_the_list_says_the_state_in_words_and_filters_by_it(client: Client) -> None:
    desk = make.Desk()
    edition = make.item(desk.department, name="演示许可乙")
    desk.bring_to(make.online_case(edition), "granted")
    make.online_case(edition)
    assert "准予" in client.get("/cases/?state=granted").content.decode().split("<tbody>")[1]
    assert "共 1 件" in client.get("/cases/?state=open").content.decode()
    assert "共 1 件" in client.get("/cases/?state=granted").content.decode()
    assert "没有符合的办件" in client.get("/cases/?state=refused").content.decode()


def test_pages_of_twenty_five_follow_each_other_without_gap_or_repetition(client: Client) -> None:
    edition = make.item(materials=())
    applicant = make.citizen("高晓霞")
    for _ in range(27):
        make.online_case(edition, applicant)
    first = client.get("/cases/").content.decode()
    assert first.count("高*霞") == 25
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert client.get(following).content.decode().count("高*霞") == 2


def test_the_list_costs_the_same_for_one_case_and_for_many(client: Client, django_assert_max_num_queries: Any) -> None:
    edition = make.item(materials=())
    applicant = make.citizen()
    for _ in range(12):
        make.online_case(edition, applicant)
    with django_assert_max_num_queries(6):
        client.get("/cases/")
    with django_assert_max_num_queries(12):
        client.get("/")


def test_the_city_s_figures_are_counted_from_the_cases_and_say_when(client: Client) -> None:
    desk = make.Desk()
    edition = make.item(desk.department)
    desk.bring_to(make.online_case(edition), "concluded")
    make.online_case(edition)
    figures = city_figures(clock.now())
    assert (figures.received, figures.concluded, figures.decided, figures.on_time) == (2, 1, 1, 1)
    html = check_page(client.get("/"))
    assert "2 件" in html
    assert "100.0%" in html
    assert "承诺到期日或以前决定的 1 件 ÷ 本月决定的 1 件" in html
    assert "统计</span>" in html
