"""Celery entry points; the work itself lies in the database."""

from celery import shared_task

from portal.outbox import sweepers


@shared_task(name="portal.ledger.tasks.run_sequencer")
def run_sequencer() -> int:
    """Give events their leaves more often than the sweep of every minute does."""
    return sweepers.run("ledger").done
