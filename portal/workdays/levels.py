"""When a running clock turns warning, yellow and red (contracts.md section 1, rule 9; domain.md 6.2, T1 to T3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from portal.workdays.calendar import LAST_DATE, OutOfCalendar, WorkdayCalendar
from portal.workdays.counting import Counter
from portal.workdays.terms import RED_AFTER_WORKDAYS, WARNING_LEFT, WARNING_USED_PERCENT, Level

DAY = timedelta(days=1)


def turning_dates(
    calendar: WorkdayCalendar,
    counter: Counter,
    *,
    start: date,
    promised_days: int | None,
    promised_due_on: date,
    statutory_due_on: date | None,
) -> dict[Level, date]:
    """Level -> the first date that bears it, as things stand; a level that a higher one overtakes is left out.

    `promised_days` are counted days, extension included; None for 即办, which has no warning.
    """
    found: dict[Level, date] = {}

    def put(level: Level, day: Callable[[], date]) -> None:
        try:
            when = day()
        except OutOfCalendar:
            return  # after 2099: never
        found[level] = min(when, found.get(level, when))

    if promised_days is None:
        first = counter.upto(promised_due_on) + 1
        put(Level.YELLOW, lambda: counter.day(first))
        put(Level.RED, lambda: counter.day(first + RED_AFTER_WORKDAYS))
    else:
        # used >= 80 % or left <= 1: both grow with the counted days, so the smaller number decides.
        used = -(-promised_days * WARNING_USED_PERCENT // 100)
        threshold = min(used, counter.upto(promised_due_on) - WARNING_LEFT)
        put(Level.WARNING, lambda: counter.day(threshold) if threshold > 0 else start)
        put(Level.YELLOW, lambda: _after(promised_due_on))
        put(Level.RED, lambda: calendar.add(promised_due_on, RED_AFTER_WORKDAYS + 1))
    if statutory_due_on is not None:
        statutory = statutory_due_on
        put(Level.RED, lambda: _after(statutory))
    return overtaken_left_out(found)


def overtaken_left_out(found: Mapping[Level, date]) -> dict[Level, date]:
    """The dates of the levels that are ever the highest that holds."""
    return {
        level: day
        for level, day in sorted(found.items())
        if all(day < other for higher, other in found.items() if higher > level)
    }


def level_on(changes: Mapping[Level, date], day: date) -> Level:
    """The highest level that holds on a date."""
    return max((level for level, since in changes.items() if since <= day), default=Level.NONE)


def _after(day: date) -> date:
    if day >= LAST_DATE:
        raise OutOfCalendar("after 2099-12-31")
    return day + DAY
