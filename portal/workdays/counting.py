"""Counting days of one unit with pauses, by position.

All functions take ordinals (`date.toordinal`) so that a due date costs a few bisections and nothing else.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from portal.workdays.calendar import LAST_DATE, OutOfCalendar, WorkdayCalendar
from portal.workdays.terms import Limit, Unit

_LAST_ORDINAL = LAST_DATE.toordinal()

# (start, end): a day d is not counted when start < d <= end. Ascending, not overlapping.
Gaps = Sequence[tuple[int, int]]


def due_date(calendar: WorkdayCalendar, start: date, limit: Limit, gaps: Gaps = ()) -> date:
    """The last day of a limit that starts to run on the day after `start`. Raises OutOfCalendar past 2099."""
    ordinal = start.toordinal()
    if limit.unit is Unit.WORKDAY:
        return date.fromordinal(_nth_workday(calendar, ordinal, limit.n, gaps))
    n = limit.n if limit.unit is Unit.CALENDAR_DAY else month_days(start, limit.n)
    return date.fromordinal(calendar.ordinal_from(_nth_day(ordinal, n, gaps)))


def month_days(start: date, months: int) -> int:
    """How many days after `start` the corresponding day lies, or the last of the month (民法典 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > LAST_DATE.year:
        raise OutOfCalendar("after 2099-12-31")
    day = min(start.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day).toordinal() - start.toordinal()


def _nth_workday(calendar: WorkdayCalendar, start: int, n: int, gaps: Gaps) -> int:
    position = calendar.position
    target = position(start) + n
    for low, high in gaps:
        before = position(low)
        if target <= before:
            break
        target += position(high) - before
    return calendar.ordinal_at(target)


def _nth_day(start: int, n: int, gaps: Gaps) -> int:
    target = start + n
    for low, high in gaps:
        if target <= low:
            break
        target += high - low
    if target > _LAST_ORDINAL:
        raise OutOfCalendar("after 2099-12-31")
    return target


class Counter:
    """Counted days of one unit after a start, the gaps left out."""

    def __init__(self, calendar: WorkdayCalendar, unit: Unit, start: date, gaps: Gaps) -> None:
        self._calendar = calendar
        self._in_workdays = unit is Unit.WORKDAY
        self._start = start.toordinal()
        self._gaps = gaps

    def upto(self, day: date) -> int:
        """Counted days d with start < d <= day."""
        end = day.toordinal()
        if end <= self._start:
            return 0
        total = self._between(self._start, end)
        for low, high in self._gaps:
            if low >= end:
                break
            total -= self._between(low, min(high, end))
        return total

    def day(self, n: int) -> date:
        """The n-th counted day, n ≥ 1, not moved. Raises OutOfCalendar past 2099."""
        if self._in_workdays:
            return date.fromordinal(_nth_workday(self._calendar, self._start, n, self._gaps))
        return date.fromordinal(_nth_day(self._start, n, self._gaps))

    def _between(self, low: int, high: int) -> int:
        if self._in_workdays:
            return self._calendar.position(high) - self._calendar.position(low)
        return high - low
