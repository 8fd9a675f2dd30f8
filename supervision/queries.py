"""What reads clocks and signals for recounting (contracts.md section 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from applications.clockwork import events_of
from applications.models import Case, CaseClock, ClockEvent
from applications.rules import rule_of
from portal.workdays.jsonlines import Question, write_question
from portal.workdays.terms import ClockError
from supervision.models import Signal


def clock_lines(now: dt.datetime) -> Iterator[dict[str, Any]]:
    """One line per case that was received: the question that its events make, and beside it what is stored."""
    cases = (
        Case.objects.filter(clock_events__seq=1)
        .select_related("edition", "situation", "clock")
        .prefetch_related(
            Prefetch("clock_events", ClockEvent.objects.order_by("seq")),
            Prefetch("signals", Signal.objects.order_by("on", "rule", "due_on")),
        )
        .order_by("received_at", "pk")
    )
    for case in cases.iterator(chunk_size=500):
        yield _question(case, now) | {"stored": _stored(case.clock, list(case.signals.all()))}


def _question(case: Case, now: dt.datetime) -> dict[str, Any]:
    rule = rule_of(case.edition, case.situation)
    question = Question(id=case.number, rule=rule, events=tuple(events_of(case.clock_events.all())), as_of=now)
    try:
        return write_question(question)
    except ClockError:
        # 即办, months, no statutory limit, mixed situations: section 1 has no words for them.
        return {"id": case.number, "outside": True}


def _stored(clock: CaseClock, signals: list[Signal]) -> dict[str, Any]:
    return {
        "accepted_on": _text(clock.accepted_on),
        "deemed_accepted": clock.deemed_accepted,
        "promised_due_on": _text(clock.promised_due_on),
        "statutory_due_on": _text(clock.statutory_due_on),
        "level": clock.level,
        "signals": [{"level": signal.level, "on": signal.on.isoformat()} for signal in signals],
    }


def _text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
