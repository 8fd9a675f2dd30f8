"""Celery entry points of operations."""

from celery import shared_task

from portal.operations import health, verification
from portal.web.checks import Scope


@shared_task(name="portal.operations.tasks.note_worker")
def note_worker() -> None:
    health.note_worker()


@shared_task(name="portal.operations.tasks.verify", time_limit=4 * 3600, soft_time_limit=4 * 3600 - 60)
def verify() -> int:
    """The nightly check of everything stored; its result stands on the operator's page."""
    return verification.verify(Scope(thorough=False)).finding_count
