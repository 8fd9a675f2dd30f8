"""Whom a case tells when its level changed; the owner above registers from AppConfig.ready() (supervision)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from applications.states import ClockLevel


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A clock whose level changed. `reached`: levels passed since the last look, each with the date it turned."""

    case_id: UUID
    department_id: UUID
    old: ClockLevel
    new: ClockLevel
    reached: tuple[tuple[ClockLevel, dt.date], ...]
    promised_due_on: dt.date | None
    statutory_due_on: dt.date | None


#: Called with all changes of one transaction, inside it.
Handler = Callable[[Sequence[LevelChange]], None]

level_changed: list[Handler] = []


def announce(changes: Sequence[LevelChange]) -> None:
    """Hand changed levels to every registered handler, in the caller's transaction."""
    if changes:
        for handler in level_changed:
            handler(changes)
