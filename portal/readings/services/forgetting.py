"""Readings end with what they were of, with the person's key, or with their term."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q

from portal import clock
from portal.messaging import personal_data as messages
from portal.privacy.retention import Kind, of
from portal.readings.models import Question, Reading


def forget(condition: Q) -> int:
    """Remove readings with their questions and what was told about them; returns how many. The events stay."""
    ids = list(Reading.objects.filter(condition).order_by("pk").values_list("pk", flat=True))
    for reading_id, question_id in Question.objects.filter(reading__in=ids).values_list("reading_id", "pk"):
        messages.forget_about(reading_id)
        messages.forget_about(question_id)
    Reading.objects.filter(pk__in=ids).delete()
    return len(ids)


def forget_subject(subject_id: UUID) -> int:
    return forget(Q(subject_id=subject_id))


def sweep(limit: int) -> int:
    """Remove readings whose term has run out; one with a question, only when the answer's has. Returns how many."""
    last = of(Kind.READING).begun_before(clock.today())
    ends = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)
    due = Reading.objects.filter(at__lt=ends).filter(Q(question=None) | Q(question__answered_at__lt=ends))
    return forget(Q(pk__in=list(due.order_by("at").values_list("pk", flat=True)[:limit])))
