"""The staff of every approving department, applicants, and an item of the bench in each department."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from applications.models import CaseClock
from catalog.models import ItemEdition
from portal.accounts.grants import sync_roles
from portal.accounts.models import Person, User
from portal.accounts.roles import Role
from portal.organizations.models import Department
from portal.organizations.queries import approving_departments
from portal.web.grants import Actor, actor_of
from tests import factories

APPLICANTS = 200
ROLES = (Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER)
#: The bench's own items, apart from those of the city.
ITEM_PREFIX = "1401"


@dataclass(frozen=True)
class Team:
    """Who works for one department, and the item that the bench applies for."""

    department: Department
    clerk: User
    reviewer: User
    approver: User
    edition: ItemEdition

    def actor(self, user: User) -> Actor:
        """With the grants of a request."""
        return actor_of(user)


@transaction.atomic
def settle() -> None:
    """Make staff, applicants and items; every department of 2015 that approves has them."""
    for department in approving_departments():
        for role in ROLES:
            factories.staff(department, roles=[role])
        factories.item(department)
    for _ in range(APPLICANTS):
        factories.citizen()
    sync_roles()


def teams() -> list[Team]:
    """One per department, those with the most open cases first."""
    members: dict[tuple[UUID, str], User] = {}
    users = User.objects.filter(staff__roles__role__in=ROLES).select_related("staff")
    for user in users.order_by("username").prefetch_related("staff__roles").distinct():
        for assignment in user.staff.roles.all():
            if assignment.department_id is not None:
                members.setdefault((assignment.department_id, assignment.role), user)
    editions = {
        edition.department_id: edition
        for edition in ItemEdition.objects.filter(item__basic_code__startswith=ITEM_PREFIX)
        .select_related("department", "item")
        .order_by("pk")
    }
    found = [
        Team(
            department,
            *(members[department.pk, role.value] for role in ROLES),
            edition=editions[department.pk],
        )
        for department in approving_departments()
    ]
    load = _open_cases()
    return sorted(found, key=lambda team: (-load.get(team.department.pk, 0), team.department.number))


def applicants() -> list[User]:
    """Citizens who apply."""
    people = Person.objects.order_by("pk").values_list("pk", flat=True)[:APPLICANTS]
    return list(User.objects.filter(person__in=list(people)).select_related("person__key").order_by("pk"))


def _open_cases() -> dict[UUID, int]:
    rows = CaseClock.objects.filter(open=True).values_list("department_id").annotate(n=Count("pk")).order_by()
    return dict(rows)
