"""Messages hold personal data: they end with their reader, with what they tell about, or with their term."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from portal import clock
from portal.messaging.models import Message
from portal.privacy.retention import Kind, of
from portal.privacy.rights import Data, Room, register


def _export(key_id: UUID) -> Data:
    return {
        "消息": [
            {"时间": message.created_at.isoformat(), "标题": message.title, "正文": message.body}
            for message in Message.objects.filter(user__person__key=key_id).order_by("created_at", "pk")
        ]
    }


def _erase(key_id: UUID) -> None:
    Message.objects.filter(user__person__key=key_id).delete()


def forget_about(subject_id: UUID) -> None:
    """Remove what anybody was told about a subject: its id stands in the link."""
    Message.objects.filter(link__contains=str(subject_id)).delete()


def sweep(limit: int) -> int:
    """Remove messages whose term has run out; returns how many."""
    last = of(Kind.MESSAGE).begun_before(clock.today())
    begins = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)
    due = Message.objects.filter(created_at__lt=begins).order_by("created_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return Message.objects.filter(pk__in=ids).delete()[0]


def register_all() -> None:
    """Called from AppConfig.ready()."""
    register(Room("messaging", "消息", _export, _erase))
