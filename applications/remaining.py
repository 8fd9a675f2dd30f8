"""What is left of a promised limit, for one line of a work list: days by the calendar, without the clock's events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from catalog.enumerations import LimitUnit
from portal.workdays.calendar import WorkdayCalendar


@dataclass(frozen=True, slots=True)
class Remaining:
    """`used` and `limit` are days of the limit's unit (of a limit in months: calendar days); `limit` 0 for 即办."""

    word: str
    used: int
    limit: int
    overdue: int = 0

    @property
    def share(self) -> str:
        """9/10; nothing for 即办."""
        return f"{self.used}/{self.limit}" if self.limit else "即办"


def remaining(
    calendar: WorkdayCalendar,
    today: dt.date,
    *,
    unit: str,
    accepted_on: dt.date,
    due_on: dt.date,
    promised_days: int | None,
    pause_until: dt.date | None,
) -> Remaining:
    """Of an accepted case. While the clock is paused the days after the pause are what is left."""
    since = pause_until if pause_until is not None and pause_until > today else today
    workdays = unit == LimitUnit.WORKDAY or promised_days is None
    left = calendar.count(since, due_on) if workdays else max(0, (due_on - since).days)
    over = calendar.count(due_on, today) if workdays else max(0, (today - due_on).days)
    if promised_days is None:
        limit = 0
    elif unit == LimitUnit.MONTH:
        limit = (due_on - accepted_on).days
    else:
        limit = promised_days
    return Remaining(_word(left, over), max(0, limit - left) + over if limit else 0, limit, over)


def _word(left: int, over: int) -> str:
    if over:
        return f"超 {over} 天"
    return f"剩 {left} 天" if left else "今天到期"


def until_word(calendar: WorkdayCalendar, today: dt.date, due_on: dt.date) -> str:
    """For a date before acceptance: 剩 2 天 in working days."""
    return _word(calendar.count(today, due_on), calendar.count(due_on, today))
