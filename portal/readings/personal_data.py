"""The room of readings in the registry of personal data."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from portal.privacy.rights import Data, Room, register
from portal.readings import queries
from portal.readings.models import Question, Reading
from portal.readings.services import forget


def _export(key_id: UUID) -> Data:
    readings = Reading.objects.filter(key=key_id).select_related("key", "office", "question").order_by("at", "pk")
    return {"谁看过我的材料": [_line(entry) for entry in queries.entries(list(readings))]}


def _line(entry: queries.Entry) -> dict[str, str | None]:
    reading, question = entry.reading, entry.question
    return {
        "时间": reading.at.isoformat(),
        "谁": reading.reader_name,
        "单位": reading.office.name,
        "看了什么": entry.what,
        "办件": entry.told.number,
        "为什么": reading.task or f"无办理任务：{reading.get_reason_display()}，{reading.words}",
        "我的疑问": question.words if question is not None else None,
        "答复": question.answer if question is not None and question.answered_at is not None else None,
    }


def _erase(key_id: UUID) -> None:
    forget(Q(key=key_id))
    # In the cases of firms for which the person asked: what they wrote goes, the finding stays.
    Question.objects.filter(asked_by__person__key=key_id).update(words="")


def register_all() -> None:
    """Called from AppConfig.ready()."""
    register(Room("readings", "查看记录", _export, _erase))
