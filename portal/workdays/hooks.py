"""Who wants to know that the calendar changed: applications recompute open cases, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.web.grants import Actor
from portal.workdays.calendar import WorkdayCalendar


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """The calendar before and after; `years` are those whose notice was imported, replaced or withdrawn."""

    years: tuple[int, ...]
    before: WorkdayCalendar
    after: WorkdayCalendar
    actor: Actor


Handler = Callable[[CalendarChange], None]

_handlers: dict[str, Handler] = {}


def register(name: str, handler: Handler) -> None:
    """Call `handler` after each change, inside its transaction; registered from AppConfig.ready(), once per name."""
    _handlers[name] = handler


def announce(change: CalendarChange) -> None:
    """Tell every registered handler, in the order of their names."""
    for name in sorted(_handlers):
        _handlers[name](change)
