"""Home, search and browse: what stands on them, and that filters stay in the address."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from disclosure.templatetags.disclosure import highlight
from portal.organizations.models import Succession
from tests.pages import check_page

pytestmark = pytest.mark.usefixtures("catalogue", "db")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def page(client: Client, address: str) -> str:
    return check_page(client.get(address))


def test_home_searches_first_and_shows_the_supervision_phone_above_the_footer(client: Client) -> None:
    html = page(client, "/")
    assert html.index('name="q"') < html.index("大家在搜")
    assert html.count("btn-primary") == 1
    assert html.index("call-number") < html.index("<footer")
    assert "查看全部 54 个事项" in html


def test_home_says_nothing_about_cases_while_there_are_none(client: Client) -> None:
    html = page(client, "/")
    assert "本月收件" not in html
    assert "办件公示</h2>" not in html


def test_home_says_when_a_closed_hall_opens_again(
    client: Client, frozen_clock: Callable[[datetime], AbstractContextManager[datetime]]
) -> None:
    frozen_clock(datetime(2026, 10, 3, 1, 0, tzinfo=UTC))
    assert "10月3日（周六）休息，10月8日（周四）开门" in page(client, "/")


@pytest.mark.parametrize(
    ("tab", "word"), [("person", "住房保障"), ("firm", "准营准办"), ("department", "市教育局"), ("theme", "准营准办")]
)
def test_each_tab_is_a_link_that_works_without_a_script(client: Client, tab: str, word: str) -> None:
    html = page(client, f"/?tab={tab}")
    assert word in html.split('id="matters"')[1]
    assert f'?tab={tab}#matters" aria-current="page"' in html


def test_search_marks_what_was_found_and_says_how_many(client: Client) -> None:
    html = page(client, "/search/?q=食品经营")
    assert "<mark>食品经营</mark>许可" in html
    assert "“食品经营”找到" in html
    assert 'value="食品经营"' in html


def test_search_explains_a_hit_by_its_everyday_name(client: Client) -> None:
    assert "也叫：开<mark>饭店</mark>" in page(client, "/search/?q=开饭店")


def test_an_empty_search_helps(client: Client) -> None:
    html = page(client, "/search/?q=离婚")
    assert "没有找到“离婚”" in html
    assert "0349-0000123" in html
    assert "?for=person&amp;theme=" in html


def test_the_audience_tab_keeps_the_question(client: Client) -> None:
    html = page(client, "/search/?q=经营许可")
    assert "for=firm" in html.split('aria-label="给谁办"')[1].split("</nav>")[0]
    assert "q=%E7%BB%8F%E8%90%A5%E8%AE%B8%E5%8F%AF" in html


def test_highlight_escapes_everything_but_its_own_marks() -> None:
    assert highlight("<b>食品</b> & 药品", ["食品"]) == "&lt;b&gt;<mark>食品</mark>&lt;/b&gt; &amp; 药品"
    assert highlight("KTV", ["ktv"]) == "<mark>KTV</mark>"
    assert highlight("a<b", []) == "a&lt;b"


def test_filters_narrow_and_stay_in_the_address_of_the_next_page(client: Client) -> None:
    html = page(client, "/items/?for=firm")
    assert "法人办事" in html
    next_page = html.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "for=firm" in next_page
    second = page(client, next_page)
    assert 'rel="prev"' in second
    assert "共 49 个事项" in html
    assert "共 49 个事项" in second


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=annual", 2),
        ("kind=supervision", 1),
        ("department=023", 3),
        ("for=person&theme=出境入境", 1),
        ("q=食品", 1),
        ("q=离婚", 0),
    ],
)
def test_every_filter_counts_what_it_shows(client: Client, query: str, count: int) -> None:
    html = page(client, f"/items/?{query}")
    assert (f"共 {count} 个事项" in html) if count else ("没有符合条件的事项" in html)


def test_departments_say_what_they_are_today(client: Client) -> None:
    html = page(client, "/departments/")
    assert "市食品药品监督管理局" in html
    if Succession.objects.exists():
        assert "现为市市场监督管理局" in html


def test_the_public_list_is_empty_and_says_so(client: Client) -> None:
    assert "收到的办件会出现在这里" in page(client, "/cases/")
