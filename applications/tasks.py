"""Celery entry points of the cases."""

from celery import shared_task

from applications.services.consistency import report_faults


@shared_task(name="applications.tasks.check_cases")
def check_cases() -> int:
    """The nightly look for impossible data."""
    return report_faults()
