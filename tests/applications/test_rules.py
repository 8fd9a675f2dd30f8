"""Pure decisions about a case."""

from __future__ import annotations

import datetime as dt

import pytest

from applications import rules
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
