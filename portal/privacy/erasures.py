"""The list of erasures: a file below DATA_DIR, apart from the database, replayed when an older backup is restored.

One line per erasure: the id of the destroyed key and the instant. It holds no personal data, only grows, and every
line is on disk before the next act; what a crash kept from it is added by the nightly sweep.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from portal.privacy.models import PersonKey

_NAME: Final = "erasures.jsonl"


def list_file() -> Path:
    return Path(settings.DATA_DIR) / "erasures" / _NAME


def append(entries: Iterable[tuple[UUID, dt.datetime]]) -> int:
    """Add the erasures that the list does not have yet; returns how many."""
    path = list_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+", encoding="ascii") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        known = {key_id for key_id, _at in _lines(stream)}
        new = [(key_id, at) for key_id, at in entries if key_id not in known]
        for key_id, at in new:
            stream.write(json.dumps({"key": str(key_id), "at": at.astimezone(dt.UTC).isoformat()}) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return len(new)


def read(path: Path) -> list[tuple[UUID, dt.datetime]]:
    """The erasures of a list, oldest first; a line that a crash cut short is left out."""
    with path.open(encoding="ascii") as stream:
        return list(_lines(stream))


def complete(limit: int) -> int:
    """Add erasures that the database knows and the list does not; returns how many (a sweeper)."""
    path = list_file()
    known = {key_id for key_id, _at in read(path)} if path.exists() else set()
    erased = PersonKey.objects.filter(erased_at__isnull=False).exclude(pk__in=known).order_by("erased_at")
    missing = [(key_id, at) for key_id, at in erased.values_list("pk", "erased_at")[:limit] if at is not None]
    return append(missing) if missing else 0


def _lines(stream: Iterable[str]) -> Iterator[tuple[UUID, dt.datetime]]:
    for line in stream:
        try:
            entry = json.loads(line)
            yield UUID(entry["key"]), dt.datetime.fromisoformat(entry["at"])
        except (ValueError, KeyError, TypeError):
            continue
