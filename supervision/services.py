"""Signals (预警、黄牌、红牌): registered in the transaction in which a level turned, told to people afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from applications.hooks import LevelChange
from applications.people import office_head
from portal import clock
from portal.accounts.models import User
from portal.messaging import services as messaging
from portal.outbox.registry import JobView
from portal.outbox.services import enqueue
from portal.web.keys import uuid7
from supervision import rules
from supervision.models import Signal

TELL: Final = "supervision.tell"
#: Signals in one job, so that a job stays short.
BATCH: Final = 100


def record_signals(changes: Sequence[LevelChange]) -> None:
    """Write a signal for every level passed, each with the date on which it turned; the same one never twice."""
    now = clock.now()
    made = []
    for change in changes:
        for level, on in change.reached:
            due_on = rules.due_date_of(change, level, on)
            if due_on is None:
                continue
            made.append(
                Signal(
                    id=uuid7(),
                    rule=rules.RULE_OF_LEVEL[level],
                    level=level,
                    case_id=change.case_id,
                    link="",
                    department_id=change.department_id,
                    due_on=due_on,
                    on=on,
                    created_at=now,
                )
            )
    if not made:
        return
    Signal.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    # Those that were there before keep their id, so only the new ones are told.
    new = list(Signal.objects.filter(pk__in=[signal.pk for signal in made]).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(new), BATCH):
        ids = [str(pk) for pk in new[start : start + BATCH]]
        enqueue(kind=TELL, payload={"signals": ids}, key=ids[0])


def tell(job: JobView) -> None:
    """Tell the handler and the head of the approval office; the message keys keep a retried job from telling twice."""
    ids = [UUID(each) for each in job.payload["signals"]]
    signals = Signal.objects.filter(pk__in=ids).select_related(
        "case__edition", "case__claimed_by", "case__clerk", "case__department"
    )
    heads: dict[UUID, User | None] = {}
    for signal in signals:
        if signal.department_id not in heads:
            heads[signal.department_id] = office_head(signal.department_id)
        _tell_of(signal, heads[signal.department_id])


def _tell_of(signal: Signal, head: User | None) -> None:
    case = signal.case
    handler = case.claimed_by or _last_reviewer(signal) or case.clerk
    readers = {user.pk: user for user in (handler, head) if user is not None and user.is_active}
    for user in readers.values():
        messaging.send(
            kind="signal",
            user=user,
            context={
                "case_number": case.number,
                "item_name": case.edition.name,
                "applicant": case.applicant_name,
                "department": case.department.name,
                "level": signal.get_level_display(),
                "rule": signal.get_rule_display(),
                "on": signal.on,
                "due_on": signal.due_on,
            },
            key=f"signal:{signal.pk}:{user.pk}",
            link=f"/desk/cases/{case.pk}/",
            now=clock.now(),
        )


def _last_reviewer(signal: Signal) -> User | None:
    reviewers = signal.case.reviewer_ids
    return User.objects.filter(pk=reviewers[-1]).first() if reviewers else None
