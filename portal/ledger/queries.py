"""Read the ledger."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from portal.ledger.models import LedgerEvent


def events_of(subject: UUID) -> QuerySet[LedgerEvent]:
    """A subject's events in the order of its chain, without the bytes that only checking needs."""
    return LedgerEvent.objects.filter(subject=subject).defer("canon", "prev_hash").order_by("seq")


def events_of_many(subjects: Iterable[UUID]) -> QuerySet[LedgerEvent]:
    """The events of several subjects, by time of recording."""
    return LedgerEvent.objects.filter(subject__in=list(subjects)).defer("canon", "prev_hash").order_by("id")


def event_by_key(subject: UUID, key: UUID) -> LedgerEvent | None:
    """The event that was recorded with this idempotency key."""
    return LedgerEvent.objects.filter(subject=subject, key=key).defer("canon", "prev_hash").first()
