"""Who may see figures of the running portal without a sign-in: whoever bears METRICS_TOKEN."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


def bears_token(request: HttpRequest) -> bool:
    """Nobody does while no token is set."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and constant_time_compare(request.headers.get("Authorization", ""), expected)
