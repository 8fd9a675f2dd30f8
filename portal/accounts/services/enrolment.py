"""Setting up a second factor on a password that somebody else set: the owner shows a code that was handed over.

Who set the password, or asked for the reset of the factor, cannot issue that code: one administrator alone never comes
into an account that approves, supervises or administers.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from portal import clock
from portal.accounts.models import FactorReset, Handover, RoleAssignment, Staff, User
from portal.accounts.roles import NEEDS_SECOND_FACTOR
from portal.accounts.services import second_factor
from portal.accounts.services.telling import tell_user
from portal.ledger import services as ledger
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor
from portal.web.keys import READABLE

LIFETIME: Final = dt.timedelta(hours=24)
ATTEMPTS: Final = 5
#: Of 31 characters: 49 bits.
_LENGTH: Final = 10
_WRONG: Final = "启用码不正确或已过期，请检查。错 5 次就作废，要请安全管理员重新发。"


def hand_over(*, user: User, by: UUID | None) -> None:
    """Note, in the caller's transaction, that somebody else set the password; a code issued before is void."""
    fresh = {"set_by_id": by, "set_at": clock.now(), "code_hash": "", "code_expires_at": None, "attempts": 0}
    Handover.objects.update_or_create(user=user, defaults=fresh)


def own_password(user: User) -> None:
    """The owner chose a password, which counts as theirs once a factor proved them, or where no role wants one."""
    if second_factor.has_one(user) or not _will_need_factor(user):
        Handover.objects.filter(user=user).delete()


def wants_code(user: User) -> bool:
    """Whether this user sets the factor up with a code that was handed over."""
    return Handover.objects.filter(user=user).exists()


def waits_for_code(staff: Staff) -> bool:
    """Whether a code can be issued: the password is another's, and there is no factor yet."""
    return wants_code(staff.user) and not second_factor.has_one(staff.user)


@transaction.atomic
def issue_code(*, staff: Staff, actor: Actor) -> str:
    """A fresh code, to be shown once; the one before is void. Raises WrongState."""
    row = Handover.objects.select_for_update(of=("self",)).select_related("user").filter(user=staff.user_id).first()
    if row is None or second_factor.has_one(row.user):
        raise WrongState("此人不需要启用码，可以自己设置动态验证码。", code="no_code_needed")
    if actor.user_id is not None:
        _check_issuer(staff, row, actor.user_id)
    code = "".join(secrets.choice(READABLE).upper() for _ in range(_LENGTH))
    row.code_hash, row.code_expires_at, row.attempts = _hash(row, code), clock.now() + LIFETIME, 0
    row.save(update_fields=["code_hash", "code_expires_at", "attempts"])
    ledger.record(subject=staff.pk, kind="accounts.enrolment_code_issued", actor=actor.user_id, body={})
    return f"{code[:5]}-{code[5:]}"


def enrol(*, user: User, secret: str, code: str, handed_over: str = "") -> list[str]:
    """Set the factor up; returns the recovery codes, which are shown this once. The person is told.

    Raises BadInput for a wrong code of either kind, WrongState where there is a factor already.
    """
    _check_code(user, handed_over)
    with transaction.atomic():
        codes = second_factor.activate(user=user, secret=secret, code=code)
        Handover.objects.filter(user=user).delete()
        text = "您的账号刚刚设置了动态验证码。如果不是您本人设置的，请马上告诉安全管理员。"
        tell_user(user=user, kind="factor_set", text=text, key=f"factor-set:{user.pk}:{clock.now().isoformat()}")
    return codes


def _check_issuer(staff: Staff, row: Handover, issuer: UUID) -> None:
    if staff.user_id == issuer:
        raise WrongState("不能给自己发启用码。", code="own_code")
    if row.set_by_id == issuer:
        raise WrongState("此人的密码是您设置的，启用码要由另一位管理员发。", code="set_the_password")
    resets = FactorReset.objects.filter(staff=staff, outcome=FactorReset.Outcome.CONFIRMED)
    last = resets.order_by("-decided_at").first()
    if last is not None and last.requested_by_id == issuer:
        raise WrongState("此人的动态验证码重设是您申请的，启用码要由另一位管理员发。", code="asked_for_reset")


def _check_code(user: User, typed: str) -> None:
    """Count a wrong code before saying so: the count outlives the refusal."""
    with transaction.atomic():
        row = Handover.objects.select_for_update().filter(user=user).first()
        if row is None:
            return
        if not typed.strip():
            raise BadInput("请填写启用码，向安全管理员当面领取。", code="enrolment_code_missing", field="handed_over")
        is_open = row.code_expires_at is not None and row.code_expires_at > clock.now() and row.attempts < ATTEMPTS
        if is_open and constant_time_compare(row.code_hash, _hash(row, re.sub(r"[\s-]", "", typed).upper())):
            return
        row.attempts = min(row.attempts + 1, ATTEMPTS)
        row.save(update_fields=["attempts"])
    raise BadInput(_WRONG, code="enrolment_code_wrong", field="handed_over")


def _will_need_factor(user: User) -> bool:
    """By the roles of today and of every later day."""
    rows = RoleAssignment.objects.filter(staff__user=user, role__in=NEEDS_SECOND_FACTOR)
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=clock.today())).exists()


def _hash(row: Handover, code: str) -> str:
    return salted_hmac("portal.accounts.enrolment", f"{row.pk}|{code}", algorithm="sha256").hexdigest()
