"""Files of persons: given out as copies, and removed with the last row that refers to their bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import transaction

from portal.files import services, storage
from portal.files.models import StoredFile


def copies(*, owner_kind: str, owner_id: UUID) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file of an owner; what is not on disk is left out."""
    for file in StoredFile.objects.filter(owner_kind=owner_kind, owner_id=owner_id).order_by("uploaded_at", "pk"):
        try:
            yield file.name, storage.get(file.sha256)
        except (FileNotFoundError, ValueError):
            continue


def forget(files: Iterable[StoredFile]) -> None:
    """Remove rows that nobody refers to any more, and after the commit bytes that no other row shares."""
    gone = list(files)
    StoredFile.objects.filter(pk__in=[file.pk for file in gone]).delete()
    forget_contents({file.sha256 for file in gone})


def forget_contents(hashes: set[str]) -> None:
    """Remove bytes after the commit, except those that somebody still refers to."""
    transaction.on_commit(lambda: _remove({sha256 for sha256 in hashes if storage.is_hash(sha256)}))


def _remove(hashes: set[str]) -> None:
    for sha256 in sorted(hashes - services.referenced(hashes)):
        storage.remove_old(storage.path_of(sha256), dt.timedelta(0))
