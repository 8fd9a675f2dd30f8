"""What an operator does with dead jobs; each is an event in the ledger."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from portal.ledger.services import record
from portal.operations.watch.alarms import addresses
from portal.outbox import services as outbox
from portal.outbox.models import Job
from portal.web.errors import BadInput, NotFound, WrongState
from portal.web.grants import Actor


def alarm_addresses() -> list[str]:
    """Who is told of alarms."""
    return addresses()


@transaction.atomic
def try_again(*, job_id: UUID, actor: Actor) -> None:
    """Give a dead job new attempts. Raises NotFound, and WrongState when it is dead no more."""
    if not outbox.try_again(job_id=job_id):
        raise _gone(job_id)
    _record("try_again", job_id, actor)


@transaction.atomic
def try_all_again(*, kind: str, actor: Actor) -> int:
    """Give every dead job of a kind (of all kinds: "") new attempts; returns how many."""
    dead = Job.objects.dead().filter(kind=kind) if kind else Job.objects.dead()
    count = 0
    for job_id in list(dead.order_by("dead_at", "pk").values_list("pk", flat=True)):
        if outbox.try_again(job_id=job_id):
            _record("try_again", job_id, actor)
            count += 1
    return count


@transaction.atomic
def give_up(*, job_id: UUID, reason: str, actor: Actor) -> None:
    """Leave a dead job undone. Raises NotFound, BadInput without a reason, WrongState when it is dead no more."""
    if not reason.strip():
        raise BadInput("请写明不再重试的理由。", field="reason", code="reason_required")
    if not outbox.give_up(job_id=job_id, reason=reason.strip()):
        raise _gone(job_id)
    _record("give_up", job_id, actor)


def _gone(job_id: UUID) -> NotFound | WrongState:
    if not Job.objects.filter(pk=job_id).exists():
        return NotFound("没有这个任务。")
    return WrongState("这个任务已经由别人处理，不在失败列表里了。请刷新页面。")


def _record(act: str, job_id: UUID, actor: Actor) -> None:
    kind = Job.objects.values_list("kind", flat=True).get(pk=job_id)
    record(subject=job_id, kind=f"outbox.{act}", actor=actor.user_id, body={"job": kind})
