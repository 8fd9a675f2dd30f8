"""Staff: added with a sign-in, ended on a day on which their grants, postings and claims end, too."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from portal import clock
from portal.accounts import hooks
from portal.accounts.grants import sync_user
from portal.accounts.models import ApprovalOffice, Posting, RoleAssignment, SignIn, Staff, User
from portal.accounts.scheduling import on_day
from portal.accounts.services import passwords, sessions
from portal.ledger import services as ledger
from portal.organizations.models import Department
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor


@transaction.atomic
def add_staff(
    *,
    number: str,
    name: str,
    department: Department,
    actor: Actor,
    title: str = "",
    phone: str = "",
    joined_on: dt.date | None = None,
    password: str | None = None,
) -> Staff:
    """A member of staff with a sign-in whose user name is the staff number; without a password it cannot be used yet.

    The password is an initial one: at the first sign-in the member has to change it.
    Raises BadInput for a number that is taken and for a password that breaks the rules.
    """
    number, name = number.strip(), name.strip()
    if not number.isascii() or not number.isalnum() or len(number) > 20:
        raise BadInput("工号只能用字母和数字，最多 20 位。", code="number_wrong", field="number")
    if not name:
        raise BadInput("请填写姓名。", code="name_missing", field="name")
    if User.objects.filter(username__iexact=number).exists():
        raise BadInput("这个工号已经有人使用。", code="number_taken", field="number")
    user = User(username=number)
    user.set_unusable_password()
    user.save()
    staff = Staff.objects.create(
        user=user,
        number=number,
        name=name,
        department=department,
        title=title.strip(),
        phone=phone.strip(),
        joined_on=joined_on or clock.today(),
    )
    if password is not None:
        passwords.check(user=user, password=password, field="password")
        passwords.set_password(user=user, password=password, initial=True)
    _record(staff, "accounts.staff_added", actor, department=str(department.pk))
    return staff


@transaction.atomic
def set_initial_password(*, staff: Staff, password: str, actor: Actor) -> None:
    """A new password that an administrator hands over, to be changed at the next sign-in; all sessions end.

    Raises WrongState for one's own password, BadInput for one that breaks the rules.
    """
    if staff.user_id == actor.user_id:
        raise WrongState("自己的密码请在“修改密码”里改。", code="own_password")
    user = User.objects.select_related("staff").get(pk=staff.user_id)
    passwords.check(user=user, password=password, field="password")
    passwords.set_password(user=user, password=password, initial=True)
    sessions.end_all(user_id=user.pk, ending=SignIn.Ending.PASSWORD)
    _record(staff, "accounts.staff_password_set", actor)


@transaction.atomic
def end_staff(*, staff: Staff, left_on: dt.date, actor: Actor) -> Staff:
    """The member works no longer from this day on: roles and postings end, then the sign-in and the claims.

    Raises BadInput, and WrongState when they have left already or head an approval office.
    """
    staff = Staff.objects.select_for_update(of=("self",)).select_related("user").get(pk=staff.pk)
    today = clock.today()
    if staff.left_on is not None:
        raise WrongState("此人已经办理离岗。", code="left_already")
    if left_on < staff.joined_on:
        raise BadInput("离岗日期不能早于到岗日期。", code="left_before_joined", field="left_on")
    if left_on < today:
        raise BadInput("离岗日期不能早于今天。", code="left_in_past", field="left_on")
    office = ApprovalOffice.objects.select_related("department").filter(head=staff).first()
    if office is not None:
        raise WrongState(f"此人是{office}的主任，请先更换主任。", code="heads_office")
    staff.left_on = left_on
    staff.save()
    for model in (RoleAssignment, Posting):
        open_rows = model.objects.filter(staff=staff).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=left_on))
        for row in open_rows:
            row.valid_until = max(left_on, row.valid_from)
            row.save()
    _record(staff, "accounts.staff_ended", actor, left_on=left_on.isoformat())
    if left_on <= today:
        close_sign_in(staff)
    else:
        on_day("accounts.leave", staff.pk, left_on)
    return staff


def close_sign_in(staff: Staff) -> None:
    """The day has come: no sign-in, no session, no grants, no claims. Twice changes nothing."""
    user = staff.user
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
    sessions.end_all(user_id=user.pk, ending=SignIn.Ending.CLOSED)
    sync_user(user)
    hooks.announce_departure(user.pk, staff.left_on or clock.today())


@transaction.atomic
def close_left(limit: int) -> int:
    """Close the sign-ins of those whose day has come and whose job did not run; for the sweep."""
    due = Staff.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        left_on__lte=clock.today(), user__is_active=True
    )
    rows = list(due.select_related("user").order_by("left_on", "pk")[:limit])
    for staff in rows:
        close_sign_in(staff)
    return len(rows)


def _record(staff: Staff, kind: str, actor: Actor, **body: str) -> None:
    ledger.record(subject=staff.pk, kind=kind, actor=actor.user_id, body={"number": staff.number, **body})
