"""The legal clock once more, written from the contract by walking day after day: slow, plain, and nothing shared.

It takes events that are known to be lawful; only the dates are its business.
"""

from datetime import date, timedelta
from typing import Any

import chinese_calendar

DAY = timedelta(days=1)


def is_workday(day: date) -> bool:
    """2004 to 2026 by the library that the data file was made from."""
    return bool(chinese_calendar.is_workday(day))


def nth(start: date, n: int, counts: Any) -> date:
    day = start
    while n:
        day += DAY
        n -= counts(day)
    return day


def read(
    events: list[tuple[str, date, dict[str, Any]]], promised: tuple[int, str], statutory: tuple[int, str], today: date
) -> dict[str, Any]:
    """The answer for (type, date, more) events that exist today."""
    received = events[0][1]
    window = nth(received, 5, is_workday)
    accepted = decided = None
    correcting = closed = False
    pauses: list[list[date]] = []
    extension = 0
    for kind, day, more in events[1:]:
        if accepted is None and not correcting and day > window:
            accepted = received
        if kind == "accepted":
            accepted = accepted or day
        elif kind == "correction_asked" and accepted is None:
            correcting = True
        elif kind == "corrected" and accepted is None:
            accepted, correcting = day, False
        elif kind == "paused":
            pauses.append([day, more["until"]])
        elif kind == "resumed":
            pauses[-1][1] = min(pauses[-1][1], day)
        elif kind == "extended":
            extension = more["n"]
        elif kind == "decided":
            decided = day
            if pauses:
                pauses[-1][1] = max(pauses[-1][0], min(pauses[-1][1], day))
        elif kind == "withdrawn":
            closed = True
    if accepted is None and not correcting and not closed and today > window:
        accepted = received
    if accepted is None or closed:
        return {"accepted_on": None, "level": "none", "used": None, "left": None, "paused": False}

    def stopped(day: date) -> bool:
        return any(start < day <= end for start, end in pauses)

    def counter(unit: str) -> Any:
        return lambda day: not stopped(day) and (unit == "calendar_day" or is_workday(day))

    def due(limit: tuple[int, str]) -> date:
        day = nth(accepted, limit[0] + extension, counter(limit[1]))
        while limit[1] == "calendar_day" and not is_workday(day):
            day += DAY
        return day

    def between(after: date, until: date, counts: Any) -> int:
        days = max(0, (until - after).days)
        return sum(1 for offset in range(1, days + 1) if counts(after + offset * DAY))

    promised_due, statutory_due = due(promised), due(statutory)
    until = decided or today
    counts = counter(promised[1])
    used, left = between(accepted, until, counts), between(until, promised_due, counts)
    level = "none"
    if left <= 1 or used >= 0.8 * (promised[0] + extension):
        level = "warning"
    if until > promised_due:
        level = "yellow"
    if until > statutory_due or between(promised_due, until, is_workday) > 3:
        level = "red"
    return {
        "accepted_on": accepted,
        "promised_due_on": promised_due,
        "statutory_due_on": statutory_due,
        "used": used,
        "left": left,
        "level": level,
        "paused": any(start <= today < end for start, end in pauses),
    }
