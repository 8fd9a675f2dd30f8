"""The key file: master keys and index key, mode 0600 under DATA_DIR/keys, apart from the database and its backup.

Where a key service is configured (portal.privacy.key_service), the file holds the keys only as the service wrapped
them: the file alone opens nothing.
"""

import base64
import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.privacy import secret_files
from portal.privacy.key_service import KeyService, configured_service

_FILE_NAME: Final = "privacy.json"
_INDEX: Final = "index"
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """All master keys by id, of which `current` encrypts, and the key of the blind indexes."""

    current: UUID
    masters: Mapping[UUID, bytes]
    index: bytes

    @property
    def old(self) -> frozenset[UUID]:
        """The masters that still open values and encrypt none."""
        return frozenset(self.masters) - {self.current}


def key_file() -> Path:
    return Path(settings.DATA_DIR) / "keys" / _FILE_NAME


def ensure_keys() -> Path:
    """Create the key file on first start; an existing one keeps its keys. Returns its path.

    A file from before the key service is wrapped by it now.
    """
    path = key_file()
    with _lock:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path)
    key_ring.cache_clear()
    if configured_service() is not None and not _read(path).get("wrapped"):
        with changing():
            _replace(path, key_ring())
    return path


class _Ring:
    """The keys in use, read again when the file was changed: a rotation reaches every process at its next value."""

    def __init__(self) -> None:
        self._seen: tuple[str, int, int] | None = None
        self._ring: KeyRing | None = None
        self._folder: object = None
        self._path = ""

    def __call__(self) -> KeyRing:
        """Raises ImproperlyConfigured when the file is missing or open to others."""
        if settings.DATA_DIR is not self._folder:
            self._folder, self._path = settings.DATA_DIR, str(key_file())
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            if not getattr(settings, "TESTING", False):
                raise ImproperlyConfigured(
                    f"the key file {self._path} is missing; set-up creates it on first start"
                ) from None
            path = key_file()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path)
            status = path.stat()
        seen = (self._path, status.st_ino, status.st_mtime_ns)
        ring = self._ring
        if ring is None or seen != self._seen:
            if status.st_mode & 0o077:
                raise ImproperlyConfigured(f"the key file {self._path} must have mode 0600")
            ring = _opened(_read(key_file()))
            self._ring, self._seen = ring, seen
        return ring

    def cache_clear(self) -> None:
        self._ring = self._seen = None


key_ring: Final = _Ring()


@contextmanager
def changing() -> Iterator[None]:
    """One process at a time changes the key file."""
    descriptor = os.open(key_file().parent / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def add_master() -> UUID:
    """Make a new master key that encrypts from now on; the old ones stay readable. Returns its id."""
    with changing():
        ring, key_id = key_ring(), uuid4()
        masters = {**ring.masters, key_id: os.urandom(32)}
        _replace(key_file(), replace(ring, current=key_id, masters=masters))
        return key_id


def drop_masters(key_ids: frozenset[UUID]) -> None:
    """Forget old master keys, under which nothing stands any more; the current one is never dropped."""
    with changing():
        ring = key_ring()
        masters = {key_id: key for key_id, key in ring.masters.items() if key_id not in key_ids & ring.old}
        _replace(key_file(), replace(ring, masters=masters))


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text("ascii"))
    return data


def _opened(data: Mapping[str, Any]) -> KeyRing:
    service: KeyService | None = None
    if data.get("wrapped"):
        service = configured_service()
        if service is None:
            raise ImproperlyConfigured("the key file is wrapped by a key service: set KEY_SERVICE_URL")

    def opened(text: str, name: str) -> bytes:
        value = base64.b64decode(text)
        return value if service is None else service.unwrap(value, name)

    return KeyRing(
        current=UUID(data["current"]),
        masters={UUID(key_id): opened(text, key_id) for key_id, text in data["masters"].items()},
        index=opened(data["index"], _INDEX),
    )


def _closed(ring: KeyRing) -> dict[str, Any]:
    service = configured_service()

    def closed(value: bytes, name: str) -> str:
        return base64.b64encode(value if service is None else service.wrap(value, name)).decode()

    return {
        "wrapped": service is not None,
        "current": str(ring.current),
        "masters": {str(key_id): closed(key, str(key_id)) for key_id, key in ring.masters.items()},
        "index": closed(ring.index, _INDEX),
    }


def _closed_text(ring: KeyRing) -> bytes:
    return json.dumps(_closed(ring)).encode()


def _create(path: Path) -> None:
    key_id = uuid4()
    secret_files.make(path, _closed_text(KeyRing(key_id, {key_id: os.urandom(32)}, os.urandom(32))))


def _replace(path: Path, ring: KeyRing) -> None:
    secret_files.replace(path, _closed_text(ring))
    key_ring.cache_clear()
