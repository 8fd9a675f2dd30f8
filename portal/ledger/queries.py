"""Read the ledger."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from portal.clock import NOW_SQL
from portal.ledger.models import LedgerEvent

_NOW_AND_EVENT = f"""
    SELECT {NOW_SQL}, e.id, e.seq, e.kind, e.hash
    FROM (SELECT 1) AS always LEFT JOIN audit.event AS e ON e.subject = %s AND e.key = %s
"""


def events_of(subject: UUID) -> QuerySet[LedgerEvent]:
    """A subject's events in the order of its chain, without the bytes that only checking needs."""
    return LedgerEvent.objects.filter(subject=subject).defer("canon", "prev_hash").order_by("seq")


def events_of_many(subjects: Iterable[UUID]) -> QuerySet[LedgerEvent]:
    """The events of several subjects, by time of recording."""
    return LedgerEvent.objects.filter(subject__in=list(subjects)).defer("canon", "prev_hash").order_by("id")


def now_and_event_by_key(subject: UUID, key: UUID) -> tuple[datetime, LedgerEvent | None]:
    """The present instant (UTC) and the event that was recorded with this idempotency key; one query, under a lock."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW_AND_EVENT, [subject, key])
        now, event_id, seq, kind, digest = cursor.fetchone()
    event = None
    if event_id is not None:
        event = LedgerEvent(id=event_id, subject=subject, seq=seq, kind=kind, key=key, hash=digest)
    return now.astimezone(UTC), event
