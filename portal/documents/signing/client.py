"""The Signer that asks the process at SIGNER_SOCKET."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from portal.documents.signing.pades import Chain
from portal.documents.signing.protocol import ask, packed, unpacked

KEPT_SECONDS: Final = 30.0


class SocketSigner:
    """Its certificates are asked for again every half minute, so that a renewal is noticed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._chain: Chain | None = None
        self._asked = 0.0
        self._path = Path()

    def chain(self, *, fresh: bool = False) -> Chain:
        path = Path(settings.SIGNER_SOCKET)
        with self._lock:
            old = path != self._path or time.monotonic() - self._asked > KEPT_SECONDS
            if self._chain is None or old or fresh:
                self._chain = _chain_at(path)
                self._asked, self._path = time.monotonic(), path
            return self._chain

    def sign(self, data: bytes) -> bytes:
        return unpacked(self._ask("sign", data=packed(data))["signature"])

    def stamp(self, request: bytes) -> bytes:
        return unpacked(self._ask("stamp", request=packed(request))["response"])

    def revocation_list(self, number: int, revoked: Sequence[tuple[int, str, str]]) -> bytes:
        stated = [[str(serial), since, reason] for serial, since, reason in revoked]
        return unpacked(self._ask("crl", number=number, revoked=stated)["list"])

    def renew(self) -> None:
        """A new signing certificate of the development authority. Raises KeeperRefused where it is an outside one."""
        self._ask("renew")
        with self._lock:
            self._chain = None

    def _ask(self, op: str, **request: object) -> dict[str, str]:
        return ask(Path(settings.SIGNER_SOCKET), {"op": op, **request})


def _chain_at(path: Path) -> Chain:
    answer = ask(path, {"op": "info"})
    found = {name: tuple(map(unpacked, ders)) for name, ders in answer["certificates"].items()}
    return Chain(
        signer=found["signer"][0],
        timestamp=found["timestamp"][0],
        roots=found["root"],
        issuers=found["issuer"],
        development=bool(answer["development"]),
    )


SIGNER: Final = SocketSigner()
