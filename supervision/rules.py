"""Which rule a level breaks and which due date it is about (domain reference 6.2)."""

from __future__ import annotations

import datetime as dt

from applications.hooks import LevelChange
from applications.states import ClockLevel
from supervision.models import Signal

RULE_OF_LEVEL: dict[ClockLevel, Signal.Rule] = {
    ClockLevel.WARNING: Signal.Rule.T1,
    ClockLevel.YELLOW: Signal.Rule.T2,
    ClockLevel.RED: Signal.Rule.T3,
}
DAY = dt.timedelta(days=1)


def due_date_of(change: LevelChange, level: ClockLevel, on: dt.date) -> dt.date | None:
    """The due date that a signal is about: red on the day after the statutory one is about it, else the promised."""
    if level is ClockLevel.RED and change.statutory_due_on is not None and on == change.statutory_due_on + DAY:
        return change.statutory_due_on
    return change.promised_due_on
