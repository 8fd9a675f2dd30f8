"""Roles: given to staff for a department or the whole city, and ended."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from portal import clock
from portal.accounts.grants import sync_user
from portal.accounts.models import RoleAssignment, Staff
from portal.accounts.roles import ADMINISTRATORS, NOT_FOR_STAFF, Role, kept_apart, may_have_department, needs_department
from portal.accounts.scheduling import on_day
from portal.accounts.services import administrators, sessions
from portal.ledger import services as ledger
from portal.organizations.models import Department
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor


@transaction.atomic
def assign_role(
    *,
    staff: Staff,
    role: Role | str,
    actor: Actor,
    department: Department | None = None,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> RoleAssignment:
    """Give a role; the same open role again is the same row. `valid_until` is the first day without it.

    Reviewer, approver, head of the organ and editor hold for a department, a window clerk for one or for the hall,
    all others for the city. Without `valid_from` it begins today, or on the first day of one who is yet to come.
    Nobody gives a role to themselves; what `roles.SEPARATIONS` keeps apart is never one person's on the same day.
    Raises BadInput, WrongState.
    """
    role = Role(role)
    staff = Staff.objects.select_for_update(of=("self",)).select_related("user").get(pk=staff.pk)
    start = valid_from or max(clock.today(), staff.joined_on)
    if start < clock.today():
        raise BadInput("开始日期不能早于今天。", code="starts_in_past", field="valid_from")
    _check_role(staff, role, department, actor)
    if valid_until is not None and valid_until <= start:
        raise BadInput("截止日期要晚于开始日期。", code="period_backward", field="valid_until")
    if start < staff.joined_on:
        raise BadInput(
            f"角色不能早于到岗日期（{staff.joined_on.isoformat()}）。", code="before_joined", field="valid_from"
        )
    if staff.left_on is not None and (valid_until is None or valid_until > staff.left_on):
        raise WrongState("此人已经离岗或将要离岗，不能授予这段时间的角色。", code="staff_left")
    overlapping = RoleAssignment.objects.filter(staff=staff).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=start)
    )
    if valid_until is not None:
        overlapping = overlapping.filter(valid_from__lt=valid_until)
    apart = kept_apart(role)
    if another := overlapping.filter(role__in=apart).order_by("pk").first():
        held = Role(another.role)
        sentence = f"{apart[held]}：此人已经是{held.label}，要授予“{role.label}”，请另找一人。"
        raise WrongState(sentence, code="roles_apart", field="role")
    same = overlapping.filter(role=role, department=department).first()
    if same is not None:
        if (same.valid_from, same.valid_until) == (start, valid_until) or (valid_from is None and valid_until is None):
            return same
        raise WrongState("这段时间里已经有这个角色。", code="role_overlaps", field="role")
    assignment = RoleAssignment.objects.create(
        staff=staff, role=role, department=department, valid_from=start, valid_until=valid_until
    )
    _record(assignment, "accounts.role_assigned", actor)
    _follow(assignment)
    return assignment


@transaction.atomic
def end_role(*, assignment: RoleAssignment, actor: Actor, on: dt.date | None = None) -> RoleAssignment:
    """From this day on (default: today) the role is not held any more.

    Raises BadInput, and WrongState for the last holder of an administrator's role.
    """
    assignment = (
        RoleAssignment.objects.select_for_update(of=("self",)).select_related("staff__user").get(pk=assignment.pk)
    )
    today = clock.today()
    day = on or today
    if day < today:
        raise BadInput("截止日期不能早于今天。", code="end_in_past", field="on")
    if assignment.valid_until is not None and assignment.valid_until <= day:
        return assignment
    held = Role(assignment.role)
    if held in ADMINISTRATORS and assignment.valid_from <= day:
        administrators.check_succession(assignment.staff, [held], day)
    assignment.valid_until = max(day, assignment.valid_from)
    assignment.save()
    _record(assignment, "accounts.role_ended", actor)
    _follow(assignment)
    return assignment


def _check_role(staff: Staff, role: Role, department: Department | None, actor: Actor) -> None:
    if role in NOT_FOR_STAFF:
        raise BadInput("这个角色不授予工作人员。", code="role_not_for_staff", field="role")
    if needs_department(role) and department is None:
        raise BadInput(f"“{role.label}”要指定部门。", code="department_missing", field="department")
    if department is not None and not may_have_department(role):
        raise BadInput(f"“{role.label}”不分部门。", code="department_not_wanted", field="department")
    if actor.user_id is not None and actor.user_id == staff.user_id:
        raise WrongState("不能给自己授予角色。", code="own_role", field="staff")


def _follow(assignment: RoleAssignment) -> None:
    """Bring the grants to the rows now and on the days on which the role begins and ends."""
    sync_user(assignment.staff.user)
    sessions.end_without_factor(assignment.staff.user)
    today = clock.today()
    for day in (assignment.valid_from, assignment.valid_until):
        if day is not None and day > today:
            on_day("accounts.sync_grants", assignment.staff_id, day)


def _record(assignment: RoleAssignment, kind: str, actor: Actor) -> None:
    ledger.record(
        subject=assignment.staff_id,
        kind=kind,
        actor=actor.user_id,
        body={
            "assignment": str(assignment.pk),
            "role": str(assignment.role),
            "department": "" if assignment.department_id is None else str(assignment.department_id),
            "from": assignment.valid_from.isoformat(),
            "until": "" if assignment.valid_until is None else assignment.valid_until.isoformat(),
        },
    )
