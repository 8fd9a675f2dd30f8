"""Files of persons: given out as copies, and removed with the last row that refers to their bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from django.db import transaction

from portal.files import pieces, services, storage
from portal.files.models import StoredFile, Upload
from portal.privacy.rights import Data, Room, register

NOW: Final = dt.timedelta(0)


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
    forget_contents({file.original_sha256 for file in gone}, storage.QUARANTINE)


def forget_contents(hashes: set[str], area: str = storage.CLEAN) -> None:
    """Remove bytes, and pictures of their pages, after the commit, except those that somebody still refers to."""
    transaction.on_commit(lambda: _remove({sha256 for sha256 in hashes if storage.is_hash(sha256)}, area))


def _remove(hashes: set[str], area: str) -> None:
    for sha256 in sorted(hashes - services.referenced(hashes, area)):
        storage.remove_old(storage.path_of(sha256, area), NOW)
        if area == storage.CLEAN:
            for picture in (storage.root(storage.PAGES) / sha256[:2]).glob(f"{sha256}-*"):
                storage.remove_old(picture, NOW)


def _export(key_id: UUID) -> Data:
    begun = Upload.objects.filter(user__person__key=key_id, file=None).order_by("begun_at")
    return {"没有传完的文件": list(begun.values_list("name", flat=True))}


def _erase(key_id: UUID) -> None:
    gone = list(Upload.objects.filter(user__person__key=key_id).values_list("pk", flat=True))
    Upload.objects.filter(pk__in=gone).delete()

    def remove() -> None:
        for upload_id in gone:
            pieces.remove(upload_id)

    transaction.on_commit(remove)


def register_all() -> None:
    """Called from AppConfig.ready(). Files that were handed in belong to the rooms that own them."""
    register(Room("files", "没有传完的文件", _export, _erase))
