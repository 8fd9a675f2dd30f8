"""An administrator leaves: one asks, a second one decides (两人办理); nobody ends the last of a role."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from portal import clock
from portal.accounts.models import Staff, StaffEnding
from portal.accounts.services import two_people
from portal.accounts.services.staff import check_end, end_work
from portal.ledger import services as ledger
from portal.web.errors import WrongState
from portal.web.grants import Actor

_KIND: Final = "accounts.staff_ending"
_OWN: Final = "不能办理自己的离岗，要由别的管理员办理。"


@transaction.atomic
def request_ending(*, staff: Staff, left_on: dt.date, actor: Actor) -> StaffEnding:
    """Ask for it; while a request is open, another is refused. Raises BadInput, WrongState."""
    staff = Staff.objects.select_for_update(of=("self",)).select_related("user").get(pk=staff.pk)
    if actor.user_id is None:
        raise WrongState("要由管理员本人申请。", code="nobody")
    check_end(staff, left_on)
    two_people.expire_old(200)
    if StaffEnding.objects.filter(staff=staff, outcome="").exists():
        raise WrongState("此人的离岗已经有人申请，等另一位管理员办理。", code="asked_already")
    row = StaffEnding.objects.create(
        staff=staff, left_on=left_on, requested_by_id=actor.user_id, requested_at=clock.now()
    )
    body = {"request": str(row.pk), "left_on": left_on.isoformat()}
    ledger.record(subject=staff.pk, kind=f"{_KIND}_requested", actor=actor.user_id, body=body)
    return row


@transaction.atomic
def confirm_ending(*, ending: StaffEnding, actor: Actor) -> StaffEnding:
    """The second person agrees; a day that has passed meanwhile is today.

    Raises WrongState for the requester, for the person concerned, for the last of a role and for what is decided.
    """
    row = two_people.open_row(StaffEnding, ending.pk)
    two_people.check_second(row, actor)
    two_people.check_decider(row, actor, _OWN)
    two_people.decide(row, StaffEnding.Outcome.CONFIRMED.value, actor, _KIND)
    staff = Staff.objects.select_for_update(of=("self",)).select_related("user").get(pk=row.staff_id)
    end_work(staff, max(row.left_on, clock.today()), actor)
    return row


@transaction.atomic
def refuse_ending(*, ending: StaffEnding, actor: Actor) -> StaffEnding:
    """Nothing changes; also how the requester takes it back. Raises WrongState."""
    row = two_people.open_row(StaffEnding, ending.pk)
    two_people.check_decider(row, actor, _OWN)
    return two_people.decide(row, StaffEnding.Outcome.REFUSED.value, actor, _KIND)
