"""The legal clock of a case: its events read by `portal.workdays`, and the reading stored beside the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from applications import hooks, rules
from applications.hooks import LevelChange
from applications.models import Case, CaseClock, ClockEvent
from applications.recording import record_of
from applications.states import FINAL_STATES, ClockLevel
from portal.clock import local_date
from portal.web import statements
from portal.web.errors import BadInput
from portal.workdays import terms
from portal.workdays.queries import current_calendar
from portal.workdays.reading import ClockReading, reading
from portal.workdays.terms import ClockError, EventType, Level

#: What a reading stores.
STORED: Final = tuple(
    field.name for field in CaseClock._meta.concrete_fields if field.name not in {"case", "department"}
)


def events_of(stored: Iterable[ClockEvent]) -> list[terms.ClockEvent]:
    """The stored events as the pure clock wants them."""
    return [
        terms.ClockEvent(
            type=EventType(event.type),
            at=event.at,
            procedure=event.procedure,
            until=event.until,
            n=event.n or 0,
        )
        for event in stored
    ]


def reading_of(case: Case, as_of: dt.datetime) -> ClockReading:
    """What the clock of a case shows at an instant: the page 为什么是这一天; two queries.

    Raises ClockError when the stored events cannot be those of a lawful case.
    """
    events = events_of(case.clock_events.order_by("seq"))
    return reading(events, current_calendar(), rules.rule_of(case.edition, case.situation), as_of)


def refresh(case: Case, clock: CaseClock, now: dt.datetime) -> ClockReading:
    """Read the clock at `now`, store what it shows, and announce a changed level; in the act's transaction.

    Raises BadInput when the events that the act makes would not be lawful.
    """
    events = events_of(record_of(case).clock_events)
    try:
        read = reading(events, current_calendar(), rules.rule_of(case.edition, case.situation), now)
    except ClockError as error:
        raise BadInput(f"{error.message}。", code=f"clock_{error.code}") from error
    change = store(case, clock, read)
    hooks.announce([change] if change is not None else [])
    return read


def store(case: Case, clock: CaseClock, read: ClockReading) -> LevelChange | None:
    """Write a reading into the narrow row; returns the change of level, if there is one."""
    old, new = ClockLevel(clock.level), rules.CODE_OF_LEVEL[read.level]
    clock.state = case.state
    clock.open = case.state not in FINAL_STATES
    clock.claimed_by_id = case.claimed_by_id
    clock.accepted_on = read.accepted_on
    clock.deemed_accepted = read.deemed_accepted
    if read.acceptance_due_on is not None:
        clock.acceptance_due_on = read.acceptance_due_on
    clock.promised_due_on = read.promised_due_on
    clock.statutory_due_on = read.statutory_due_on
    clock.delivery_due_on = read.delivery_due_on
    clock.sort_on = read.promised_due_on or clock.correction_due_on or clock.acceptance_due_on
    promised = read.rule.promised if read.rule is not None else None
    clock.promised_days = promised.n + read.extension if promised is not None else None
    clock.warning_on = read.changes.get(Level.WARNING)
    clock.yellow_on = read.changes.get(Level.YELLOW)
    clock.red_on = read.changes.get(Level.RED)
    clock.level = new
    clock.paused = read.paused and not read.closed
    clock.pause_until = read.pauses[-1].end if clock.paused else None
    clock.provisional = read.provisional
    clock.next_check_at = rules.next_check_at(
        state=case.state,
        acceptance_due_on=clock.acceptance_due_on,
        correction_due_on=clock.correction_due_on,
        pause_until=clock.pause_until,
        turns=read.changes.values(),
        today=read.as_of_on,
    )
    if clock._state.adding:
        statements.insert(clock)
    else:
        statements.update(clock, STORED)
    return level_change(clock, old, read.as_of_on)


def level_change(clock: CaseClock, old: ClockLevel, today: dt.date) -> LevelChange | None:
    """The change from `old` to the stored level, with every level passed on the way and the date that it turned."""
    new = ClockLevel(clock.level)
    if new == old:
        return None
    turns = (
        (ClockLevel.WARNING, clock.warning_on),
        (ClockLevel.YELLOW, clock.yellow_on),
        (ClockLevel.RED, clock.red_on),
    )
    reached = tuple(
        (level, day)
        for level, day in turns
        if day is not None and day <= today and rules.RANK[old] < rules.RANK[level] <= rules.RANK[new]
    )
    return LevelChange(
        case_id=clock.case_id,
        department_id=clock.department_id,
        old=old,
        new=new,
        reached=reached,
        promised_due_on=clock.promised_due_on,
        statutory_due_on=clock.statutory_due_on,
    )


def by_law_due(case: Case, clock: CaseClock, now: dt.datetime) -> tuple[str, dt.datetime] | None:
    """The next act that the law has done by itself by now, with the instant at which it took effect."""
    due = rules.by_law_due(
        state=case.state,
        acceptance_due_on=clock.acceptance_due_on,
        correction_due_on=clock.correction_due_on,
        pause_until=clock.pause_until,
        today=local_date(now),
    )
    return (due[0], terms.shanghai_midnight(due[1])) if due is not None else None

