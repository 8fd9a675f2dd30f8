"""The bytes of an unfinished upload: one file per upload, written at the place where the last piece ended."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from portal.files import limits
from portal.files.errors import told_when_full


def folder() -> Path:
    return Path(settings.FILES_DIR) / "uploads"


def path_of(upload_id: UUID) -> Path:
    return folder() / upload_id.hex


def write(upload_id: UUID, offset: int, content: bytes) -> None:
    """Put a piece at its place, durably; what a request that died left behind that place is cut off."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path_of(upload_id), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_size < offset:
            raise FileNotFoundError(f"the first {offset} bytes of an upload are gone")
        os.ftruncate(descriptor, offset)
        left = memoryview(content)
        with told_when_full():
            while left:
                written = os.pwrite(descriptor, left, offset)
                left, offset = left[written:], offset + written
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(upload_id: UUID) -> bytes:
    """The whole upload; raises FileNotFoundError."""
    return path_of(upload_id).read_bytes()


def remove(upload_id: UUID) -> None:
    path_of(upload_id).unlink(missing_ok=True)


def old() -> list[UUID]:
    """Uploads whose bytes nobody touched for the whole term."""
    if not folder().is_dir():
        return []
    until = time.time() - limits.UPLOAD_AGE.total_seconds()
    return [UUID(path.name) for path in folder().iterdir() if len(path.name) == 32 and path.stat().st_mtime < until]
