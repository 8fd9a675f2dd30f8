"""A table of transitions: states, acts between them, and for each act who may do it and what follows.

The same table decides which buttons show, whether the server lets an act through, what the clock does, which
document is issued, what the public timeline says, and it draws its own picture.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from portal.web.permissions import PermissionEnum

if TYPE_CHECKING:
    from portal.transitions.process import Context


class Party(Enum):
    """Who acts without a permission: the applicant of the case, and the system by law."""

    APPLICANT = "applicant"
    SYSTEM = "system"


Role = PermissionEnum | Party
Guard = Callable[["Context"], None]
Effect = Callable[["Context"], None]


class FaultyTable(Exception):
    """The table contradicts itself; the message lists every fault."""


@dataclass(frozen=True)
class Transition:
    """One act. A guard raises a DomainError; with `ctx.data` None it is asked whether the act may be offered."""

    action: str
    label: str
    sources: frozenset[str]
    target: str | None
    role: tuple[Role, ...]
    guard: tuple[Guard, ...] = ()
    clock: str | None = None
    document: str | None = None
    effects: tuple[Effect, ...] = ()
    public_label: str = ""
    needs_reason: bool = False
    form: str | None = None
    irreversible: bool = False

    @property
    def permissions(self) -> tuple[PermissionEnum, ...]:
        return tuple(role for role in self.role if isinstance(role, PermissionEnum))

    def allows_party(self, party: Party) -> bool:
        return party in self.role


@dataclass(frozen=True)
class Table:
    """All transitions of one process; `states` maps each code to its Chinese label, in the order of a life."""

    name: str
    label: str
    initial: str
    states: dict[str, str]
    finals: frozenset[str]
    transitions: tuple[Transition, ...]
    _by_action: dict[str, Transition] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_action.update({transition.action: transition for transition in self.transitions})

    def find(self, action: str) -> Transition:
        """The transition of an action; raises LookupError for an unknown one."""
        try:
            return self._by_action[action]
        except KeyError:
            raise LookupError(f"the table {self.name} has no action {action!r}") from None

    def available(self, state: str) -> tuple[Transition, ...]:
        """The acts that start from a state, in the order of the table."""
        return tuple(transition for transition in self.transitions if state in transition.sources)

    def faults(self) -> list[str]:
        """What is wrong with the table, in words."""
        found: list[str] = []
        actions = [transition.action for transition in self.transitions]
        found += [
            f"action {action} is defined twice" for action in sorted({a for a in actions if actions.count(a) > 1})
        ]
        if self.initial not in self.states:
            found.append(f"the initial state {self.initial} is not a state")
        found += [f"the final state {state} is not a state" for state in sorted(self.finals - self.states.keys())]
        for transition in self.transitions:
            found += self._faults_of(transition)
        reachable = self.reachable()
        found += [f"state {state} cannot be reached" for state in self.states if state not in reachable]
        found += [
            f"state {state} is neither final nor has a way out"
            for state in self.states
            if state not in self.finals and not any(t.target not in (None, state) for t in self.available(state))
        ]
        return found

    def _faults_of(self, transition: Transition) -> list[str]:
        found = []
        if not transition.sources:
            found.append(f"action {transition.action} starts nowhere")
        if not transition.role:
            found.append(f"action {transition.action} may be done by nobody")
        if not transition.label:
            found.append(f"action {transition.action} has no label")
        strange = sorted(transition.sources - self.states.keys())
        if transition.target is not None and transition.target not in self.states:
            strange.append(transition.target)
        return found + [f"action {transition.action} names {state}, which is not a state" for state in strange]

    def reachable(self) -> set[str]:
        """The states that a life can come to."""
        seen = {self.initial}
        waiting = [self.initial]
        while waiting:
            for transition in self.available(waiting.pop()):
                if transition.target is not None and transition.target not in seen:
                    seen.add(transition.target)
                    waiting.append(transition.target)
        return seen

    def check(self) -> None:
        """Raise FaultyTable when the table contradicts itself."""
        if faults := self.faults():
            raise FaultyTable(f"{self.name}: " + "; ".join(faults))

    def to_mermaid(self, *, public_only: bool = False) -> str:
        """The table as a Mermaid state diagram."""
        from portal.transitions.picture import mermaid

        return mermaid(self, public_only=public_only)

    def to_svg(self, *, public_only: bool = False) -> str:
        """The table as a flow chart: plain SVG, black on white, without styles or script."""
        from portal.transitions.picture import svg

        return svg(self, public_only=public_only)
