"""The folder of backups (BACKUP_DIR): `sets/<id>/`, `wal/<cluster>/`, `files/`, `erasures/`, and one lock.

A set counts once its manifest is there, which is written last and put in place by a rename. Knows nothing of Django.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from portal.durable import sync_folder
from portal.embedded.account import Account, reachable
from portal.embedded.locks import FileLock
from portal.operations.backup.faults import AlreadyRunning, BackupFault, told

MANIFEST: Final = "manifest.json"
SUM: Final = "manifest.sha256"
BASE: Final = "base.tar.gz"
BASE_WAL: Final = "pg_wal.tar.gz"
BASE_LIST: Final = "backup_manifest"
DUMP: Final = "portal.dump"
KEYS: Final = "keys.sealed"
FILES: Final = "files.txt.gz"
HEAD: Final = "head.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a set."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Of which server the base backup is, and the WAL that it needs."""

    identifier: str
    version: int
    timeline: int
    segment_size: int
    first_segment: str
    last_segment: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a good backup consists of."""

    id: str
    started_at: datetime
    finished_at: datetime
    embedded: bool
    recovery_key: str
    files: int
    cluster: Cluster | None
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts.values())

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=datetime.isoformat, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        data: dict[str, Any] = json.loads(text)
        data["parts"] = {name: Part(**part) for name, part in data["parts"].items()}
        data["cluster"] = None if data["cluster"] is None else Cluster(**data["cluster"])
        for name in ("started_at", "finished_at"):
            data[name] = datetime.fromisoformat(data[name])
        return cls(**data)


class Store:
    """The backups of one portal."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def sets(self) -> Path:
        return self.root / "sets"

    @property
    def wal(self) -> Path:
        return self.root / "wal"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def erasures(self) -> Path:
        return self.root / "erasures"

    def create(self, account: Account | None) -> None:
        """Make the folders; the portal's account writes WAL, files and erasures, and cannot read the sets."""
        with told(self.root):
            for folder in (*reversed(self.root.parents), self.root):
                if not folder.exists():
                    folder.mkdir()
                    folder.chmod(0o711)  # whatever the umask is, which is strict for the supervisor's children
            if account is not None and not reachable(self.root, account):
                raise BackupFault(
                    f"The servers' account cannot reach {self.root}: choose a BACKUP_DIR where it may enter."
                )
            self.sets.mkdir(mode=0o700, exist_ok=True)
            for folder in (self.wal, self.files, self.erasures):
                folder.mkdir(mode=0o700, exist_ok=True)
                give(folder, account)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One backup at a time."""
        lock = FileLock(self.root / "lock")
        with told(self.root):
            free = lock.acquire()
        if not free:
            raise AlreadyRunning(f"A backup into {self.root} is being made already (process {lock.holder()}).")
        try:
            yield
        finally:
            lock.release()

    def folder_of(self, backup_id: str) -> Path:
        return self.sets / backup_id

    def begin(self, backup_id: str) -> Path:
        """An empty draft; what interrupted backups left is removed. The caller holds the lock."""
        with told(self.root):
            for rest in self.sets.glob(".draft-*"):
                shutil.rmtree(rest)
            draft = self.sets / f".draft-{backup_id}"
            draft.mkdir(mode=0o700)
        return draft

    def finish(self, draft: Path, manifest: Manifest) -> None:
        """From here on it is a backup."""
        with told(self.root):
            text = manifest.to_json().encode()
            write(draft / SUM, (hashlib.sha256(text).hexdigest() + "\n").encode())
            write(draft / MANIFEST, text)
            sync_folder(draft)
            draft.rename(self.folder_of(manifest.id))
            sync_folder(self.sets)

    def ids(self) -> list[str]:
        """The good sets, the oldest first."""
        with told(self.root):
            if not self.sets.is_dir():
                return []
            return sorted(path.parent.name for path in self.sets.glob(f"[0-9]*/{MANIFEST}"))

    def manifest(self, backup_id: str) -> Manifest:
        """Raises BackupFault when there is none of this name, or when it was changed."""
        path = self.folder_of(backup_id) / MANIFEST
        if backup_id not in self.ids():
            raise BackupFault(f"There is no backup {backup_id} in {self.root}.")
        text = path.read_bytes()
        try:
            kept = (path.parent / SUM).read_text().strip()
        except OSError:
            kept = ""
        if hashlib.sha256(text).hexdigest() != kept:
            raise BackupFault(f"{path} is damaged: its sum is not the one in {SUM}.")
        return Manifest.from_json(text.decode())

    def manifests(self) -> list[Manifest]:
        """Those that can be read; a damaged one must not keep new backups from being made."""
        found = []
        for backup_id in self.ids():
            try:
                found.append(self.manifest(backup_id))
            except BackupFault:
                continue
        return found

    def check(self, manifest: Manifest, names: Iterable[str]) -> None:
        """Raises BackupFault that names the first part that is missing or changed."""
        for name in names:
            path, part = self.folder_of(manifest.id) / name, manifest.parts[name]
            if not path.is_file():
                raise BackupFault(f"The backup {manifest.id} is damaged: {name} is missing.")
            with told(path):
                if part_of(path) != part:
                    raise BackupFault(f"The backup {manifest.id} is damaged: {name} is not what was written.")


def part_of(path: Path) -> Part:
    return Part(sum_of(path), path.stat().st_size)


def sum_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file and bring it to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def give(path: Path, account: Account | None) -> None:
    """Hand a file or folder to the servers' account, when root made it."""
    if account is not None and os.geteuid() == 0:
        os.chown(path, account.uid, account.gid)


def give_like(path: Path, pattern: Path) -> None:
    """Hand it to whom another one belongs to."""
    if os.geteuid() == 0:
        status = pattern.stat()
        os.chown(path, status.st_uid, status.st_gid)
