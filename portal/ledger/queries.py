"""Read the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from portal.clock import NOW_SQL
from portal.ledger.models import DailyHead, LedgerEvent, TreeHead

LAG_ALARM: Final = timedelta(seconds=60)
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


@dataclass(frozen=True, slots=True)
class LedgerLag:
    """How far the tree is behind the events, for the operator's page and readiness."""

    waiting: int
    """Committed events without a leaf."""
    oldest: timedelta
    """Age of the oldest of them, by the real clock; zero where none waits."""
    unsealed: int
    """Leaves that no signed head covers yet."""

    @property
    def is_alarming(self) -> bool:
        """An event has been without a leaf for a minute."""
        return self.oldest >= LAG_ALARM


def ledger_lag() -> LedgerLag:
    """One query; cheap as long as the sequencer runs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(clock_timestamp() - min(e.created), interval '0'), "
            "(SELECT t.size - coalesce((SELECT max(h.size) FROM audit.tree_head h), 0) FROM audit.tree_top t) "
            "FROM audit.pending p JOIN audit.event e ON e.id = p.event"
        )
        waiting, oldest, unsealed = cursor.fetchone()
    return LedgerLag(waiting, max(oldest, timedelta()), unsealed)


def latest_head() -> TreeHead | None:
    """The newest signed head; it covers everything that is published."""
    return TreeHead.objects.order_by("-size").first()


def daily_heads() -> QuerySet[DailyHead]:
    """The heads that are kept for ever, the newest day first."""
    return DailyHead.objects.select_related("head").order_by("-day")


def daily_head(day: date) -> DailyHead | None:
    """The head of one day."""
    return daily_heads().filter(day=day).first()
