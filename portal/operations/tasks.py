"""Celery entry points of operations."""

from celery import shared_task

from portal.operations import health


@shared_task(name="portal.operations.tasks.note_worker")
def note_worker() -> None:
    health.note_worker()
