"""A department with its people at their desks, each in a browser of their own."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from applications import services
from applications.models import Act
from portal.accounts.grants import sync_roles
from portal.accounts.models import RoleAssignment
from portal.accounts.roles import NEEDS_SECOND_FACTOR, Role
from portal.accounts.services import second_factor
from tests import factories as make
from tests.pages import check_page


class Browser(Client):
    """A signed-in client whose pages are checked as they come."""

    def page(self, address: str, *, code: int = 200, **query: str) -> str:
        response = self.get(address, query)
        assert response.status_code == code, (response.status_code, response.get("Location"))
        return check_page(response)

    def send(self, address: str, data: dict | None = None, *, key: str | None = None):
        """POST with a key of its own."""
        return self.post(address, {"key": key or str(uuid4()), **(data or {})})

    def say_why(self, case) -> None:
        """State a reason, as one without a task on the case has to; it is not asked of one who has a task."""
        given = {"reason": "supervising", "words": "按月抽查办件质量"}
        assert self.send(reverse("applications:state_reason", args=[case.pk]), given).status_code == 302

    def refused(self, address: str, data: dict | None = None, *, status: int = 422, key: str | None = None) -> str:
        response = self.send(address, data, key=key)
        assert response.status_code == status, (response.status_code, response.get("Location"))
        return check_page(response)

    def done(self, address: str, data: dict | None = None, *, key: str | None = None) -> str:
        """POST that succeeds; gives the page it leads to."""
        response = self.send(address, data, key=key)
        assert response.status_code == 302, response.content.decode()[:3000]
        followed = self.get(response["Location"])
        assert followed.status_code == 200
        return check_page(followed)


def signed_in(staff, *roles: Role, everywhere: bool = False) -> Browser:
    for role in roles:
        RoleAssignment.objects.create(
            staff=staff, role=role, department=None if everywhere else staff.department, valid_from=make.START
        )
        if role in NEEDS_SECOND_FACTOR:
            second_factor.give(user=staff.user, secret=make.SECRET)
    browser = Browser()
    browser.force_login(staff.user)
    return browser


class Hall(make.Desk):
    """`clerk_page`, `reviewer_page`, `approver_page`, `head_page` are the browsers."""

    def __init__(self) -> None:
        super().__init__()
        self.clerk_page = signed_in(self.clerk_staff, Role.WINDOW_CLERK)
        self.reviewer_page = signed_in(self.reviewer_staff, Role.REVIEWER)
        self.approver_page = signed_in(self.approver_staff, Role.APPROVER)
        self.head_page = signed_in(self.head_staff, Role.ORGAN_HEAD)
        self.edition = make.item(self.department)

    def case(self, state: str = "received", **traits):
        return self.bring_to(make.online_case(traits.pop("edition", self.edition), **traits), state)

    def stranger(self, role: Role = Role.REVIEWER) -> Browser:
        return signed_in(make.staff(make.department()), role)


@pytest.fixture
def hall(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    sync_roles()
    return Hall()


@pytest.fixture
def acts_of():
    return lambda case: list(Act.objects.filter(case=case).order_by("seq").values_list("action", flat=True))


@pytest.fixture
def sweep():
    return lambda: services.sweep(100)
