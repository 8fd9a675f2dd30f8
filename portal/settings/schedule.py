"""What Celery beat starts. Every entry expires before its next turn, so that an outage leaves no heap of ticks."""

from typing import Any

CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "worker-heartbeat": {
        "task": "portal.operations.tasks.note_worker",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
}
