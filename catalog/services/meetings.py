"""Meetings of 市政府常务会议: an agenda of verified changes, one resolution, and the decision on each."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from catalog.models import Meeting
from catalog.permissions import CataloguePermission as May
from portal import clock
from portal.ledger.services import record
from portal.web.errors import BadInput, NotAllowed, NotFound, WrongState
from portal.web.grants import Actor, acting_user


def convene(*, actor: Actor, name: str, held_on: dt.date) -> Meeting:
    """Put a meeting into the calendar. Raises BadInput for a name that is taken."""
    _must_decide(actor)
    if not name.strip():
        raise BadInput("请填写会议名称。", field="name")
    now = clock.now()
    try:
        with transaction.atomic():
            meeting: Meeting = Meeting.objects.create(
                name=name.strip(), held_on=held_on, created_at=now, created_by_id=acting_user(actor)
            )
            record(
                subject=meeting.pk,
                kind="meeting.convened",
                actor=actor.user_id,
                body={"held_on": held_on.isoformat()},
                at=now,
            )
    except IntegrityError as error:
        raise BadInput("已经有一次会议用这个名称。", field="name", code="meeting_name_taken") from error
    return meeting


def record_resolution(*, meeting_id: UUID, actor: Actor, number: str, text: str) -> Meeting:
    """What the meeting decided, with the number of its minutes; once, and not before the day of the meeting."""
    _must_decide(actor)
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().filter(pk=meeting_id).first()
        if meeting is None:
            raise NotFound("没有这次会议。")
        if meeting.is_recorded:
            raise WrongState("会议决定已经记录，不能再改。", code="meeting_recorded")
        if meeting.held_on > clock.today():
            raise WrongState("会议还没有开，开会以后再记录决定。", code="meeting_to_come")
        if not meeting.changes.exists():
            raise WrongState("议程上没有事项。", code="agenda_empty")
        if not number.strip():
            raise BadInput("请填写纪要文号。", field="resolution_number")
        if not text.strip():
            raise BadInput("请填写会议决定。", field="resolution")
        meeting.resolution_number, meeting.resolution = number.strip(), text.strip()
        meeting.recorded_at = clock.now()
        meeting.save()
        record(
            subject=meeting.pk,
            kind="meeting.recorded",
            actor=actor.user_id,
            body={
                "number": meeting.resolution_number,
                "agenda": [str(pk) for pk in meeting.changes.order_by("agenda_position").values_list("pk", flat=True)],
            },
            at=meeting.recorded_at,
        )
    return meeting


def _must_decide(actor: Actor) -> None:
    if not actor.grants.has(May.DECIDE_ITEM):
        raise NotAllowed("只有市政府办公厅可以办理会议。")
