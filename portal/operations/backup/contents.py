"""Files of the portal in the backup: each content once, named by its SHA-256, copied within a minute of its upload.

The folder of a backup tells by its own time of change how far it has come, so that a quiet folder costs one look.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from portal.operations.backup.faults import BackupFault, told
from portal.operations.backup.store import Store, give_like

AREAS: Final = ("clean", "quarantine")
#: Changes within the same tick of the disk's clock look alike; a folder that was just changed is looked at again.
_SETTLED: Final = 2.0
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_BLOCK: Final = 1 << 20


@dataclass(slots=True)
class Followed:
    """What a round of copying did; `damaged` names files whose content is not what their name says."""

    copied: int = 0
    size: int = 0
    damaged: list[str] = field(default_factory=list)


def follow(files: Path, store: Store, limit: int | None = None) -> Followed:
    """Copy what the backup does not have yet, at most `limit` files; safe in several processes at once."""
    done = Followed()
    with told(store.files):
        for area in AREAS:
            for source in _folders(files / area):
                changed = source.stat().st_mtime_ns
                target = store.files / area / source.name
                if not target.is_dir():
                    _make(target, store.files)
                elif target.stat().st_mtime_ns == changed:
                    continue
                if not _follow_folder(source, target, done, limit):
                    return done
                if time.time_ns() - changed > _SETTLED * 1e9:
                    os.utime(target, ns=(changed, changed))
    return done


def missing_bytes(files: Path, store: Store) -> int:
    """How much there is to copy."""
    found = 0
    for area in AREAS:
        for source in _folders(files / area):
            there = set(_names(store.files / area / source.name))
            for name in _names(source):
                if name not in there:
                    found += _size(source / name)
    return found


def write_list(files: Path, target: Path) -> int:
    """The names of all files of the portal, as the manifest's part; returns how many."""
    count = 0
    with gzip.open(target, "wt", encoding="ascii", compresslevel=1) as stream:
        for area in AREAS:
            for folder in _folders(files / area):
                for name in sorted(_names(folder)):
                    stream.write(f"{area}/{name}\n")
                    count += 1
    return count


def read_list(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="ascii") as stream:
        return stream.read().split()


def restore(store: Store, files: Path, listed: list[str]) -> tuple[int, list[str]]:
    """Copy every file of the backup into a new store, each checked by its name; returns how many, and what is missing.

    Also those that came after the list: the database may be newer than its base backup. What nobody refers to is
    collected by the portal later. Raises BackupFault that names a damaged file which the list has.
    """
    wanted, copied = set(listed), Followed()
    with told(files):
        for area in AREAS:
            for source in _folders(store.files / area):
                target = files / area / source.name
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
                _follow_folder(source, target, copied, None)
    if damaged := sorted(name for name in copied.damaged if name in wanted):
        raise BackupFault(f"The file {damaged[0]} in {store.files} is damaged: its content is not what its name says.")
    there = {f"{area}/{name}" for area in AREAS for folder in _folders(files / area) for name in _names(folder)}
    return copied.copied, sorted(wanted - there)


def prune(store: Store, files: Path, listed: set[str], before: datetime) -> int:
    """Remove what the portal does not have any more, no kept backup lists, and was copied before the oldest of them."""
    removed = 0
    for area in AREAS:
        for folder in _folders(store.files / area):
            live = set(_names(files / area / folder.name))
            for name in list(_names(folder)):
                path = folder / name
                if name in live or f"{area}/{name}" in listed or path.stat().st_ctime > before.timestamp():
                    continue
                path.unlink()
                removed += 1
    return removed


def _follow_folder(source: Path, target: Path, done: Followed, limit: int | None) -> bool:
    """False when the limit was reached before the end."""
    there = set(_names(target))
    for name in _names(source):
        if name in there:
            continue
        if limit is not None and done.copied >= limit:
            return False
        try:
            _copy(source / name, target / name, done)
        except FileNotFoundError:  # the portal has removed it meanwhile
            continue
    return True


def _copy(source: Path, target: Path, done: Followed) -> None:
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    digest = hashlib.sha256()
    with source.open("rb") as incoming:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as outgoing:
                while block := incoming.read(_BLOCK):
                    digest.update(block)
                    outgoing.write(block)
                outgoing.flush()
                os.fsync(outgoing.fileno())
            if digest.hexdigest() != source.name:
                done.damaged.append(f"{source.parent.parent.name}/{source.name}")
                draft.unlink()
                return
            give_like(draft, target.parent)
            size = draft.stat().st_size
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    done.copied += 1
    done.size += size


def _make(folder: Path, pattern: Path) -> None:
    for path in (folder.parent, folder):
        if not path.is_dir():
            path.mkdir(mode=0o700, exist_ok=True)
            give_like(path, pattern)


def _folders(area: Path) -> list[Path]:
    if not area.is_dir():
        return []
    return sorted(path for path in area.iterdir() if len(path.name) == 2 and path.is_dir())


def _names(folder: Path) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _HASH.fullmatch(entry.name):
                    yield entry.name
    except FileNotFoundError:
        return


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
