"""Whose readings a person sees, and what the data-protection officer works on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from portal.readings import subjects
from portal.readings.models import Question, Reading
from portal.readings.subjects import Told
from portal.web.grants import Actor


def mine(actor: Actor, today: dt.date) -> QuerySet[Reading]:
    """Readings of what the actor is the person of, or stands for, latest first."""
    condition = Q(pk__in=[])
    for kind, subject in subjects.registered().items():
        condition |= Q(subject_kind=kind, subject_id__in=subject.mine(actor, today))
    return Reading.objects.filter(condition).select_related("key", "office", "question").order_by("-at", "-pk")


@dataclass(frozen=True, slots=True)
class Entry:
    """A reading as pages show it."""

    reading: Reading
    told: Told

    @property
    def question(self) -> Question | None:
        return getattr(self.reading, "question", None)

    @property
    def what(self) -> str:
        name = f"“{self.reading.detail}”" if self.reading.detail else ""
        return f"{self.reading.get_kind_display()}{name}"


def entries(readings: Sequence[Reading]) -> list[Entry]:
    """With the names of their subjects; one query for each kind of subject."""
    told = subjects.told({(reading.subject_kind, reading.subject_id) for reading in readings})
    return [Entry(reading, told.get(reading.subject_id, Told("已删除"))) for reading in readings]


def subjects_of(actor: Actor, today: dt.date, *, most: int = 50) -> list[tuple[UUID, Told]]:
    """What the filter offers: the subjects that were read last, each once (1 query, and one for each kind)."""
    recent = mine(actor, today).select_related(None).order_by("-at", "-pk")
    seen: dict[UUID, str] = {}
    for kind, subject_id in recent.values_list("subject_kind", "subject_id")[:1000]:
        seen.setdefault(subject_id, kind)
    told = subjects.told({(kind, subject_id) for subject_id, kind in list(seen.items())[:most]})
    return [(subject_id, told[subject_id]) for subject_id in seen if subject_id in told]


def questions() -> QuerySet[Question]:
    """All questions with their entries."""
    return Question.objects.select_related("key", "reading__key", "reading__office")


def of_the_same_reader(reading: Reading, *, most: int = 20) -> list[Reading]:
    """What else the reader read of the subject, latest first (1 query)."""
    others = Reading.objects.filter(reader=reading.reader_id, subject_id=reading.subject_id).exclude(pk=reading.pk)
    return list(others.select_related("key", "office").order_by("-at", "-pk")[:most])
