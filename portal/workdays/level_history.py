"""Every level that a clock has borne since receipt, each with its own date, also levels that an extension took back.

A sweep that was away for a week, and a recount of stored signals, read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.reading import reading
from portal.workdays.terms import ClockEvent, Level, Rule, shanghai_date


@dataclass(frozen=True, slots=True)
class LevelTurn:
    """The level turned to `level` on a date, while these were the due dates."""

    on: date
    level: Level
    promised_due_on: date | None
    statutory_due_on: date | None


def level_history(
    events: Sequence[ClockEvent], calendar: WorkdayCalendar, rule: Rule, as_of: datetime
) -> tuple[LevelTurn, ...]:
    """The turns up to `as_of` in their order; what each was is judged by what was known then. Raises ClockError."""
    seen = [event for event in events if event.at <= as_of]
    instants = [event.at for event in seen] + [as_of]
    turns: list[LevelTurn] = []
    level = Level.NONE
    for index in range(1, len(instants)):
        known, until = seen[:index], instants[index]
        read = reading(known, calendar, rule, until)
        start = shanghai_date(instants[index - 1])
        at_start = max((each for each, day in read.changes.items() if day <= start), default=Level.NONE)
        if at_start != level:
            turns.append(LevelTurn(start, at_start, read.promised_due_on, read.statutory_due_on))
            level = at_start
        last = shanghai_date(until)
        for turned, day in sorted(read.changes.items()):
            # What turns on the day of the next event has turned before it: days turn at midnight.
            if turned > level and start < day <= last:
                turns.append(LevelTurn(day, turned, read.promised_due_on, read.statutory_due_on))
                level = turned
    return tuple(turns)
