"""Bytes on disk under the hash of their content, outside the web root: `files/clean/ab/<sha256>`.

`quarantine` keeps what was uploaded, `clean` what is served; `uploads` holds pieces and `pages` pictures of pages,
by other names.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from portal.durable import sync_folder
from portal.files.errors import told_when_full

CLEAN: Final = "clean"
QUARANTINE: Final = "quarantine"
PAGES: Final = "pages"


def root(area: str = CLEAN) -> Path:
    return Path(settings.FILES_DIR) / area


def is_hash(name: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", name) is not None


def path_of(sha256: str, area: str = CLEAN) -> Path:
    """Where the bytes of this hash lie."""
    if not is_hash(sha256):
        raise ValueError("not a SHA-256 in lower-case hex")
    return root(area) / sha256[:2] / sha256


def put(content: bytes, area: str = CLEAN) -> str:
    """Write bytes durably and return their hash; the same bytes are kept once.

    Written under another name, synced and renamed, so that a name never stands for half a file. The age of a file
    that is there already is renewed, which keeps the collection of orphans away until its row is committed.
    """
    digest = hashlib.sha256(content).hexdigest()
    write(path_of(digest, area), content, area)
    return digest


def write(target: Path, content: bytes, area: str) -> None:
    """Write a whole file below an area under its name, unless it is there."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(fcntl.LOCK_SH, area):
        if target.exists():
            os.utime(target)
            return
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with told_when_full(), os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)


def get(sha256: str, area: str = CLEAN) -> bytes:
    """The bytes; raises FileNotFoundError."""
    return path_of(sha256, area).read_bytes()


def folders(area: str = CLEAN) -> list[Path]:
    """The folders that hold files, in order."""
    here = root(area)
    return sorted(path for path in here.iterdir() if path.is_dir()) if here.is_dir() else []


def older_than(folder: Path, age: dt.timedelta) -> Iterator[str]:
    """The names of the files that nobody touched for this long."""
    for path in folder.iterdir():
        if path.is_file() and _is_old(path, age):
            yield path.name


def remove_old(path: Path, age: dt.timedelta) -> bool:
    """Remove a file unless somebody stored the same bytes again meanwhile."""
    if not path.exists():  # an area that holds nothing yet has no lock either
        return False
    with _locked(fcntl.LOCK_EX, path.parent.parent.name):
        if not path.exists() or not _is_old(path, age):
            return False
        path.unlink()
        return True


def _is_old(path: Path, age: dt.timedelta) -> bool:
    try:
        return path.stat().st_mtime < time.time() - age.total_seconds()
    except FileNotFoundError:
        return False


@contextmanager
def _locked(mode: int, area: str) -> Iterator[None]:
    descriptor = os.open(root(area) / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, mode)
        yield
    finally:
        os.close(descriptor)
