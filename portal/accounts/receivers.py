"""What follows when Django signs somebody in or out, whoever asked it to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.accounts.models import SignIn, User
from portal.accounts.services import sessions


def signed_in(sender: object, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """A session begins."""
    if request is not None:
        sessions.begin(request=request, user=user)


def signed_out(sender: object, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    """A session ends; the store forgets it right after."""
    if request is not None and user is not None:
        sessions.close(session_key=request.session.session_key, ending=SignIn.Ending.SIGNED_OUT)
