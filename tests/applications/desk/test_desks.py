"""`/desk/` leads each role to the page where its day begins."""

import pytest

from portal.accounts.roles import Role
from portal.web import desks
from portal.web.grants import ALL, NO_GRANTS, Grants
from portal.web.permissions import permissions_of_role

BEGINS = {
    Role.WINDOW_CLERK: "applications:intake_queue",
    Role.REVIEWER: "applications:work_list",
    Role.APPROVER: "applications:work_list",
    Role.ORGAN_HEAD: "applications:work_list",
    Role.SUPERVISOR: "applications:work_list",
    Role.DATA_PROTECTION_OFFICER: "accounts:protection",
    Role.SYSTEM_ADMIN: "operations:overview",
    Role.SECURITY_ADMIN: "operations:staff_list",
    Role.AUDIT_ADMIN: "accounts:stationing",
}


@pytest.mark.parametrize(("role", "page"), BEGINS.items())
def test_each_role_begins_at_its_own_desk(role: Role, page: str) -> None:
    assert desks.first_of(Grants({str(permission): ALL for permission in permissions_of_role(role.value)})) == page


def test_nobody_has_no_desk() -> None:
    assert desks.first_of(NO_GRANTS) is None
