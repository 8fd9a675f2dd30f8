"""Text messages by an HTTP gateway: one POST for each, with a key by which the gateway knows a repeated one.

The request: JSON `{"phone": "+8613…", "text": "【朔州市政务服务平台】…", "id": "<uuid>"}`, with the headers
`Idempotency-Key: <uuid>` and `Authorization: Bearer <token>`. Answers: 2xx is taken, 409 was taken before. Anything
else, no answer within ten seconds included, is a failure, and the outbox tries again with the same key. A provider
with another language needs a class of its own with `send`.
"""

from __future__ import annotations

from typing import Final, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

import requests

SIGNATURE: Final = "【朔州市政务服务平台】"
CONNECT_SECONDS: Final = 3
ANSWER_SECONDS: Final = 10
TAKEN_BEFORE: Final = 409


class GatewayFailed(Exception):
    """The gateway did not take the message; the text names no phone."""


class SmsGateway(Protocol):
    """What carries text messages."""

    def send(self, phone: str, text: str, key: str) -> None:
        """Hand over one message; the same key twice is one message. Raises GatewayFailed."""


class HttpGateway:
    """The gateway behind SMS_URL: `https://:token@host/path`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        place = f"[{host}]" if ":" in host else host
        self._url = urlunsplit((parts.scheme, f"{place}:{parts.port}" if parts.port else place, parts.path, "", ""))
        self._token = unquote(parts.password or "")

    def send(self, phone: str, text: str, key: str) -> None:
        """Raises GatewayFailed for every answer that does not take the message, and for none."""
        headers = {"Idempotency-Key": key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            # No redirects: a phone number goes to the configured address and to no other.
            answer = requests.post(
                self._url,
                json={"phone": phone, "text": f"{SIGNATURE}{text}", "id": key},
                headers=headers,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise GatewayFailed(type(error).__name__) from None
        if not 200 <= answer.status_code < 300 and answer.status_code != TAKEN_BEFORE:
            raise GatewayFailed(f"status {answer.status_code}")
