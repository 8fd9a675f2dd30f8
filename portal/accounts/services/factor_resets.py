"""A lost second factor: one administrator asks, another decides, the person is told (两人办理)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from portal import clock
from portal.accounts import hooks
from portal.accounts.models import FactorReset, SignIn, Staff
from portal.accounts.services import second_factor, sessions
from portal.accounts.text_messages import send_text
from portal.ledger import services as ledger
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor

#: A request that nobody decides on ends by itself: the telephone may have been found.
LIFETIME: Final = dt.timedelta(hours=72)


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
    expire_old(200)
    found = FactorReset.objects.filter(staff=staff, outcome="").first()
    if found is not None:
        return found
    row = FactorReset.objects.create(
        staff=staff, reason=reason.strip(), requested_by_id=actor.user_id, requested_at=clock.now()
    )
    _record(row, "accounts.factor_reset_requested", actor)
    return row


@transaction.atomic
def confirm_reset(*, reset: FactorReset, actor: Actor) -> FactorReset:
    """The second person agrees: factor and recovery codes go, sessions end, the person is told.

    Raises WrongState for the requester, for the person concerned and for what is decided already.
    """
    row = _open(reset)
    if row.requested_by_id == actor.user_id:
        raise WrongState("申请的人不能自己办理，要由另一位管理员办理。", code="same_person")
    _check_decider(row, actor)
    second_factor.remove(user=row.staff.user)
    sessions.end_all(user_id=row.staff.user_id, ending=SignIn.Ending.FACTOR)
    _decide(row, FactorReset.Outcome.CONFIRMED, actor)
    text = "您的动态验证码已经重设，下次登录时请重新设置。如果不是您本人提出的，请马上告诉安全管理员。"
    hooks.tell(row.staff.user_id, "factor_reset", f"factor-reset:{row.pk}")
    user = row.staff.user
    phone = user.phone if user.phone_verified else ""
    send_text(phone=phone, text=text, key=f"factor-reset:{row.pk}")
    return row


@transaction.atomic
def refuse_reset(*, reset: FactorReset, actor: Actor) -> FactorReset:
    """Nothing changes; also how the requester takes it back. Raises WrongState."""
    row = _open(reset)
    _check_decider(row, actor)
    return _decide(row, FactorReset.Outcome.REFUSED, actor)


def open_resets() -> QuerySet[FactorReset]:
    """What waits for a decision, oldest first."""
    return (
        FactorReset.objects.filter(outcome="", requested_at__gt=clock.now() - LIFETIME)
        .select_related("staff__department", "requested_by__staff")
        .order_by("requested_at", "pk")
    )


@transaction.atomic
def expire_old(limit: int) -> int:
    """Requests that nobody decided on end; for the sweep."""
    now = clock.now()
    old = FactorReset.objects.select_for_update(skip_locked=True).filter(
        outcome="", requested_at__lte=now - LIFETIME
    )
    rows = list(old.order_by("requested_at")[:limit])
    for row in rows:
        row.outcome, row.decided_at = FactorReset.Outcome.EXPIRED, now
        row.save(update_fields=["outcome", "decided_at"])
    return len(rows)


def _open(reset: FactorReset) -> FactorReset:
    row = (
        FactorReset.objects.select_for_update(of=("self",)).select_related("staff__user__staff").get(pk=reset.pk)
    )
    if row.outcome or row.requested_at <= clock.now() - LIFETIME:
        raise WrongState("这个申请已经办理，或者已经过期。", code="decided_already")
    return row


def _check_decider(row: FactorReset, actor: Actor) -> None:
    if actor.user_id is None:
        raise WrongState("要由管理员本人办理。", code="nobody")
    if row.staff.user_id == actor.user_id:
        raise WrongState("不能办理自己的动态验证码。", code="own_factor")


def _decide(row: FactorReset, outcome: FactorReset.Outcome, actor: Actor) -> FactorReset:
    row.outcome, row.decided_by_id, row.decided_at = outcome, actor.user_id, clock.now()
    row.save(update_fields=["outcome", "decided_by", "decided_at"])
    _record(row, f"accounts.factor_reset_{outcome.value}", actor)
    return row


def _record(row: FactorReset, kind: str, actor: Actor) -> None:
    ledger.record(subject=row.staff_id, kind=kind, actor=actor.user_id, body={"reset": str(row.pk)})
