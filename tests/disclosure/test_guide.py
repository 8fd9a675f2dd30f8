"""办事指南: the nine elements, the date, the check-list, in every shape that the city's items have."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.models import ItemEdition
from catalog.queries import edition_in_force
from disclosure.guide import ELEMENTS, due_today
from disclosure.queries import guide_version
from portal.workdays.calendar import shipped_calendar
from tests.pages import check_page

pytestmark = pytest.mark.usefixtures("catalogue", "db")
FOOD, DRUGSTORE, SHOP, CHECK = "140123026000", "140123027000", "140721022000", "140622054000"
Freeze = Callable[[datetime], AbstractContextManager[datetime]]


@pytest.fixture(autouse=True)
def _monday(frozen_clock: Freeze) -> None:
    cache.clear()
    frozen_clock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


def test_the_plan_s_nine_elements_stand_in_its_order_with_numbers_and_anchors(client: Client) -> None:
    html = check_page(client.get(f"/items/{FOOD}/"))
    places = [html.index(f'id="{key}"') for key, _ in ELEMENTS]
    assert places == sorted(places)
    for number, (key, name) in enumerate(ELEMENTS, 1):
        assert f'<span class="guide-number">{number}</span>{name}' in html
        assert f'href="#{key}"' in html


def test_the_date_of_today_is_that_of_the_legal_clock(client: Client) -> None:
    html = client.get(f"/items/{FOOD}/").content.decode()
    assert "12月7日" in html  # picture 02: applied and accepted on Monday, 23 November 2026
    assert "到第 5 个工作日（11月30日）才受理的，最迟 12月14日" in html
    assert f"/calculator/?item={FOOD}&amp;start=accepted&amp;on=2026-11-23#result" in html


def test_on_a_saturday_the_application_is_accepted_on_monday() -> None:
    edition = edition_in_force(FOOD, date(2026, 11, 21))
    due = due_today(edition, None, shipped_calendar(), date(2026, 11, 21))
    assert due is not None
    assert (due.accepted_on, due.due_on) == (date(2026, 11, 23), date(2026, 12, 7))


def test_a_situation_brings_its_own_limits_and_date(client: Client) -> None:
    first = client.get(f"/items/{DRUGSTORE}/").content.decode()
    second = client.get(f"/items/{DRUGSTORE}/?situation=B").content.decode()
    assert "20 个工作日" in first
    assert "12月21日" in first
    assert "10 个工作日" in second
    assert "12月7日" in second


def test_chosen_conditions_shorten_the_list_and_ticks_stay(client: Client) -> None:
    everything = client.get(f"/items/{FOOD}/").content.decode()
    assert "共 <b>7 份材料</b>，其中 2 份有条件才要" in everything
    chosen = client.get(f"/items/{FOOD}/?chosen=1&need=M04&ready=M02").content.decode()
    assert "需要 <b>6 份材料</b>" in chosen
    assert "授权委托书" not in chosen.split("<table")[1].split("</table>")[0]
    assert 'name="ready" value="M02" checked' in chosen
    assert 'name="ready" value="M01" checked' not in chosen


def test_who_may_apply_is_named_and_an_individual_business_finds_itself(client: Client) -> None:
    html = client.get(f"/items/{FOOD}/").content.decode()
    assert "申请人：企业法人、事业法人、其他组织（含个体工商户）" in html and "由经营者申请" in html
    assert "含个体工商户" in client.get(f"/items/{FOOD}/print/").content.decode()
    others = ItemEdition.objects.exclude(service_objects__contains=["6"])
    page = client.get(f"/items/{others.get(item__number=31).item.basic_code}/").content.decode()
    assert "申请人：自然人。" in page and "个体工商户" not in page


def test_what_is_invented_is_marked_and_what_is_law_is_not(client: Client) -> None:
    html = client.get(f"/items/{FOOD}/").content.decode()
    assert "演示" in html.split('id="h-faq"')[1].split("</h2>")[0]
    assert "演示" not in html.split('id="h-basis"')[1].split("</h2>")[0]


def test_an_item_done_at_once_and_one_done_without_application(client: Client) -> None:
    assert "当场办结" in client.get(f"/items/{SHOP}/").content.decode()
    html = client.get(f"/items/{CHECK}/").content.decode()
    assert "不用申请" in html
    assert "在线申请" not in html


def test_the_button_leads_to_the_application_in_both_modes(client: Client) -> None:
    assert f'href="/apply/{FOOD}/"' in client.get(f"/items/{FOOD}/").content.decode()
    assert f'href="/elder/apply/{FOOD}/"' in client.get(f"/elder/items/{FOOD}/").content.decode()


def test_the_meta_tags_of_government_sites_are_there(client: Client) -> None:
    html = client.get(f"/items/{FOOD}/").content.decode()
    for name in (
        "SiteName",
        "SiteDomain",
        "SiteIDCode",
        "ColumnName",
        "ArticleTitle",
        "PubDate",
        "ContentSource",
        "Url",
    ):
        assert f'<meta name="{name}"' in html


def test_a_warm_guide_costs_one_query(client: Client, django_assert_num_queries: Any) -> None:
    client.get(f"/items/{FOOD}/")
    with django_assert_num_queries(1):
        client.get(f"/items/{FOOD}/")


def test_a_kept_page_does_not_outlive_its_day_or_its_edition(client: Client, frozen_clock: Freeze) -> None:
    before = client.get(f"/items/{FOOD}/")
    with frozen_clock(datetime(2026, 11, 24, 1, 0, tzinfo=UTC)):
        after = client.get(f"/items/{FOOD}/")
    assert before.headers["ETag"] != after.headers["ETag"]
    assert "12月8日" in after.content.decode()
    version = guide_version(FOOD)
    assert version is not None
    edition = ItemEdition.objects.get(pk=version.edition_id)
    assert (edition.item.basic_code, edition.digest) == (FOOD, version.digest)


def test_the_modes_are_kept_apart(client: Client) -> None:
    assert 'class="elder"' not in client.get(f"/items/{FOOD}/").content.decode()
    assert 'class="elder"' in client.get(f"/elder/items/{FOOD}/").content.decode()
    assert 'class="elder"' not in client.get(f"/items/{FOOD}/").content.decode()
