"""Staff: added with a sign-in, ended on a day on which their grants, postings and claims end, too."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import Q

from portal import clock
from portal.accounts import hooks, lockout
from portal.accounts.grants import sync_user
from portal.accounts.models import ApprovalOffice, FactorReset, Posting, RoleAssignment, SignIn, Staff, User
from portal.accounts.scheduling import on_day
from portal.accounts.services import administrators, enrolment, passwords, sessions
from portal.accounts.services.telling import tell_user
from portal.ledger import services as ledger
from portal.organizations.models import Department
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor

#: How long whoever had a part in the reset of a factor sets no password for that person.
APART_AFTER_RESET: Final = dt.timedelta(hours=24)


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
        enrolment.hand_over(user=user, by=actor.user_id)
    _record(staff, "accounts.staff_added", actor, department=str(department.pk))
    return staff


@transaction.atomic
def set_initial_password(*, staff: Staff, password: str, actor: Actor) -> None:
    """A new password that an administrator hands over, to be changed at the next sign-in; all sessions end.

    The person is told. Raises WrongState for one's own password and within a day of a reset of the factor in which the
    administrator had a part, BadInput for a password that breaks the rules.
    """
    if staff.user_id == actor.user_id:
        raise WrongState("自己的密码请在“修改密码”里改。", code="own_password")
    _check_no_part_in_reset(staff, actor)
    user = User.objects.select_related("staff").get(pk=staff.user_id)
    passwords.check(user=user, password=password, field="password")
    passwords.set_password(user=user, password=password, initial=True)
    enrolment.hand_over(user=user, by=actor.user_id)
    lockout.lift(user)
    sessions.end_all(user_id=user.pk, ending=SignIn.Ending.PASSWORD)
    text = "管理员为您设置了新密码，下次登录时要改。如果不是您本人要求的，请马上告诉安全管理员。"
    tell_user(user=user, kind="password_set", text=text, key=f"password-set:{user.pk}:{clock.now().isoformat()}")
    _record(staff, "accounts.staff_password_set", actor)


def _check_no_part_in_reset(staff: Staff, actor: Actor) -> None:
    """Who asked for the reset of a factor, or agreed to it, does not hold the password, too."""
    if actor.user_id is None:
        return
    lately = FactorReset.objects.filter(
        staff=staff, outcome=FactorReset.Outcome.CONFIRMED, decided_at__gt=clock.now() - APART_AFTER_RESET
    )
    if lately.filter(Q(requested_by=actor.user_id) | Q(decided_by=actor.user_id)).exists():
        raise WrongState(
            "您申请或者办理了此人的动态验证码重设，24 小时内不能设密码，请另一位管理员设置。", code="had_a_part"
        )


@transaction.atomic
def end_staff(*, staff: Staff, left_on: dt.date, actor: Actor) -> Staff:
    """The member works no longer from this day on: roles and postings end, then the sign-in and the claims.

    Raises BadInput, and WrongState for an administrator (`services.endings` takes two people) and for those whom
    `check_end` keeps.
    """
    staff = Staff.objects.select_for_update(of=("self",)).select_related("user").get(pk=staff.pk)
    if administrators.is_administrator(staff):
        raise WrongState("管理员的离岗要由两位管理员办理。", code="takes_two")
    return end_work(staff, left_on, actor)


def check_end(staff: Staff, left_on: dt.date) -> None:
    """Raise BadInput for a day that cannot be, WrongState for whom nobody has succeeded yet."""
    if staff.left_on is not None:
        raise WrongState("此人已经办理离岗。", code="left_already")
    if left_on < staff.joined_on:
        raise BadInput("离岗日期不能早于到岗日期。", code="left_before_joined", field="left_on")
    if left_on < clock.today():
        raise BadInput("离岗日期不能早于今天。", code="left_in_past", field="left_on")
    office = ApprovalOffice.objects.select_related("department").filter(head=staff).first()
    if office is not None:
        raise WrongState(f"此人是{office}的主任，请先更换主任。", code="heads_office")
    administrators.check_succession(staff, administrators.held_on(staff, left_on), left_on)


def end_work(staff: Staff, left_on: dt.date, actor: Actor) -> Staff:
    """End the work of a member whose row is locked, in the caller's transaction. Raises as `check_end`."""
    check_end(staff, left_on)
    staff.left_on = left_on
    staff.save()
    for model in (RoleAssignment, Posting):
        open_rows = model.objects.filter(staff=staff).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=left_on))
        for row in open_rows:
            row.valid_until = max(left_on, row.valid_from)
            row.save()
    _record(staff, "accounts.staff_ended", actor, left_on=left_on.isoformat())
    if left_on <= clock.today():
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
