"""Short ways to make clock events and to read them, with rules that the command does not know."""

from datetime import date, datetime
from typing import Any

from portal.workdays.calendar import shipped_calendar
from portal.workdays.reading import ClockReading, reading
from portal.workdays.terms import ClockEvent, EventType, Limit, Rule

CALENDAR = shipped_calendar()
TEN_OF_TWENTY = Rule(Limit(10), Limit(20))


def instant(text: str) -> datetime:
    """'2026-09-21' or '2026-09-21T16:20' in Shanghai."""
    return datetime.fromisoformat((text if "T" in text else text + "T10:00") + "+08:00")


def event(kind: str, when: str, **more: Any) -> ClockEvent:
    return ClockEvent(EventType(kind), instant(when), **more)


def paused(when: str, until: str, procedure: str = "expert_review") -> ClockEvent:
    return event("paused", when, procedure=procedure, until=date.fromisoformat(until))


def accepted(received: str, on: str | None = None) -> tuple[ClockEvent, ClockEvent]:
    return event("received", received), event("accepted", on or received)


def read(*events: ClockEvent, as_of: str, rule: Rule = TEN_OF_TWENTY) -> ClockReading:
    return reading(events, CALENDAR, rule, instant(as_of))
