"""What a check has found."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

MAX_FAULTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `subject` and `seq` say where, when it lies in a chain."""

    code: str
    message: str
    subject: UUID | None = None
    seq: int | None = None


@dataclass(slots=True)
class Report:
    """What a check has found. `role_separation` is False where the application owns the ledger itself.

    `waiting` counts committed events that have no leaf yet; they are no fault as long as a sequencer still can come.
    """

    events: int = 0
    subjects: int = 0
    leaves: int = 0
    heads: int = 0
    daily_heads: int = 0
    kept_heads: int = 0
    waiting: int = 0
    role_separation: bool = True
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.faults

    def add(self, code: str, message: str, subject: UUID | None = None, seq: int | None = None) -> None:
        """Note a fault; past MAX_FAULTS the rest is left out."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(code, message, subject, seq))
