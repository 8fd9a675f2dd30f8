"""What the owner of a table supplies to the engine."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from portal.ledger.services import LedgerEntry
from portal.transitions.table import Party, Table, Transition
from portal.web.grants import Actor


@dataclass
class Context:
    """One act in the making: guards and effects read it, effects leave their `results` for later ones."""

    process: "Process"
    subject: Any
    actor: Actor
    action: str
    data: dict[str, Any] | None
    now: datetime
    key: UUID | None = None
    results: dict[str, Any] = field(default_factory=dict)
    before: str = ""

    @property
    def offering(self) -> bool:
        """Whether a page asks what it may offer; nothing has been entered yet."""
        return self.data is None


class Process(ABC):
    """One table with its rows. `subject_id` is the UUID under which the ledger keeps the row's chain."""

    table: ClassVar[Table]
    state_attribute: ClassVar[str] = "state"

    @abstractmethod
    def lock(self, subject_id: UUID) -> Any:
        """The row under SELECT … FOR UPDATE; raises NotFound."""

    def by_law(self, ctx: Context) -> bool:
        """First what the law has already done by itself, each with its own date; True when anything changed."""
        return False

    @abstractmethod
    def may(self, ctx: Context, transition: Transition) -> bool:
        """Whether the actor has a role for the act on this row (department, applicant)."""

    def save(self, ctx: Context, transition: Transition) -> None:
        """Store the row; the engine has set its state."""
        ctx.subject.save()

    def event_body(self, ctx: Context, transition: Transition) -> dict[str, Any]:
        """What the ledger says about the act besides state and action; no personal data."""
        return {}

    def recorded(self, ctx: Context, transition: Transition, entry: LedgerEntry) -> None:
        """The act stands in the ledger as `entry`: the place for the owner's own row of the act."""
        return

    def ledger_subject(self, subject: Any) -> UUID:
        """The id of the chain to which the row's events belong."""
        subject_id: UUID = subject.pk
        return subject_id

    def state(self, subject: Any) -> str:
        return str(getattr(subject, self.state_attribute))

    def set_state(self, subject: Any, state: str) -> None:
        setattr(subject, self.state_attribute, state)


def has_role(actor: Actor, transition: Transition, *, department_id: UUID | None, is_applicant: bool) -> bool:
    """The usual answer of `may`: the system, the applicant, or a permission for the row's department."""
    if actor.is_system:
        return transition.allows_party(Party.SYSTEM)
    if is_applicant and transition.allows_party(Party.APPLICANT):
        return True
    return any(actor.grants.has_for(permission, department_id) for permission in transition.permissions)
