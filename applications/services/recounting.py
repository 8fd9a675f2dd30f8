"""An imported notice of the State Council: every open case is counted again, and the old and the new date are kept."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.db import transaction

from applications import clockwork
from applications.models import Act, Case
from applications.process import PROCESS
from portal import clock
from portal.ledger.services import record
from portal.web.grants import SYSTEM_ACTOR
from portal.workdays.hooks import CalendarChange

ACTION = "recount"


def on_calendar_change(change: CalendarChange) -> None:
    """Handler of `portal.workdays.hooks`, in the transaction of the import."""
    recount_open_cases(years=change.years, cause=uuid5(UUID(int=0), repr((change.years, clock.now()))))


def recount_open_cases(*, years: tuple[int, ...], cause: UUID) -> int:
    """Count every open case again; returns how many dates moved. One transaction, cases in the order of their keys."""
    moved = 0
    with transaction.atomic():
        for case_id in Case.objects.filter(clock__open=True).order_by("pk").values_list("pk", flat=True):
            moved += _recount(case_id, years, cause)
    return moved


def _recount(case_id: UUID, years: tuple[int, ...], cause: UUID) -> bool:
    case = PROCESS.lock(case_id)
    now = clock.now()
    row = case.clock
    before = (row.acceptance_due_on, row.promised_due_on, row.statutory_due_on)
    clockwork.refresh(case, row, now)
    after = (row.acceptance_due_on, row.promised_due_on, row.statutory_due_on)
    PROCESS.catch_up(case, now)
    if before == after:
        return False
    names = ("acceptance_due_on", "promised_due_on", "statutory_due_on")
    key = uuid5(cause, str(case.pk))
    entry = record(
        subject=case.pk,
        kind=f"case.{ACTION}",
        actor=None,
        body={
            "years": list(years),
            "old": {name: day.isoformat() if day else None for name, day in zip(names, before, strict=True)},
            "new": {name: day.isoformat() if day else None for name, day in zip(names, after, strict=True)},
        },
        key=key,
        at=now,
    )
    last = case.acts.order_by("-seq").first()
    Act.objects.create(
        case=case,
        seq=(last.seq if last is not None else 0) + 1,
        key=key,
        action=ACTION,
        label="重新计算到期日",
        public_label="放假通知公布，重新计算到期日",
        from_state=case.state,
        to_state=case.state,
        at=now,
        by_law=True,
        actor_name=SYSTEM_ACTOR.name,
        note=_note(before[1:], after[1:]),
        ledger_seq=entry.id,
        ledger_hash=entry.hash.hex(),
    )
    return True


def _note(before: tuple[object, ...], after: tuple[object, ...]) -> str:
    words = ("承诺到期", "法定到期")
    return "，".join(
        f"{word}由 {old or '未定'} 改为 {new or '未定'}"
        for word, old, new in zip(words, before, after, strict=True)
        if old != new
    )
