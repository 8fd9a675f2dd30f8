"""A lost second factor: one administrator asks, another decides, the person is told (两人办理)."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from portal import clock
from portal.accounts.models import FactorReset, SignIn, Staff
from portal.accounts.services import second_factor, sessions, two_people
from portal.accounts.services.telling import tell_user
from portal.ledger import services as ledger
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor

_KIND: Final = "accounts.factor_reset"
_OWN: Final = "不能办理自己的动态验证码。"


@transaction.atomic
def request_reset(*, staff: Staff, reason: str, actor: Actor) -> FactorReset:
    """Ask for the reset; while one is open, the same again is the same row. Raises BadInput, WrongState."""
    staff = Staff.objects.select_for_update(of=("self",)).select_related("user").get(pk=staff.pk)
    if actor.user_id is None:
        raise WrongState("要由管理员本人申请。", code="nobody")
    if staff.user_id == actor.user_id:
        raise WrongState("自己的动态验证码要由别的管理员申请重设。", code="own_factor")
    if not reason.strip():
        raise BadInput("请填写原因。", code="reason_missing", field="reason")
    if not second_factor.has_one(staff.user):
        raise WrongState("此人没有设置动态验证码，不用重设。", code="no_factor")
    two_people.expire_old(200)
    found = FactorReset.objects.filter(staff=staff, outcome="").first()
    if found is not None:
        return found
    row = FactorReset.objects.create(
        staff=staff, reason=reason.strip(), requested_by_id=actor.user_id, requested_at=clock.now()
    )
    ledger.record(subject=row.staff_id, kind=f"{_KIND}_requested", actor=actor.user_id, body={"request": str(row.pk)})
    return row


@transaction.atomic
def confirm_reset(*, reset: FactorReset, actor: Actor) -> FactorReset:
    """The second person agrees: factor and recovery codes go, sessions end, the person is told.

    Raises WrongState for the requester, for the person concerned and for what is decided already.
    """
    row = two_people.open_row(FactorReset, reset.pk)
    two_people.check_second(row, actor)
    two_people.check_decider(row, actor, _OWN)
    second_factor.remove(user=row.staff.user)
    sessions.end_all(user_id=row.staff.user_id, ending=SignIn.Ending.FACTOR)
    two_people.decide(row, FactorReset.Outcome.CONFIRMED.value, actor, _KIND)
    text = "您的动态验证码已经重设，下次登录时请重新设置。如果不是您本人提出的，请马上告诉安全管理员。"
    tell_user(user=row.staff.user, kind="factor_reset", text=text, key=f"factor-reset:{row.pk}")
    return row


@transaction.atomic
def refuse_reset(*, reset: FactorReset, actor: Actor) -> FactorReset:
    """Nothing changes; also how the requester takes it back. Raises WrongState."""
    row = two_people.open_row(FactorReset, reset.pk)
    two_people.check_decider(row, actor, _OWN)
    return two_people.decide(row, FactorReset.Outcome.REFUSED.value, actor, _KIND)
