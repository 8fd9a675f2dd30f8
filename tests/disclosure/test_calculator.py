"""办结日期计算器: the same dates as `manage.py deadline`, errors beside their fields, nothing typed is lost."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from catalog.models import ItemEdition
from portal.workdays.calendar import shipped_calendar
from tests.pages import check_page

pytestmark = pytest.mark.usefixtures("catalogue", "db")
WATER, FOOD = "140115041000", "140123026000"


@pytest.fixture(autouse=True)
def _monday(frozen_clock: Callable[[datetime], AbstractContextManager[datetime]]) -> None:
    frozen_clock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


def page(client: Client, **query: object) -> str:
    answer = client.get("/calculator/", query)
    assert answer.status_code == 200
    return check_page(answer)


def test_the_case_of_picture_05_is_due_as_drawn(client: Client) -> None:
    html = page(
        client, item=WATER, start="accepted", on="2026-09-28", pauses=1,
        pause1="expert_review", pause1_from="2026-10-16", pause1_until="2026-11-06",
    )  # fmt: skip
    assert "最迟 2026年11月27日（周五）办结" in html
    assert "12月25日（周五）" in html
    assert "15 个工作日" in html
    assert "11月27日是第 25 天，" in html
    assert html.count('class="month"') == 4


def test_own_limits_in_each_unit(client: Client) -> None:
    assert "最迟 2026年11月30日（周一）办结" in page(client, promised=5, unit="workday", on="2026-11-23")
    assert "最迟 2026年11月30日（周一）办结" in page(client, promised=5, unit="calendar_day", on="2026-11-23")
    assert "最迟 2026年12月23日（周三）办结" in page(client, promised=1, unit="month", on="2026-11-23")
    assert "最迟 2026年11月30日（周一）办结" in page(client, statutory=5, on="2026-11-23")


def test_silence_for_five_working_days_accepts_on_the_day_of_receipt(client: Client) -> None:
    html = page(client, item=FOOD, start="received", on="2026-11-23")
    assert "视为受理" in html
    assert "最迟 2026年12月7日（周一）办结" in html


def test_an_extension_moves_the_date(client: Client) -> None:
    html = page(client, item=FOOD, on="2026-11-23", extension_on="2026-12-01", extension_days=5)
    assert "最迟 2026年12月14日（周一）办结" in html


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({"on": "2026-11-23"}, "promised", "请选择事项，或者填写承诺时限。"),
        ({"promised": 10, "statutory": 5}, "promised", "承诺期限不能长于法定期限"),
        ({"promised": 5, "on": "2026-02-30"}, "on", "日期不是有效日期"),
        ({"promised": 5, "on": "1999-01-01"}, "on", "2004 年到 2098 年"),
        ({"promised": 5, "pause1": "hearing"}, "pause1_from", "请填写暂停开始的日期。"),
        ({"promised": 5, "pause1_from": "2026-11-24", "pause1_until": "2026-11-25"}, "pause1", "请选择暂停的程序。"),
        (
            {"promised": 5, "pause1": "hearing", "pause1_from": "2026-11-25", "pause1_until": "2026-11-24"},
            "pause1_until",
            "结束日期早于开始日期",
        ),
        (
            {"promised": 5, "pause1": "hearing", "pause1_from": "2026-11-01", "pause1_until": "2026-11-24"},
            "pause1_from",
            "不能早于受理那天",
        ),
        ({"promised": 5, "extension_on": "2026-11-24"}, "extension_days", "请填写延长几个工作日。"),
        ({"promised": 5, "extension_on": "2027-01-24", "extension_days": 3}, "extension_on", ""),
        (
            {"promised": 5, "extension_on": "2026-11-24", "extension_days": 12},
            "extension_days",
            "最多延长 10 个工作日。",
        ),
        (
            {"promised": 5, "unit": "calendar_day", "extension_on": "2026-11-24", "extension_days": 3},
            "extension_days",
            "时限不按工作日计算的，不能延期。",
        ),
    ],
)
def test_a_fault_stands_at_its_field_and_in_the_summary(
    client: Client, query: dict[str, object], field: str, sentence: str
) -> None:
    html = page(client, **{"start": "accepted", "on": "2026-11-23", **query})
    assert f'id="id_{field}_error"' in html
    assert f'href="#id_{field}"' in html
    assert html.count(sentence) >= 2
    assert 'id="result"' not in html


def test_two_pauses_at_once_are_refused_at_the_later_one(client: Client) -> None:
    html = page(
        client, promised=20, on="2026-11-23", pauses=2, pause1="hearing", pause1_from="2026-11-24",
        pause1_until="2026-12-10", pause2="testing", pause2_from="2026-12-01", pause2_until="2026-12-05",
    )  # fmt: skip
    assert 'id="id_pause2_from_error"' in html


def test_another_row_comes_without_a_script_and_keeps_what_was_typed(client: Client) -> None:
    html = page(client, promised=7, on="2026-11-23", pauses=1, pause1="hearing", pause1_from="2026-11-24", add_pause=1)
    assert "id_pause2_from" in html
    assert 'name="pauses" value="2"' in html
    assert 'value="7"' in html
    assert 'value="2026-11-24"' in html
    assert "field-error" not in html


def test_no_item_breaks_it_and_every_item_in_working_days_agrees_with_plain_counting(client: Client) -> None:
    calendar = shipped_calendar()
    for edition in ItemEdition.objects.filter(exercise="application").select_related("item"):
        html = page(client, item=edition.item.basic_code, start="accepted", on="2026-11-23")
        if edition.promised_n and edition.limit_unit == "workday":
            due = calendar.add(date(2026, 11, 23), edition.promised_n)
            assert f"最迟 {due.year}年{due.month}月{due.day}日" in html
