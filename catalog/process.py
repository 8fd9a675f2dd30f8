"""A change of the catalogue as a process of the engine: its lock, who may act, and the row that each act leaves."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

from catalog import messages
from catalog.models import ChangeAct, ItemChange
from catalog.permissions import EVERYWHERE, OF_A_DEPARTMENT
from catalog.transitions import TABLE
from portal.ledger.services import LedgerEntry
from portal.transitions.process import Context, Process, has_role
from portal.transitions.table import Transition
from portal.web.errors import NotFound
from portal.web.grants import Actor


class ChangeProcess(Process):
    """Runs `catalog.transitions.TABLE`; the only way a change moves."""

    table = TABLE

    def lock(self, subject_id: UUID) -> ItemChange:
        change = ItemChange.objects.select_for_update().filter(pk=subject_id).first()
        if change is None:
            raise NotFound("没有这项变更。")
        return change

    def may(self, ctx: Context, transition: Transition) -> bool:
        change: ItemChange = ctx.subject
        if not ctx.actor.is_system and not may_see(ctx.actor, change):
            raise NotFound("没有这项变更。")
        return has_role(ctx.actor, transition, department_id=change.department_id, is_applicant=False)

    def event_body(self, ctx: Context, transition: Transition) -> dict[str, Any]:
        change: ItemChange = ctx.subject
        body: dict[str, Any] = {"change": str(change.pk), "kind": change.kind}
        if change.effective_on is not None:
            body["effective_on"] = change.effective_on.isoformat()
        if change.meeting_id is not None:
            body["meeting"] = str(change.meeting_id)
        if change.edition is not None:
            body["edition"] = {
                "id": str(change.edition_id),
                "version": change.edition.version,
                "digest": change.edition.digest,
            }
        return body

    def recorded(self, ctx: Context, transition: Transition, entry: LedgerEntry) -> None:
        change: ItemChange = ctx.subject
        assert ctx.key is not None
        note = str((ctx.data or {}).get("reason") or ctx.results.get("note") or "").strip()
        ctx.results["act"] = write_act(
            change, ctx.actor, ctx.key, entry, at=ctx.now, action=transition.action, label=transition.label,
            before=ctx.before, note=note,
        )  # fmt: skip
        messages.tell(ctx.results["act"])

    def ledger_subject(self, subject: ItemChange) -> UUID:
        """The chain of the item: its whole story from the first proposal stands in one place."""
        return subject.item_key


def may_see(actor: Actor, change: ItemChange) -> bool:
    """Those of its department, and those who verify, decide and watch."""
    return any(actor.grants.has_for(each, change.department_id) for each in OF_A_DEPARTMENT) or actor.grants.has_any(
        *EVERYWHERE
    )


def write_act(
    change: ItemChange,
    actor: Actor,
    key: UUID,
    entry: LedgerEntry,
    *,
    at: dt.datetime,
    action: str,
    label: str,
    before: str,
    note: str = "",
) -> ChangeAct:
    """The row of the timeline, with its mark in the ledger; the change is locked or new."""
    last = change.acts.order_by("-seq").first()
    act: ChangeAct = ChangeAct.objects.create(
        change=change,
        seq=last.seq + 1 if last is not None else 1,
        key=key,
        action=action,
        label=label,
        from_state=before,
        to_state=change.state,
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name[:50],
        note=note,
        ledger_seq=entry.id,
        ledger_hash=entry.hash.hex(),
    )
    return act


PROCESS: Final = ChangeProcess()
