"""What the inbox reads."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from portal.messaging.models import Message


def inbox(user_id: UUID) -> QuerySet[Message]:
    """The messages of one reader; pages order them by time."""
    return Message.objects.filter(user_id=user_id)


def unread_count(user_id: UUID) -> int:
    """How many messages the reader has not opened; one query on a partial index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messaging_message WHERE user_id = %s AND read_at IS NULL", [user_id])
        return int(cursor.fetchone()[0])


def message_of(user_id: UUID, message_id: UUID) -> Message | None:
    """A message in this reader's own inbox; None for anybody else's."""
    return Message.objects.filter(pk=message_id, user_id=user_id).first()
