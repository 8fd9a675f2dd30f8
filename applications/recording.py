"""The rows that an act leaves behind: its own row, the clock event, the tasks that it ends and opens."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import F, Max

from applications.models import Act, Case, ClockEvent, Task
from applications.states import CaseState
from portal.accounts.models import Posting, Staff
from portal.ledger.services import LedgerEntry
from portal.transitions.process import Context
from portal.transitions.table import Transition
from portal.web.grants import Actor
from portal.web.keys import uuid7

TASK_OF_STATE: dict[str, Task.Kind] = {
    CaseState.RECEIVED: Task.Kind.INTAKE,
    CaseState.CORRECTING: Task.Kind.SUPPLY,
    CaseState.REVIEWING: Task.Kind.REVIEW,
    CaseState.APPROVING: Task.Kind.APPROVE,
    CaseState.GRANTED: Task.Kind.CONCLUDE,
    CaseState.REFUSED: Task.Kind.CONCLUDE,
    CaseState.CONCLUDED: Task.Kind.DELIVER,
}


def act_id(ctx: Context) -> UUID:
    """The id that the act's row will have: known before the row, whose ledger mark comes last."""
    made: UUID = ctx.results.setdefault("act_id", uuid7())
    return made


def add_clock_event(case: Case, kind: str, at: dt.datetime, act: UUID, **more: Any) -> ClockEvent:
    """Append an event to the case's clock; never earlier than the one before it."""
    last = case.clock_events.order_by("-seq").values_list("seq", "at").first()
    seq, earliest = last if last is not None else (0, at)
    return ClockEvent.objects.create(case=case, act_id=act, seq=seq + 1, type=kind, at=max(at, earliest), **more)


def move_tasks(case: Case, now: dt.datetime) -> None:
    """End the open tasks and open the one that the state asks for."""
    case.tasks.filter(done_at=None).update(done_at=now)
    kind = TASK_OF_STATE.get(case.state)
    if kind is not None:
        Task.objects.create(
            case=case, kind=kind, department_id=case.department_id, assignee_id=case.claimed_by_id, opened_at=now
        )


def end_tasks(case: Case, now: dt.datetime) -> None:
    """End whatever is open."""
    case.tasks.filter(done_at=None).update(done_at=now)


def write_act(
    ctx: Context,
    case: Case,
    transition: Transition,
    entry: LedgerEntry,
    *,
    by_law: bool,
    note: str = "",
    late: bool = False,
    document_id: UUID | None = None,
) -> Act:
    """The row of the timeline, with its mark in the ledger."""
    last = case.acts.aggregate(last=Max("seq"))["last"] or 0
    assert ctx.key is not None
    return Act.objects.create(
        id=act_id(ctx),
        case=case,
        seq=last + 1,
        key=ctx.key,
        action=transition.action,
        label=transition.label,
        public_label=transition.public_label,
        from_state=ctx.before,
        to_state=case.state,
        at=ctx.now,
        by_law=by_law,
        late=late,
        actor_id=ctx.actor.user_id,
        actor_name=ctx.actor.name[:50],
        actor_post=post_of(ctx.actor),
        note=note,
        document_id=document_id,
        ledger_seq=entry.id,
        ledger_hash=entry.hash.hex(),
    )


def post_of(actor: Actor) -> str:
    """Where the actor works, as it is signed: the window of a posting, else the title."""
    if actor.user_id is None:
        return ""
    posting = (
        Posting.objects.filter(staff__user=actor.user_id, valid_until=None)
        .select_related("window")
        .order_by(F("valid_from").desc())
        .first()
    )
    if posting is not None:
        return f"{posting.window.code} 窗口，{posting.get_post_display()}"
    return Staff.objects.filter(user=actor.user_id).values_list("title", flat=True).first() or ""
