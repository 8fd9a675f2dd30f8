"""Pure decisions about a case."""

from __future__ import annotations

import datetime as dt

import pytest

from applications import rules, validity
from catalog.models import ItemEdition
from portal.workdays.terms import shanghai_midnight

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("state", ["received", "correcting", "reviewing", "approving", "granted", "withdrawn"])
@pytest.mark.parametrize("offset", range(-2, 3))
def test_the_next_look_is_strictly_later_than_today_or_never(state, offset):
    day = TODAY + offset * DAY
    found = rules.next_check_at(
        state=state,
        acceptance_due_on=day - DAY,
        correction_due_on=day - DAY,
        pause_until=day,
        turns=[day, None],
        today=TODAY,
    )
    waits = state in ("received", "correcting", "reviewing", "approving") and offset > 0
    assert found == (shanghai_midnight(day) if waits else None)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("5年", 5),
        ("5年（演示）", 5),
        ("4年，每2年复核一次", 4),
        ("2年，自印发之日起算；期满前没有开工的要申请延期", 2),
        ("长期有效", None),
        ("长期有效；2年内没有开工也没有说明的，备案机关可移出并公示", None),
        ("2年内应当报初步设计", None),
        ("16周岁以上10年，未满16周岁5年", None),
        ("以许可证载明的期限为准", None),
        ("", None),
    ],
)
def test_what_an_edition_gives_as_validity(text, years):
    assert validity.allowed_by(ItemEdition(result_validity=text)).years == years


def test_an_anniversary_is_the_corresponding_day_or_the_months_last():
    assert validity.anniversary(dt.date(2026, 11, 23), 5) == dt.date(2031, 11, 23)
    assert validity.anniversary(dt.date(2028, 2, 29), 1) == dt.date(2029, 2, 28)
