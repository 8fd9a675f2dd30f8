"""Files with keys: readable by their owner alone, and whole or not there whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from portal.durable import sync_folder


def make(path: Path, content: bytes) -> bool:
    """Make a file that does not exist yet; False when another process was first, whose keys are never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_folder(path.parent)
    return True


def replace(path: Path, content: bytes) -> None:
    """Put another content in the place of a file's; a crash leaves the old one."""
    _draft(path, content).replace(path)
    sync_folder(path.parent)


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}.{uuid4().hex[:8]}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return draft
