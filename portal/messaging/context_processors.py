"""The number beside 消息 in the head of signed-in pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.messaging.queries import unread_count
from portal.web.requests import adopt


def inbox(request: HttpRequest) -> dict[str, Any]:
    """`inbox_unread`: counted only when a template asks, so that public pages never look at the user."""

    def count() -> int:
        user_id = adopt(request).actor.user_id
        return unread_count(user_id) if user_id is not None else 0

    return {"inbox_unread": SimpleLazyObject(count)}
