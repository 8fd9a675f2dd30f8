"""What the operator's page reads of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from portal import clock
from portal.outbox.models import Job
from portal.outbox.registry import label_of

#: Counting stops here: beyond it the exact number changes nothing for the operator.
CAP: Final = 10_000

_STATE: Final = f"""
    SELECT kind, count(*), count(*) FILTER (WHERE due_at <= now.at), min(due_at),
           count(*) FILTER (WHERE lease_until > now.at)
    FROM (SELECT kind, due_at, lease_until FROM {Job._meta.db_table}
          WHERE done_at IS NULL AND dead_at IS NULL ORDER BY due_at LIMIT {CAP}) AS waiting,
         (SELECT {clock.NOW_SQL} AS at) AS now
    GROUP BY kind
"""


@dataclass(frozen=True, slots=True)
class KindState:
    """The open jobs of a kind: all, those that are due, those in work, and when the first was due."""

    kind: str
    label: str
    waiting: int
    due: int
    running: int
    oldest_due: datetime


@dataclass(frozen=True, slots=True)
class QueueState:
    """The queue as a whole; `lag` is how long the oldest due job has waited."""

    kinds: tuple[KindState, ...]
    dead: int
    lag: timedelta

    @property
    def waiting(self) -> int:
        return sum(kind.waiting for kind in self.kinds)


def queue_state() -> QueueState:
    """Depth and age of the queue by kind; three queries."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        kinds = tuple(
            KindState(kind, label_of(kind), waiting, due, running, oldest)
            for kind, waiting, due, oldest, running in cursor.fetchall()
        )
    dead = Job.objects.dead().count()
    now = clock.now()
    oldest = min((kind.oldest_due for kind in kinds), default=now)
    return QueueState(tuple(sorted(kinds, key=lambda kind: kind.label)), dead, max(now - oldest, timedelta(0)))
