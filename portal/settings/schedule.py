"""What Celery beat starts. Every entry expires before its next turn, so that an outage leaves no heap of ticks."""

from typing import Any

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "outbox": {
        "task": "portal.outbox.tasks.run_outbox",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sweepers": {
        "task": "portal.outbox.tasks.run_sweepers",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "ledger": {
        "task": "portal.ledger.tasks.run_sequencer",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "verify": {
        "task": "portal.operations.tasks.verify",
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 3600},
    },
    "worker-heartbeat": {
        "task": "portal.operations.tasks.note_worker",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
}
