"""The engine that runs a table of transitions: the only way a row of a process changes its state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from portal import crashpoints
from portal.ledger import queries as ledger
from portal.ledger.services import LedgerEntry, record
from portal.transitions.process import Context, Process
from portal.transitions.table import Transition
from portal.web.errors import BadInput, DomainError, NotAllowed, WrongState
from portal.web.grants import Actor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act has done; `repeated` when the same key had done it before and nothing changed now."""

    subject: Any
    entry: LedgerEntry
    repeated: bool
    results: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that starts from the row's state and that this actor has the role for; `reason` says why not now."""

    transition: Transition
    reason: str | None

    @property
    def is_open(self) -> bool:
        return self.reason is None


def apply(
    process: Process,
    subject_id: UUID,
    action: str,
    actor: Actor,
    *,
    key: UUID,
    data: dict[str, Any] | None = None,
) -> Outcome:
    """Do one act, in one transaction, under the row's lock; the same key twice does it once.

    First comes what the law has done by itself, and it stays even when the act is then refused. Raises NotAllowed
    for a wrong role, WrongState for a wrong state, and whatever the guards raise.
    """
    refused: DomainError | None = None
    outcome: Outcome | None = None
    with transaction.atomic():
        subject = process.lock(subject_id)
        chain = process.ledger_subject(subject)
        now, earlier = ledger.now_and_event_by_key(chain, key)
        if earlier is not None:
            return _repeated(process, subject, action, earlier)
        ctx = Context(process, subject, actor, action, dict(data or {}), now, key)
        if process.by_law(ctx):
            try:
                with transaction.atomic():
                    outcome = _act(ctx, chain)
            except DomainError as error:
                refused = error
        else:
            outcome = _act(ctx, chain)
        crashpoints.around_commit("act")
    if refused is not None:
        raise refused
    assert outcome is not None
    return outcome


def perform(ctx: Context) -> Outcome:
    """Do an act on a row that is locked already: what the law does by itself, out of `by_law`, with its own date."""
    return _act(ctx, ctx.process.ledger_subject(ctx.subject))


def allowed(process: Process, subject: Any, actor: Actor, now: datetime) -> list[Transition]:
    """The acts that this actor may do now: the buttons of the page, by the same guards as the server."""
    return [offer.transition for offer in offers(process, subject, actor, now) if offer.is_open]


def offers(process: Process, subject: Any, actor: Actor, now: datetime) -> list[Offer]:
    """Every act that the state and the role allow; one that a guard forbids now carries the guard's sentence."""
    found = []
    for transition in process.table.available(process.state(subject)):
        ctx = Context(process, subject, actor, transition.action, None, now, before=process.state(subject))
        if process.may(ctx, transition):
            found.append(Offer(transition, _objection(ctx, transition)))
    return found


def _act(ctx: Context, chain: UUID) -> Outcome:
    process = ctx.process
    transition = _find(process, ctx.action)
    ctx.before = process.state(ctx.subject)
    if not process.may(ctx, transition):
        raise NotAllowed(f"您没有权限办理“{transition.label}”。")
    if ctx.before not in transition.sources:
        state = process.table.states.get(ctx.before, ctx.before)
        raise WrongState(f"现在的状态是“{state}”，不能办理“{transition.label}”。请刷新页面查看最新情况。")
    for guard in transition.guard:
        guard(ctx)
    if transition.needs_reason and not str((ctx.data or {}).get("reason", "")).strip():
        raise BadInput(f"请填写“{transition.label}”的理由。", field="reason", code="reason_required")
    if transition.target is not None:
        process.set_state(ctx.subject, transition.target)
    for effect in transition.effects:
        effect(ctx)
    process.save(ctx, transition)
    entry = record(
        subject=chain,
        kind=f"{process.table.name}.{transition.action}",
        actor=ctx.actor.user_id,
        body={
            "from": ctx.before,
            "to": process.state(ctx.subject),
            **process.event_body(ctx, transition),
        },
        key=ctx.key,
        at=ctx.now,
    )
    process.recorded(ctx, transition, entry)
    return Outcome(ctx.subject, entry, repeated=False, results=ctx.results)


def _find(process: Process, action: str) -> Transition:
    try:
        return process.table.find(action)
    except LookupError:
        raise BadInput("没有这个办理动作。", code="unknown_action") from None


def _objection(ctx: Context, transition: Transition) -> str | None:
    try:
        for guard in transition.guard:
            guard(ctx)
    except DomainError as error:
        return error.message
    return None


def _repeated(process: Process, subject: Any, action: str, earlier: Any) -> Outcome:
    if earlier.kind != f"{process.table.name}.{action}":
        raise BadInput("这个页面已经提交过别的操作，请刷新后再试。", code="key_reused")
    entry = LedgerEntry(earlier.id, earlier.seq, bytes(earlier.hash))
    return Outcome(subject, entry, repeated=True, results={})
