"""For which departments an actor works, and which states are that actor's work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from applications.guards import WORK_OF_STATE
from applications.permissions import READING, CasePermission
from portal.web.grants import Everywhere, Grants, Scope


@dataclass(frozen=True, slots=True)
class Reach:
    """Departments as a set of ids; `None` is the whole city."""

    departments: frozenset[UUID] | None

    @property
    def is_empty(self) -> bool:
        return self.departments is not None and not self.departments

    def q(self, field: str = "department") -> Q:
        """The condition for a query set."""
        return Q() if self.departments is None else Q(**{f"{field}__in": self.departments})

    def holds(self, department_id: UUID) -> bool:
        return self.departments is None or department_id in self.departments


def reach(grants: Grants, permissions: Iterable[CasePermission] = READING) -> Reach:
    """Where one of the permissions holds; without a choice, whose cases the actor may open."""
    found: set[UUID] = set()
    for permission in permissions:
        scope: Scope = grants.departments(permission)
        if isinstance(scope, Everywhere):
            return Reach(None)
        found |= scope
    return Reach(frozenset(found))


def own_states(grants: Grants) -> tuple[str, ...]:
    """The states in which a case waits for this actor's role; empty for one who only looks."""
    return tuple(str(state) for state, wanted in WORK_OF_STATE.items() if grants.has_any(*wanted))
