"""Random grants, revocations, postings and departures through the real services never leave a right behind.

A model of a few lines says what everybody may do on a day. After each step the resolved grants are compared with it:
before the night's jobs nobody may hold more, after them everybody holds exactly that.
"""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.db import transaction
from guardian.models import UserObjectPermission
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal import clock
from portal.accounts import services
from portal.accounts.grants import sync_user
from portal.accounts.jobs import SWEEPERS
from portal.accounts.models import Posting, RoleAssignment, Staff, User
from portal.accounts.roles import ADMINISTRATORS, NOT_FOR_STAFF, Role, kept_apart, may_have_department
from portal.organizations.models import Department
from portal.web.errors import DomainError
from portal.web.grants import ALL, Actor, grants_of
from portal.web.permissions import permissions_of_role
from tests import factories as make
from tests.portal.accounts import people

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 23)
ROLES = sorted(role for role in Role if role not in NOT_FOR_STAFF)
DAYS = st.one_of(st.none(), st.integers(0, 6))
WHO = st.integers(0, 3)


@dataclass
class Given:
    """A role of the model: from its first day until the first day without it."""

    who: int
    role: Role
    department: Department | None
    begins: dt.date
    ends: dt.date | None = None
    row: Any = None

    def holds(self, day: dt.date) -> bool:
        return self.begins <= day and (self.ends is None or day < self.ends)


class Escalation(RuleBasedStateMachine):
    """Member 0 is the security administrator who gives roles, member 1 the system administrator who keeps staff."""

    departments: ClassVar[list[Department]] = []

    def __init__(self) -> None:
        super().__init__()
        self.day = MONDAY
        self.undo, self.clock = ExitStack(), ExitStack()
        self.begun = False
        self.given: list[Given] = []
        self.left: dict[int, dt.date] = {}
        self.touched: set[int] = set()

    @initialize()
    def appoint(self) -> None:
        self.undo.enter_context(transaction.atomic())
        self.begun = True
        self._turn_to(MONDAY)
        home = self.departments[0]
        self.staff = [make.staff(home if n < 3 else self.departments[1]) for n in range(4)]
        self.windows = [make.window(), make.window(home)]
        for who, role in ((0, Role.SECURITY_ADMIN), (1, Role.SYSTEM_ADMIN)):
            row = services.assign_role(staff=self.staff[who], role=role, actor=Actor(None, "开局"))
            self.given.append(Given(who, role, None, MONDAY, row=row))

    def teardown(self) -> None:
        self.clock.close()
        if self.begun:  # an example may fail before its first step
            transaction.set_rollback(True)
        self.undo.close()

    # --- acts -------------------------------------------------------------------------------------

    @rule(who=WHO, role=st.sampled_from(ROLES), where=st.integers(-1, 2), begins=DAYS, lasts=DAYS, by=WHO)
    def give(self, who: int, role: Role, where: int, begins: int | None, lasts: int | None, by: int) -> None:
        """By anybody: who may give at all is the page's question, to whom and for how long is the service's."""
        department = self.departments[where] if where >= 0 else None
        start = None if begins is None else self.day + dt.timedelta(days=begins)
        end = None if lasts is None else (start or self.day) + dt.timedelta(days=lasts)
        try:
            row = services.assign_role(
                staff=self.staff[who],
                role=role,
                department=department,
                valid_from=start,
                valid_until=end,
                actor=self._actor(by),
            )
        except DomainError:
            return
        self.touched.add(who)
        assert who != by, "somebody gave a role to themselves"
        if all(known.row.pk != row.pk for known in self.given):
            self.given.append(Given(who, role, department, start or self.day, end, row))

    @precondition(lambda self: self.given)
    @rule(which=st.integers(0, 30), on=DAYS)
    def take(self, which: int, on: int | None) -> None:
        chosen = self.given[which % len(self.given)]
        day = self.day + dt.timedelta(days=on or 0)
        try:
            services.end_role(assignment=chosen.row, on=day if on is not None else None, actor=self._actor(0))
        except DomainError:  # the last administrator of a kind keeps the role
            assert chosen.role in ADMINISTRATORS
            return
        self.touched.add(chosen.who)
        if chosen.ends is None or day < chosen.ends:
            chosen.ends = max(day, chosen.begins)

    @rule(who=WHO, on=st.integers(0, 5))
    def leave(self, who: int, on: int) -> None:
        day = self.day + dt.timedelta(days=on)
        try:
            services.end_staff(staff=self.staff[who], left_on=day, actor=self._actor(1))
        except DomainError:
            return
        self.touched.add(who)
        self.left[who] = min(day, self.left.get(who, day))

    @rule(who=WHO, window=st.integers(0, 1), lasts=DAYS)
    def post(self, who: int, window: int, lasts: int | None) -> None:
        """A posting gives no right, whatever it says."""
        until = None if lasts is None else self.day + dt.timedelta(days=lasts)
        try:
            services.add_posting(
                staff=self.staff[who],
                department=self.staff[who].department,
                window=self.windows[window],
                post=Posting.Post.CLERK,
                valid_until=until,
                actor=self._actor(1),
            )
        except DomainError:
            pass

    @rule(who=WHO)
    def call_back(self, who: int) -> None:
        for posting in Posting.objects.filter(staff=self.staff[who]):
            services.end_posting(posting=posting, actor=self._actor(1))

    @rule(days=st.integers(1, 4), night=st.booleans())
    def sleep(self, days: int, night: bool) -> None:
        """Days pass, with or without a worker that does the night's jobs."""
        self._turn_to(self.day + dt.timedelta(days=days))
        if night:
            self._night()

    # --- what has to hold -------------------------------------------------------------------------

    @invariant()
    def nobody_holds_more_than_was_given(self) -> None:
        for who in self.touched:
            may = self._allowed(who)
            for permission, scope in self._held(who).items():
                allowed = may.get(permission, frozenset())
                assert allowed is ALL or (scope is not ALL and scope <= allowed), (who, permission, scope, allowed)

    @invariant()
    def after_the_night_everybody_holds_exactly_that_and_no_row_is_left_over(self) -> None:
        if not self.touched:
            return
        with transaction.atomic():
            self._night()
            for who in self.touched:
                user = User.objects.get(pk=self.staff[who].user_id)
                assert user.is_active is not self._is_gone(who)
                assert self._held(who) == self._allowed(who), who
                rows = UserObjectPermission.objects.filter(user=user).values_list("object_pk", flat=True)
                assert set(rows) <= {str(g.department.pk) for g in self._in_force(who) if g.department is not None}
                city = {g.role for g in self._in_force(who) if g.department is None}
                assert set(user.groups.values_list("name", flat=True)) == city
            transaction.set_rollback(True)
        self.touched.clear()

    @invariant()
    def no_day_joins_what_is_kept_apart(self) -> None:
        """Two periods overlap on the first day of one of them, if at all."""
        for who in range(4):
            mine = [given for given in self.given if given.who == who]
            for day in {given.begins for given in mine}:
                held = {given.role for given in mine if given.holds(day)}
                assert not any(held & kept_apart(role).keys() for role in held), (who, day, held)

    @invariant()
    def no_day_makes_one_person_two_administrators(self) -> None:
        """Two periods overlap on the first day of one of them, if at all."""
        rows = list(RoleAssignment.objects.filter(role__in=ADMINISTRATORS))
        for day in {row.valid_from for row in rows}:
            held = [r for r in rows if r.valid_from <= day and (r.valid_until is None or day < r.valid_until)]
            assert len({r.staff_id for r in held}) == len(held), (day, held)

    # --- the model --------------------------------------------------------------------------------

    def _is_gone(self, who: int) -> bool:
        return who in self.left and self.left[who] <= self.day

    def _in_force(self, who: int) -> list[Given]:
        if self._is_gone(who):
            return []
        return [given for given in self.given if given.who == who and given.holds(self.day)]

    def _allowed(self, who: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for given in self._in_force(who):
            for permission in map(str, permissions_of_role(given.role)):
                if given.department is None:
                    found[permission] = ALL
                elif found.get(permission) is not ALL:
                    found[permission] = found.get(permission, frozenset()) | {given.department.pk}
        return found

    def _held(self, who: int) -> dict[str, Any]:
        user = User.objects.get(pk=self.staff[who].user_id)
        return dict(grants_of(user).scopes)

    def _actor(self, who: int) -> Actor:
        member = self.staff[who]
        return Actor(member.user_id, member.name)

    def _night(self) -> None:
        """What the worker does on each day: leavers, and the rows of everybody."""
        SWEEPERS["accounts.leavers"](100)
        for who in self.touched:
            sync_user(self.staff[who].user)

    def _turn_to(self, day: dt.date) -> None:
        self.clock.close()
        self.day = day
        self.touched = set(range(4))
        self.clock.enter_context(clock.shifted(dt.datetime.combine(day, dt.time(9), tzinfo=clock.SHANGHAI)))


def test_ASVS_8_2_1_ASVS_8_3_2_random_grants_and_revocations_leave_no_right_behind(db: None) -> None:
    people.load_organisation()
    Escalation.departments = list(Department.objects.filter(approving=True).order_by("number")[:3])
    run_state_machine_as_test(
        Escalation,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_model_knows_which_roles_have_a_department() -> None:
    """Otherwise the machine would try nothing but refusals."""
    assert {role for role in ROLES if may_have_department(role)} >= {Role.REVIEWER, Role.APPROVER}
    assert isinstance(Staff._meta.get_field("department").related_model, type(Department))
