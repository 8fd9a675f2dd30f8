"""Enqueue inside the act's transaction; claim, do and finish in two transactions of the worker."""

import json
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import F

from portal import clock, crashpoints
from portal.outbox import wakeup
from portal.outbox.models import Job
from portal.outbox.registry import JobView, handler_of
from portal.web.keys import uuid7

MAX_ATTEMPTS: Final = 5
LEASE: Final = timedelta(minutes=5)
BATCH: Final = 10
# After the first, second, … failed attempt.
DELAYS: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))

# One statement, because it is part of every act.
_ENQUEUE: Final = f"""
    INSERT INTO outbox_job (id, kind, key, payload, created_at, due_at, attempts, last_error)
    SELECT %s, %s, %s, %s, now.at, coalesce(%s, now.at), 0, '' FROM (SELECT {clock.NOW_SQL} AS at) AS now
    ON CONFLICT (kind, key) DO NOTHING
    RETURNING id
"""

logger = structlog.get_logger(__name__)


def enqueue(*, kind: str, payload: dict[str, Any], key: str, due_at: datetime | None = None) -> UUID:
    """Write a job in the caller's transaction and wake a worker after its commit; the same key twice is one job.

    Returns the job's id. Raises RuntimeError outside a transaction, where the job could outlive its act.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a job is written in the transaction of the act that it follows")
    wakeup.after_commit()
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, [uuid7(), kind, key, json.dumps(payload, cls=DjangoJSONEncoder), due_at])
        row = cursor.fetchone()
    if row is not None:
        job_id: UUID = row[0]
        return job_id
    return Job.objects.values_list("pk", flat=True).get(kind=kind, key=key)


def run_due(limit: int = BATCH) -> int:
    """Claim and do up to `limit` due jobs; returns how many were claimed."""
    claimed = 0
    while claimed < limit:
        views = claim(min(BATCH, limit - claimed))
        for view, token in views:
            perform(view, token)
        claimed += len(views)
        if not views:
            break
    return claimed


def claim(limit: int = BATCH) -> list[tuple[JobView, UUID]]:
    """Take due jobs for five minutes and count the attempt, committed before any effect.

    So a job that kills its process counts up as well, and no two workers hold the same one.
    """
    token = uuid4()
    with transaction.atomic():
        now = clock.now()
        jobs = list(
            Job.objects.open()
            .filter(due_at__lte=now, attempts__lt=MAX_ATTEMPTS)
            .exclude(lease_until__gt=now)
            .order_by("due_at", "pk")
            .select_for_update(skip_locked=True)[:limit]
        )
        for job in jobs:
            job.attempts += 1
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
            token=token, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
        if jobs:
            crashpoints.around_commit("claim")
    return [(JobView(job.pk, job.kind, job.key, job.payload, job.attempts), token) for job in jobs]


def perform(view: JobView, token: UUID) -> bool:
    """Do one claimed job: effect and done mark in one transaction. False when it failed or was not ours any more."""
    try:
        with transaction.atomic():
            job = Job.objects.open().filter(pk=view.id, token=token).select_for_update(skip_locked=True).first()
            if job is None:
                return False
            handler_of(view.kind)(view)
            Job.objects.filter(pk=view.id).update(done_at=clock.now(), token=None, lease_until=None, last_error="")
            crashpoints.around_commit("effect")
    except Exception as error:
        logger.warning("job_failed", kind=view.kind, job=str(view.id), attempts=view.attempts, exc_info=True)
        _fail(view, token, error)
        return False
    return True


def bury_exhausted(limit: int = 200) -> int:
    """Declare dead what used up its attempts without ending, because its process died; returns how many."""
    with transaction.atomic():
        now = clock.now()
        exhausted = (
            Job.objects.open()
            .filter(attempts__gte=MAX_ATTEMPTS, lease_until__lte=now)
            .order_by("lease_until")
            .select_for_update(skip_locked=True)
        )
        ids = list(exhausted.values_list("pk", flat=True)[:limit])
        return Job.objects.filter(pk__in=ids).update(
            dead_at=now, token=None, lease_until=None, last_error="the worker ended before the job did"
        )


@transaction.atomic
def try_again(*, job_id: UUID) -> bool:
    """Give a dead job five new attempts; anything else is left as it is. True when it was dead."""
    now = clock.now()
    revived = Job.objects.dead().filter(pk=job_id).update(dead_at=None, attempts=0, due_at=now, last_error="")
    if revived:
        wakeup.after_commit()
    return bool(revived)


@transaction.atomic
def give_up(*, job_id: UUID, reason: str) -> bool:
    """A dead job stays undone for good, with the reason; anything else is left as it is. True when it was dead."""
    dead = Job.objects.dead().filter(pk=job_id)
    return bool(dead.update(given_up_at=clock.now(), given_up_reason=reason))


def _fail(view: JobView, token: UUID, error: Exception) -> None:
    with transaction.atomic():
        now = clock.now()
        ours = Job.objects.open().filter(pk=view.id, token=token)
        # The text of the error may hold personal data: only its kind is stored.
        told = {"token": None, "lease_until": None, "last_error": type(error).__name__}
        if view.attempts >= MAX_ATTEMPTS:
            ours.update(dead_at=now, **told)
        else:
            ours.update(due_at=now + DELAYS[view.attempts - 1], **told)
