"""Reads over people, staff and postings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from portal import clock
from portal.accounts.grants import in_force
from portal.accounts.models import (
    ApprovalOffice,
    LegalPerson,
    Mandate,
    Person,
    Posting,
    RoleAssignment,
    SignIn,
    Staff,
    User,
)
from portal.accounts.roles import Role
from portal.accounts.rules import Standing, StationingFault, stationing_faults
from portal.accounts.session_rules import LONGEST, idle_limit
from portal.organizations import queries as organisation
from portal.organizations.models import Department
from portal.privacy.services import blind_index


def is_staff_member(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a sign-in belongs to staff; staff accounts never apply. A visitor is not staff."""
    return user.pk is not None and Staff.objects.filter(user_id=user.pk).exists()


def mandates_of(user: User, on: dt.date | None = None) -> QuerySet[Mandate]:
    """For whom the user may act on the day (default: today); legal persons may be unverified."""
    if user.person_id is None:
        return Mandate.objects.none()
    return (
        Mandate.objects.filter(in_force(on=on), person_id=user.person_id)
        .select_related("legal_person__representative")
        .order_by("legal_person__name", "pk")
    )


def find_person(identity_number: str) -> Person | None:
    """The verified person under a number, for the window."""
    return (
        Person.objects.select_related("key")
        .filter(identity_index=blind_index("identity", identity_number), verified_at__isnull=False)
        .first()
    )


def unverified_registrations(identity_number: str) -> QuerySet[Person]:
    """Online registrations under a number that wait for a window, latest first."""
    return (
        Person.objects.select_related("key", "user")
        .filter(identity_index=blind_index("identity", identity_number), verified_at__isnull=True, user__isnull=False)
        .order_by("-created_at", "pk")
    )


def find_legal_person(uscc: str) -> LegalPerson | None:
    """The verified legal person under a credit code, for the window."""
    return (
        LegalPerson.objects.select_related("representative__key").filter(uscc=uscc, verified_at__isnull=False).first()
    )


def declared_firms(uscc: str) -> QuerySet[LegalPerson]:
    """Firms that were declared online under a credit code and wait for a window, latest first."""
    return (
        LegalPerson.objects.select_related("representative")
        .filter(uscc=uscc, verified_at__isnull=True, mandates__valid_until__isnull=True)
        .distinct()
        .order_by("-created_at", "pk")
    )


def open_sign_ins(user: User, *, is_staff: bool, now: dt.datetime) -> QuerySet[SignIn]:
    """The sessions that would still be let in, latest first."""
    return SignIn.objects.filter(
        user=user,
        ended_at__isnull=True,
        began_at__gt=now - dt.timedelta(seconds=LONGEST),
        seen_at__gt=now - dt.timedelta(seconds=idle_limit(is_staff=is_staff)),
    ).order_by("-began_at", "pk")


def ended_sign_ins(user: User) -> QuerySet[SignIn]:
    """The last ten that ended, latest first."""
    return SignIn.objects.filter(user=user, ended_at__isnull=False).order_by("-ended_at", "pk")[:10]


def staff_in_service(on: dt.date | None = None) -> QuerySet[Staff]:
    """Who works for the city on the day."""
    day = on or clock.today()
    return Staff.objects.filter(joined_on__lte=day).filter(Q(left_on__isnull=True) | Q(left_on__gt=day))


def holders_of(role: Role, department_id: UUID | None = None, on: dt.date | None = None) -> QuerySet[User]:
    """Who holds a role on the day, for the department where one is named: whom a message about such work goes to."""
    roles = RoleAssignment.objects.filter(in_force(on=on), role=role)
    if department_id is not None:
        roles = roles.filter(Q(department_id=department_id) | Q(department__isnull=True))
    return User.objects.filter(is_active=True, staff__in=staff_in_service(on), staff__roles__in=roles).distinct()


def postings_in_force(on: dt.date | None = None) -> QuerySet[Posting]:
    """Who stands at which window on the day."""
    return (
        Posting.objects.filter(in_force(on=on))
        .select_related("staff", "window", "department", "stands_in_for")
        .order_by("window__code", "staff__number")
    )


@dataclass(frozen=True, slots=True)
class DepartmentStanding:
    """A row of the stationing page."""

    department: Department
    standing: Standing
    faults: Sequence[StationingFault]
    postings: Sequence[Posting]
    chief_name: str

    @property
    def keeps_rules(self) -> bool:
        return not self.faults

    def breaks(self, code: str) -> bool:
        return any(fault.code == code for fault in self.faults)


def stationing(on: dt.date | None = None) -> list[DepartmentStanding]:
    """The plan's rules on every department that belongs in the hall, by number; three queries."""
    day = on or clock.today()
    departments = organisation.departments().filter(kind=Department.Kind.DEPARTMENT)
    postings: dict[UUID, list[Posting]] = defaultdict(list)
    for posting in postings_in_force(day):
        postings[posting.department_id].append(posting)
    offices = {office.department_id: office for office in ApprovalOffice.objects.select_related("head")}
    rows = []
    for department in departments:
        here = postings[department.pk]
        office = offices.get(department.pk)
        head = office.head if office is not None else None
        in_service = head is not None and (head.left_on is None or head.left_on > day)
        standing = Standing(
            approving=department.approving,
            window_staff=len({posting.staff_id for posting in here}),
            has_office=office is not None,
            head_name=head.name if head is not None and in_service else "",
        )
        chief = next((posting.staff.name for posting in here if posting.post == Posting.Post.CHIEF), "")
        rows.append(DepartmentStanding(department, standing, stationing_faults(standing), here, chief))
    return rows
