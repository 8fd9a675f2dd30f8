"""The part of `manage.py verify` that looks at readings: each row has its event in the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from portal.ledger.models import LedgerEvent
from portal.readings.models import Question, Reading
from portal.web.checks import Scope


def check(_scope: Scope) -> Iterator[str]:
    """A reading or a question that the ledger does not know."""
    event = LedgerEvent.objects.filter(subject=OuterRef("subject_id"), key=OuterRef("pk"))
    for reading_id in Reading.objects.exclude(Exists(event)).order_by("pk").values_list("pk", flat=True)[:100]:
        yield f"查看记录 {reading_id} 在存证中没有对应的事件。"
    event = LedgerEvent.objects.filter(subject=OuterRef("reading__subject_id"), key=OuterRef("pk"))
    for question_id in Question.objects.exclude(Exists(event)).order_by("pk").values_list("pk", flat=True)[:100]:
        yield f"疑问 {question_id} 在存证中没有对应的事件。"
