"""Celery entry points; the work itself lies in the database."""

from celery import shared_task

from portal.outbox import services, sweepers, wakeup


@shared_task(name="portal.outbox.tasks.run_outbox")
def run_outbox() -> int:
    """Do the due jobs."""
    wakeup.answered()
    return services.run_due(limit=200)


@shared_task(name="portal.outbox.tasks.run_sweepers")
def run_sweepers() -> dict[str, int]:
    """Run every registered sweeper once."""
    return {result.name: result.done for result in sweepers.run_all()}
