"""A department with its people and a citizen with a case; the officers who protect their data."""

from __future__ import annotations

from django.test import Client

from portal.accounts.models import RoleAssignment
from portal.accounts.roles import NEEDS_SECOND_FACTOR, Role
from portal.accounts.services import second_factor
from tests import factories as make


def browser_of(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def give(staff, role: Role, *, everywhere: bool = False) -> None:
    RoleAssignment.objects.create(
        staff=staff, role=role, department=None if everywhere else staff.department, valid_from=make.START
    )
    if role in NEEDS_SECOND_FACTOR:
        second_factor.give(user=staff.user, secret=make.SECRET)


class Office(make.Desk):
    """Staff at their desks, a supervisor and two officers of the centre, a citizen whose case is being reviewed."""

    def __init__(self) -> None:
        super().__init__()
        give(self.clerk_staff, Role.WINDOW_CLERK)
        give(self.reviewer_staff, Role.REVIEWER)
        give(self.head_staff, Role.ORGAN_HEAD)
        centre = make.department()
        self.supervisor_staff = make.staff(centre, "监督员", roles=[Role.SUPERVISOR], everywhere=True)
        self.officers = [
            make.staff(centre, name, roles=[Role.DATA_PROTECTION_OFFICER], everywhere=True) for name in ("甲", "乙")
        ]
        self.citizen = make.citizen("欧阳演示")
        self.case = self.bring_to(make.online_case(make.item(self.department), self.citizen), "reviewing")
        self.reviewer_page = browser_of(self.reviewer_staff.user)
        self.clerk_page = browser_of(self.clerk_staff.user)
        self.supervisor_page = browser_of(self.supervisor_staff.user)
        self.officer_page = browser_of(self.officers[0].user)
        self.citizen_page = browser_of(self.citizen)
