"""An upload arrives: into quarantine, a row, a job that checks it, and for small files the check at once."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from portal import crashpoints
from portal.accounts.models import User
from portal.files import limits, names, storage
from portal.files.checker import CheckerAway
from portal.files.errors import FileRefused
from portal.files.models import StoredFile
from portal.files.services.checking import CHECK_JOB, check_file
from portal.files.services.quotas import check_quota
from portal.outbox.services import enqueue

#: Whoever brings a small file waits for the answer; the outbox looks after it when that request died.
_LATER: Final = dt.timedelta(minutes=1)


def store(*, upload: UploadedFile[bytes], owner_kind: str, owner_id: UUID, user: User, now: dt.datetime) -> StoredFile:
    """Receive an upload and check it at once where that is quick. Raises FileRefused; the refused one is kept apart.

    The file that is returned is clean, or still to be checked by the outbox.
    """
    file = receive(upload=upload, owner_kind=owner_kind, owner_id=owner_id, user=user, now=now)
    return checked_at_once(file)


def checked_at_once(file: StoredFile) -> StoredFile:
    """The check of a file that was received now, where it is quick. Raises FileRefused."""
    if file.original_size > limits.CHECKED_AT_ONCE:
        return file
    try:
        file = check_file(file_id=file.pk, wait=limits.WAIT_FOR_CHECK)
    except CheckerAway:
        return file
    if file.is_refused:
        raise FileRefused(file.refusal, code=file.refusal_code)
    return file


@transaction.atomic
def receive(
    *, upload: UploadedFile[bytes], owner_kind: str, owner_id: UUID, user: User, now: dt.datetime
) -> StoredFile:
    """Keep the original in quarantine; the bytes are on disk before the row exists. Raises FileRefused."""
    names.check_size(upload.size or 0)
    names.extension_of(names.clean_name(upload.name or ""))
    check_quota(user, upload.size or 0, now)
    upload.seek(0)
    content = upload.read()
    return received(
        content=content, name=upload.name or "", owner_kind=owner_kind, owner_id=owner_id, user=user, now=now
    )


def received(
    *, content: bytes, name: str, owner_kind: str, owner_id: UUID, user: User, now: dt.datetime
) -> StoredFile:
    """The row of an original and the job that checks it, inside the caller's transaction. Raises FileRefused."""
    names.check_size(len(content))
    name = names.clean_name(name)
    extension = names.extension_of(name)
    original = storage.put(content, storage.QUARANTINE)
    crashpoints.reach("file.before_row")
    file = StoredFile.objects.create(
        original_sha256=original,
        original_size=len(content),
        size=len(content),
        content_type=limits.TYPES[extension],
        name=name,
        owner_kind=owner_kind,
        owner_id=owner_id,
        uploaded_by=user,
        uploaded_at=now,
    )
    due = now + _LATER if len(content) <= limits.CHECKED_AT_ONCE else None
    enqueue(kind=CHECK_JOB, payload={"file": str(file.pk)}, key=str(file.pk), due_at=due)
    crashpoints.around_commit("upload")
    return file


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
    if (file.owner_kind, file.owner_id) == (owner_kind, owner_id):
        return  # a check that runs meanwhile holds the row: do not wait for it
    file.owner_kind = owner_kind
    file.owner_id = owner_id
    file.save(update_fields=["owner_kind", "owner_id"])
