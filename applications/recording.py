"""The rows that an act leaves behind: its own row, the clock event, the tasks that it ends and opens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from applications import rows
from applications.models import Act, Case, ClockEvent, Task
from applications.states import CaseState
from portal.accounts.signatures import Signature, signature_of
from portal.ledger.services import LedgerEntry
from portal.transitions.process import Context
from portal.transitions.table import Transition
from portal.web import statements
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

# Statements of every act.
_LAST_ACT: Final = f"SELECT seq, at FROM {Act._meta.db_table} WHERE case_id = %s ORDER BY seq DESC LIMIT 1"
_MOVE_TASKS: Final = f"""
    WITH ended AS (UPDATE {Task._meta.db_table} SET done_at = %s WHERE case_id = %s AND done_at IS NULL)
    INSERT INTO {Task._meta.db_table} (id, case_id, kind, department_id, assignee_id, opened_at)
    VALUES (%s, %s, %s, %s, %s, %s)
"""
_END_TASKS: Final = f"UPDATE {Task._meta.db_table} SET done_at = %s WHERE case_id = %s AND done_at IS NULL"


@dataclass
class CaseRecord:
    """What stands on record of a locked case: read once, and kept up by the acts that follow under the same lock."""

    acts: int
    last_at: dt.datetime | None
    clock_events: list[ClockEvent]


def record_of(case: Case) -> CaseRecord:
    """The record of a case that the caller has locked, or has just made; two queries at first use."""
    record: CaseRecord | None = case.__dict__.get("_record")
    if record is None:
        with connection.cursor() as cursor:
            cursor.execute(_LAST_ACT, [case.pk])
            acts, last_at = cursor.fetchone() or (0, None)
        record = case.__dict__["_record"] = CaseRecord(acts, last_at, rows.clock_events_of(case=case.pk))
    return record


def act_id(ctx: Context) -> UUID:
    """The id that the act's row will have: known before the row, whose ledger mark comes last."""
    made: UUID = ctx.results.setdefault("act_id", uuid7())
    return made


def add_clock_event(case: Case, kind: str, at: dt.datetime, act: UUID, **more: Any) -> ClockEvent:
    """Append an event to the case's clock; never earlier than the one before it."""
    events = record_of(case).clock_events
    earliest = events[-1].at if events else at
    event = ClockEvent(
        case=case,
        act_id=act,
        seq=events[-1].seq + 1 if events else 1,
        type=kind,
        at=max(at, earliest),
        **more,
    )
    statements.insert(event)
    events.append(event)
    return event


def move_tasks(case: Case, now: dt.datetime) -> None:
    """End the open tasks and open the one that the state asks for."""
    kind = TASK_OF_STATE.get(case.state)
    if kind is None:
        end_tasks(case, now)
        return
    values: list[Any] = [now, case.pk, uuid7(), case.pk, kind.value, case.department_id, case.claimed_by_id, now]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_TASKS, values)


def end_tasks(case: Case, now: dt.datetime) -> None:
    """End whatever is open."""
    with connection.cursor() as cursor:
        cursor.execute(_END_TASKS, [now, case.pk])


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
    record = record_of(case)
    signature = signature_in(ctx, ctx.actor.user_id)
    assert ctx.key is not None
    act = Act(
        id=act_id(ctx),
        case=case,
        seq=record.acts + 1,
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
        actor_post=signature.post if signature is not None else "",
        note=note,
        document_id=document_id,
        ledger_seq=entry.id,
        ledger_hash=entry.hash.hex(),
    )
    statements.insert(act)
    record.acts, record.last_at = act.seq, act.at
    return act


def signature_in(ctx: Context, user_id: UUID | None) -> Signature | None:
    """How a user signs in this act; None for the law, and for whoever is not staff. Each is looked up once."""
    if user_id is None:
        return None
    known: dict[UUID, Signature | None] = ctx.results.setdefault("signatures", {})
    if user_id not in known:
        known[user_id] = signature_of(user_id)
    return known[user_id]
