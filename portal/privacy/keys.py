"""The key file: master key and index key, mode 0600 under DATA_DIR/keys, apart from the database and its backup."""

import base64
import json
import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_FILE_NAME = "privacy.json"
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """All master keys by id, of which `current` encrypts, and the key of the blind indexes."""

    current: UUID
    masters: dict[UUID, bytes]
    index: bytes


def key_file() -> Path:
    return Path(settings.DATA_DIR) / "keys" / _FILE_NAME


def ensure_keys() -> Path:
    """Create the key file on first start; an existing one is left as it is. Returns its path."""
    path = key_file()
    with _lock:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path)
    key_ring.cache_clear()
    return path


@lru_cache(maxsize=1)
def key_ring() -> KeyRing:
    """The keys in use; raises ImproperlyConfigured when the file is missing or open to others."""
    path = key_file()
    if not path.exists():
        if not getattr(settings, "TESTING", False):
            raise ImproperlyConfigured(f"the key file {path} is missing; set-up creates it on first start")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path)
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"the key file {path} must have mode 0600")
    data = json.loads(path.read_text("ascii"))
    return KeyRing(
        current=UUID(data["current"]),
        masters={UUID(key_id): base64.b64decode(key) for key_id, key in data["masters"].items()},
        index=base64.b64decode(data["index"]),
    )


def _create(path: Path) -> None:
    key_id = str(uuid4())
    data = {
        "current": key_id,
        "masters": {key_id: base64.b64encode(os.urandom(32)).decode()},
        "index": base64.b64encode(os.urandom(32)).decode(),
    }
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(data, stream)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(temporary, path)  # fails when another process was first, and never overwrites its keys
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
