"""Take in uploads, give them to their owner, and remove bytes that nobody refers to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from portal.accounts.models import User
from portal.files import checking, limits, storage
from portal.files.errors import FileRefused
from portal.files.limits import limits_text
from portal.files.models import StoredFile

__all__ = ["ORPHAN_AGE", "assign", "check_count", "collect_orphans", "limits_text", "refer_from", "store"]

ORPHAN_AGE: Final = dt.timedelta(days=1)

#: Besides our own rows: who else keeps bytes here. Each gets hashes and returns those that it refers to.
References = Callable[[set[str]], set[str]]
_references: list[References] = []


@transaction.atomic
def store(*, upload: UploadedFile[bytes], owner_kind: str, owner_id: UUID, user: User, now: dt.datetime) -> StoredFile:
    """Check and keep an upload; the bytes are on disk before the row exists. Raises FileRefused."""
    checking.check_size(upload.size or 0)
    name = checking.clean_name(upload.name or "")
    upload.seek(0)
    content = upload.read()
    checking.check_size(len(content))
    content_type = checking.content_type_of(name, content)
    return StoredFile.objects.create(
        sha256=storage.put(content),
        size=len(content),
        content_type=content_type,
        name=name,
        owner_kind=owner_kind,
        owner_id=owner_id,
        uploaded_by=user,
        uploaded_at=now,
    )


def check_count(*, of_material: int, of_case: int, more: int = 1) -> None:
    """Refuse before storing what would be too many files of one material or of one case."""
    if of_material + more > limits.MAX_FILES_PER_MATERIAL:
        raise FileRefused(
            f"这项材料已有 {of_material} 个文件，最多 {limits.MAX_FILES_PER_MATERIAL} 个。请合并成一个 PDF 再传。",
            code="too_many_files",
        )
    if of_case + more > limits.MAX_FILES_PER_CASE:
        raise FileRefused(
            f"这个办件已有 {of_case} 个文件，最多 {limits.MAX_FILES_PER_CASE} 个。请合并后再传。",
            code="too_many_files",
        )


def assign(file: StoredFile, owner_kind: str, owner_id: UUID) -> None:
    """Give a file to another owner, whose policy decides from now on."""
    file.owner_kind = owner_kind
    file.owner_id = owner_id
    file.save(update_fields=["owner_kind", "owner_id"])


def refer_from(references: References) -> None:
    """Register another user of the content store, so that the collection keeps its bytes."""
    if references not in _references:
        _references.append(references)


def collect_orphans(limit: int) -> int:
    """Remove up to `limit` files on disk that are older than a day and that no row refers to; returns how many.

    A file's age is told by the disk and not by the business clock: bytes of an act that is not committed yet are young.
    """
    removed = 0
    for folder in storage.folders():
        removed += _collect(folder, limit - removed)
        if removed >= limit:
            break
    return removed


def _collect(folder: Path, limit: int) -> int:
    old = set(storage.older_than(folder, ORPHAN_AGE))
    kept = referenced({name for name in old if storage.is_hash(name)})
    return sum(storage.remove_old(folder / name, ORPHAN_AGE) for name in sorted(old - kept)[:limit])


def referenced(hashes: set[str]) -> set[str]:
    """Which of these contents somebody refers to."""
    kept = set(StoredFile.objects.filter(sha256__in=hashes).order_by().values_list("sha256", flat=True))
    for references in _references:
        kept |= references(hashes - kept)
    return kept
