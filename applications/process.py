"""The case as a process of the engine: its locks, what the law does by itself, and the rows that each act leaves."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from applications import clockwork, messages, papers, rows
from applications.effects.review import note_extension
from applications.models import Act, Case, CaseClock
from applications.people import is_applicant, sealed
from applications.permissions import READING
from applications.recording import act_id, add_clock_event, end_tasks, move_tasks, record_of, write_act
from applications.states import FINAL_STATES
from applications.transitions import TABLE
from portal.clock import local_date
from portal.ledger.services import LedgerEntry
from portal.transitions import engine
from portal.transitions.process import Context, Process, has_role
from portal.transitions.table import Party, Transition
from portal.web import statements
from portal.web.errors import NotFound
from portal.web.grants import SYSTEM_ACTOR

#: What acts change on the case's row.
CHANGING: Final = (
    "state",
    "department",
    "accepted_at",
    "deemed_accepted",
    "decided_at",
    "decision",
    "decision_details",
    "result_number",
    "concluded_at",
    "delivered_at",
    "closed_at",
    "closing_reason",
    "clerk",
    "reviewer_ids",
    "approver",
    "claimed_by",
    "claimed_at",
)


class CaseProcess(Process):
    """Runs `applications.transitions.TABLE`; the only way a case changes."""

    table = TABLE

    def lock(self, subject_id: UUID) -> Case:
        case = rows.lock_case(subject_id)
        if case is None:
            raise NotFound("没有这个办件。")
        return case

    def by_law(self, ctx: Context) -> bool:
        changed = self.catch_up(ctx.subject, ctx.now)
        last = record_of(ctx.subject).last_at
        # A clock that was set back must not put an act before the one that it follows.
        ctx.now = max(ctx.now, last) if last is not None else ctx.now
        return changed

    def catch_up(self, case: Case, now: dt.datetime) -> bool:
        """Everything that the law has done by itself up to now, each with its own date; True when anything changed.

        The caller holds the locks of `lock`.
        """
        changed = False
        while (due := clockwork.by_law_due(case, case.clock, now)) is not None:
            action, at = due
            key = uuid5(NAMESPACE_URL, f"case/{case.pk}/{action}/{at.isoformat()}")
            engine.perform(Context(self, case, SYSTEM_ACTOR, action, {"discovered_at": now}, at, key))
            changed = True
        clock: CaseClock = case.clock
        if clock.next_check_at is not None and clock.next_check_at <= now:
            clockwork.refresh(case, clock, now)
            changed = True
        return changed

    def may(self, ctx: Context, transition: Transition) -> bool:
        case: Case = ctx.subject
        applicant = False
        if not ctx.actor.is_system:
            staff = any(ctx.actor.grants.has_for(permission, case.department_id) for permission in READING)
            # Staff are asked only where an applicant could act, so that the buttons of a page cost few queries.
            if not staff or Party.APPLICANT in transition.role:
                applicant = is_applicant(ctx.actor.user_id, case, local_date(ctx.now))
            if not applicant and not staff:
                raise NotFound("没有这个办件。")
        return has_role(ctx.actor, transition, department_id=case.department_id, is_applicant=applicant)

    def save(self, ctx: Context, transition: Transition) -> None:
        case: Case = ctx.subject
        moved = transition.target is not None and ctx.before != case.state
        if moved:
            case.claimed_by_id = ctx.results.get("claimed_by_id")
            case.claimed_at = ctx.now if case.claimed_by_id is not None else None
            move_tasks(case, ctx.now)
        if transition.action == "deliver":
            end_tasks(case, ctx.now)
        if case.state in FINAL_STATES and case.closed_at is None:
            case.closed_at = ctx.now
        statements.update(case, CHANGING)
        if transition.clock is not None:
            at = ctx.results.get("clock_at", ctx.now)
            add_clock_event(case, transition.clock, at, act_id(ctx), **ctx.results.get("clock_event", {}))
        clockwork.refresh(case, case.clock, ctx.now)
        if transition.action == "extend":
            note_extension(ctx)
        if transition.document is not None:
            ctx.results["document"] = papers.issue(ctx, transition)

    def event_body(self, ctx: Context, transition: Transition) -> dict[str, Any]:
        case: Case = ctx.subject
        body: dict[str, Any] = {"edition": str(case.edition_id), "by_law": transition.role == (Party.SYSTEM,)}
        if (document := ctx.results.get("document")) is not None:
            body["document"] = {"kind": document.kind, "number": document.number, "hash": document.data_hash}
        if ctx.results.get("identity_seen"):
            body["identity_seen"] = True
        if (event := ctx.results.get("clock_event")) is not None:
            body["clock"] = {name: str(value) for name, value in event.items()}
        if (served := ctx.results.get("served")) is not None:
            body["delivery"] = served
        if ctx.results.get("late"):
            body["late"] = True
        clock: CaseClock = case.clock
        body["promised_due_on"] = clock.promised_due_on.isoformat() if clock.promised_due_on else None
        body["statutory_due_on"] = clock.statutory_due_on.isoformat() if clock.statutory_due_on else None
        if transition.action in ("accept", "ask_correction", "supply"):
            # The guards of 受理 have read them; the other two acts have changed them since.
            materials = ctx.results["materials"] if transition.action == "accept" else rows.materials_of(case)
            body["materials"] = [
                [str(material.pk), material.conclusion, material.originals_received, material.copies_received]
                for material in materials
            ]
        if (opinion := ctx.results.get("opinion")) is not None:
            # The text may name persons: the ledger holds what proves it, under the applicant's erasable key.
            body["opinion"] = [opinion.recommendation, sealed(case, opinion.text)]
            if opinion.departure:
                body["departure"] = sealed(case, opinion.departure)
        return body

    def recorded(self, ctx: Context, transition: Transition, entry: LedgerEntry) -> None:
        case: Case = ctx.subject
        document = ctx.results.get("document")
        act: Act = write_act(
            ctx,
            case,
            transition,
            entry,
            by_law=ctx.actor.is_system,
            note=ctx.results.get("note") or ctx.results.get("reason") or "",
            late=bool(ctx.results.get("late")),
            document_id=document.pk if document is not None else None,
        )
        ctx.results["act"] = act
        messages.tell_applicant(ctx, act)


PROCESS: Final = CaseProcess()
