"""Write messages into inboxes inside the act's transaction; e-mails follow after the commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.template import Context
from django.template.loader import get_template

from portal import clock
from portal.accounts.models import User
from portal.messaging.models import Message
from portal.outbox.services import enqueue
from portal.web.keys import uuid7

EMAIL: Final = "messaging.email"

# One statement, because it is part of every act.
_INSERT: Final = f"""
    INSERT INTO {Message._meta.db_table} (id, user_id, key, kind, title, body, link, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING RETURNING id
"""


def send(*, kind: str, user: User, context: dict[str, Any], key: str, link: str = "", now: dt.datetime) -> Message:
    """Put a message into a user's inbox and, where they gave an address, an e-mail into the outbox.

    The text is `templates/messages/<kind>.txt`, its first line the title. The same key twice is one message.
    """
    title, body = text_of(kind, context)
    message = Message(id=uuid7(), user=user, key=key, kind=kind, title=title, body=body, link=link, created_at=now)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [message.pk, user.pk, key, kind, title, body, link, now])
        is_new = cursor.fetchone() is not None
    if not is_new:
        return Message.objects.get(key=key)
    message._state.adding = False
    if user.email:
        enqueue(kind=EMAIL, payload={"message": str(message.pk)}, key=str(message.pk))
    return message


def tell(user_id: UUID, kind: str, key: str, facts: Mapping[str, str]) -> None:
    """Handler of `portal.accounts.hooks.inboxes`: what accounts tells a person about their account."""
    send(kind=f"account_{kind}", user=User.objects.get(pk=user_id), context=dict(facts), key=key, now=clock.now())


def text_of(kind: str, context: dict[str, Any]) -> tuple[str, str]:
    """Title and body of a message."""
    template = get_template(f"messages/{kind}.txt").template  # type: ignore[attr-defined]  # the engine's own template
    lines = template.render(Context(context, autoescape=False)).strip().splitlines()
    title, body = lines[0].strip(), "\n".join(line.strip() for line in lines[1:]).strip()
    return title[:200], body


def mark_read(*, user_id: UUID, message_id: UUID, now: dt.datetime) -> None:
    """The reader has opened it; the first time counts."""
    Message.objects.filter(pk=message_id, user_id=user_id, read_at__isnull=True).update(read_at=now)


def mark_all_read(*, user_id: UUID, now: dt.datetime) -> int:
    """Everything in an inbox counts as read; returns how many were not."""
    return Message.objects.filter(user_id=user_id, read_at__isnull=True).update(read_at=now)
