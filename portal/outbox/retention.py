"""Jobs that are done are kept for questions, and then removed."""

from __future__ import annotations

import datetime as dt

from portal import clock
from portal.outbox.models import Job
from portal.privacy.retention import Kind, of


def sweep(limit: int) -> int:
    """Remove jobs whose term has run out since they were done; returns how many."""
    before = clock.now() - dt.timedelta(days=of(Kind.JOB).days)
    ids = list(Job.objects.filter(done_at__lt=before).order_by("pk").values_list("pk", flat=True)[:limit])
    return Job.objects.filter(pk__in=ids).delete()[0]
