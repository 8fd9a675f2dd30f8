"""What changes readings and questions."""

from portal.readings.services.asking import answer, ask, on_calendar_change
from portal.readings.services.forgetting import forget, forget_subject, sweep
from portal.readings.services.noting import Of, Why, by_reason, by_task, note, note_found, state_reason

__all__ = [
    "Of",
    "Why",
    "answer",
    "ask",
    "by_reason",
    "by_task",
    "forget",
    "forget_subject",
    "note",
    "note_found",
    "on_calendar_change",
    "state_reason",
    "sweep",
]
