"""Append events; the database makes the chain."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from portal import clock


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Where an event stands in the ledger."""

    id: int
    seq: int
    hash: bytes

    @property
    def mark(self) -> str:
        """The short mark that pages show beside an act: the first twelve hex digits of the hash."""
        return self.hash.hex()[:12]


def record(
    *,
    subject: UUID,
    kind: str,
    actor: UUID | None,
    body: Mapping[str, Any],
    key: UUID | None = None,
    at: datetime | None = None,
) -> LedgerEntry:
    """Append one event to the chain of `subject`, inside the caller's transaction; the same key twice is one event.

    `body` holds JSON values without floats, persons only as `portal.privacy.services.commitment`. `at` is the
    business time (default: now). Raises TypeError or ValueError for a body that has no canonical form, and
    RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is written in the transaction of the act that it tells about")
    canon = canonical(subject=subject, kind=kind, actor=actor, body=body, key=key, at=at or clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit.event (subject, canon) VALUES (%s, %s) RETURNING id, seq, hash", [subject, canon]
        )
        row = cursor.fetchone()
        if row is None:  # the trigger found the key under the chain's lock
            cursor.execute("SELECT id, seq, hash FROM audit.event WHERE subject = %s AND key = %s", [subject, key])
            row = cursor.fetchone()
    return LedgerEntry(id=row[0], seq=row[1], hash=bytes(row[2]))


def canonical(
    *, subject: UUID, kind: str, actor: UUID | None, body: Mapping[str, Any], key: UUID | None, at: datetime
) -> bytes:
    """The event as canonical JSON (RFC 8785) with 16 random bytes, so that equal events differ."""
    _check(body)
    return _ENCODER.encode(
        {
            "v": 1,
            "subject": str(subject),
            "kind": kind,
            "actor": None if actor is None else str(actor),
            "key": None if key is None else str(key),
            "at": at.astimezone(UTC).isoformat(),
            "nonce": os.urandom(16).hex(),
            "body": dict(body),
        }
    ).encode()


# RFC 8785 for what _check lets through, several times as fast as a library that also knows floats: the escapes are the
# same, and keys of the basic plane sort by code point as they do by UTF-16. A test compares it with that library.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
_LARGEST: Final = 2**53 - 1


def _check(value: object) -> None:
    """Raises TypeError or ValueError for what has no canonical form here."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if not -_LARGEST <= value <= _LARGEST:
            raise ValueError("a ledger body holds no integer beyond 2**53 - 1: write text")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise TypeError("the keys of a ledger body are text")
            if not name.isascii() and max(name) > "\uffff":
                raise ValueError("the keys of a ledger body hold characters of the basic plane only")
            _check(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check(part)
    elif isinstance(value, float):
        raise TypeError("a ledger body holds no floats: write integers or text")
    else:
        raise TypeError(f"a ledger body holds JSON values, not {type(value).__name__}")
