"""Where master keys are kept closed: by the mode of their file, or by a key service that wraps them.

A key service (KMS, HSM gateway) holds one key that never leaves it. It is asked once per process and master key, so
that its speed and a short outage do not matter to pages.
"""

import base64
import http.client
import json
from typing import Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT_SECONDS: Final = 5.0


class KeyServiceFault(Exception):
    """The key service did not answer, or refused."""


class KeyService(Protocol):
    """Wraps and unwraps keys; `name` binds a wrapped key to what it is for, as associated data."""

    def wrap(self, key: bytes, name: str) -> bytes: ...

    def unwrap(self, wrapped: bytes, name: str) -> bytes: ...


class HttpKeyService:
    """`POST <url>/wrap` and `/unwrap` with {"name", "data"} (base64) and a bearer token; answers {"data"}."""

    def __init__(self, url: str, token: str) -> None:
        self._parts = urlsplit(url)
        self._token = token

    def wrap(self, key: bytes, name: str) -> bytes:
        return self._ask("wrap", key, name)

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        return self._ask("unwrap", wrapped, name)

    def _ask(self, act: str, value: bytes, name: str) -> bytes:
        parts = self._parts
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(
                "POST",
                f"{parts.path.rstrip('/')}/{act}",
                json.dumps({"name": name, "data": base64.b64encode(value).decode()}),
                {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"},
            )
            answer = connection.getresponse()
            content = answer.read(1 << 16)
            if answer.status != 200:
                raise KeyServiceFault(f"the key service answered {answer.status} to {act}")
            return base64.b64decode(json.loads(content)["data"], validate=True)
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            # Never the content: it may hold a key.
            raise KeyServiceFault(f"the key service did not {act}: {type(error).__name__}") from None
        finally:
            connection.close()


def configured_service() -> KeyService | None:
    """The key service of the environment; None: the keys lie in the file as they are."""
    url: str = settings.KEY_SERVICE_URL
    return HttpKeyService(url, settings.KEY_SERVICE_TOKEN) if url else None
