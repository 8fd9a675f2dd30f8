"""The outbox's part of `manage.py verify`: every job is done, dead, or waits for a reason that will end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.db.models import Count, Q
from django.db.models.functions import Greatest

from portal import clock
from portal.outbox.models import Job
from portal.web.checks import Scope

#: How far behind the workers may be before it counts as a fault.
GRACE: Final = dt.timedelta(minutes=15)


def check(scope: Scope) -> Iterator[str]:
    """Jobs that nobody does; where nothing acts any more, also those that wait or are still leased."""
    now = clock.now()
    yield from _forgotten(now)
    if scope.settled:
        yield from _waiting(now)


def _forgotten(now: dt.datetime) -> Iterator[str]:
    # GREATEST leaves out what is null: the later of due and end of the lease.
    since = Greatest("due_at", "lease_until")
    late = Job.objects.open().annotate(since=since).filter(since__lt=now - GRACE).order_by("since", "pk")
    for late_job in late[:200]:
        yield f"任务 {late_job.kind}（{late_job.pk}）早该做完：已试 {late_job.attempts} 次，既没有完成也没有放弃。"
    ended = Job.objects.exclude(done_at=None, dead_at=None).exclude(token=None, lease_until=None)
    for job in ended.order_by("pk")[:200]:
        yield f"任务 {job.kind}（{job.pk}）已经结束，却还被领取着。"


def _waiting(now: dt.datetime) -> Iterator[str]:
    leased, due = Q(lease_until__isnull=False), Q(due_at__lte=now) | Q(attempts__gt=0)
    rows = (
        Job.objects.open()
        .order_by("kind")
        .values("kind")
        .annotate(leased=Count("pk", filter=leased), waiting=Count("pk", filter=due & ~leased))
    )
    for row in rows:
        if row["leased"]:
            yield f"{row['leased']} 个 {row['kind']} 任务还被领取着。"
        if row["waiting"]:
            yield f"{row['waiting']} 个 {row['kind']} 任务到期还没有做。"
