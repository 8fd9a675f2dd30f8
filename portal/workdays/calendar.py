"""The working-day calendar: dates by position in the ordered working days, never by walking.

A year without a notice is provisional (暂行): Monday to Friday less the statutory holidays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portal.workdays.festivals import statutory_holidays
from portal.workdays.notices import FIRST_YEAR, LAST_YEAR, DayKind, Notice, shipped_notices

FIRST_DATE = date(FIRST_YEAR, 1, 1)
LAST_DATE = date(LAST_YEAR, 12, 31)
_LAST_ORDINAL = LAST_DATE.toordinal()
_from_ordinal = date.fromordinal


class OutOfCalendar(ValueError):
    """A date lies before 1900-01-01 or after 2099-12-31."""


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """What one date is and who says so. `notice` is the title of the notice, empty when none speaks of the date."""

    date: date
    kind: DayKind
    name: str
    notice: str
    provisional: bool

    @property
    def is_workday(self) -> bool:
        return self.kind in (DayKind.WORKDAY, DayKind.MAKEUP)


class WorkdayCalendar:
    """Working days from 1900 to 2099 by the given notices. Immutable; holds no reference to Django."""

    def __init__(self, notices: Iterable[Notice]) -> None:
        self.notices: tuple[Notice, ...] = tuple(notices)
        self.years: frozenset[int] = frozenset(notice.year for notice in self.notices)
        self._marks: dict[int, tuple[DayKind, str, str]] = {}
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            if year not in self.years:
                for day, name in statutory_holidays(year).items():
                    self._marks[day.toordinal()] = (DayKind.HOLIDAY, name, "")
        for notice in self.notices:
            for entry in notice.days:
                self._marks[entry.date.toordinal()] = (entry.kind, entry.name, notice.title)
        off = {ordinal for ordinal, mark in self._marks.items() if mark[0] is not DayKind.MAKEUP}
        makeup = [ordinal for ordinal, mark in self._marks.items() if mark[0] is DayKind.MAKEUP]
        # Ordinal 1 is a Monday, so that ordinal % 7 is 6 on Saturday and 0 on Sunday.
        first = FIRST_DATE.toordinal()
        working = {ordinal for ordinal in range(first, _LAST_ORDINAL + 1) if 0 < ordinal % 7 < 6}
        self._days: list[int] = sorted((working - off).union(makeup))

    # Positions: what the legal clock computes with.

    def position(self, ordinal: int) -> int:
        """How many working days lie on or before the date with this ordinal, since 1900."""
        return bisect_right(self._days, ordinal)

    def ordinal_at(self, position: int) -> int:
        """The ordinal of the working day at a position (1 is the first). Raises OutOfCalendar past 2099."""
        try:
            return self._days[position - 1]
        except IndexError:
            raise OutOfCalendar("after 2099-12-31") from None

    def ordinal_from(self, ordinal: int) -> int:
        """The ordinal of the first working day on or after a date."""
        return self.ordinal_at(bisect_left(self._days, ordinal) + 1)

    # Dates: what everybody else asks.

    def is_workday(self, day: date) -> bool:
        ordinal = day.toordinal()
        index = bisect_left(self._days, ordinal)
        return index < len(self._days) and self._days[index] == ordinal

    def add(self, day: date, working_days: int) -> date:
        """The n-th working day after a date, n ≥ 1; the date itself is not counted (民法典 201)."""
        return _from_ordinal(self.ordinal_at(bisect_right(self._days, day.toordinal()) + working_days))

    def next_workday(self, day: date) -> date:
        """The date itself if it is a working day, else the next one (民法典 203)."""
        return _from_ordinal(self.ordinal_from(day.toordinal()))

    def count(self, after: date, until: date) -> int:
        """Working days d with after < d <= until; 0 when until is not later."""
        return max(0, self.position(until.toordinal()) - self.position(after.toordinal()))

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a day from first to last, both included, lies in a year without a notice."""
        return any(year not in self.years for year in range(first.year, last.year + 1))

    def describe(self, day: date) -> CalendarDate:
        """What the date is: kind, holiday name, the notice that says so."""
        provisional = day.year not in self.years
        mark = self._marks.get(day.toordinal())
        if mark is not None:
            return CalendarDate(day, *mark, provisional=provisional)
        kind = DayKind.WORKDAY if day.weekday() < 5 else DayKind.WEEKEND
        return CalendarDate(day, kind, "", "", provisional)


@lru_cache(maxsize=1)
def shipped_calendar() -> WorkdayCalendar:
    """The calendar of the notices that ship with the portal."""
    return WorkdayCalendar(shipped_notices())
