"""Locks between processes: flock on files under `run/`, released by the kernel when a process dies."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """One flock; the file stays, its content is the holder's pid."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take or convert the lock; False when another process holds it and `wait` is not set."""
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, mode | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        if not shared:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
        return True

    def holder(self) -> str:
        """The pid that the last exclusive holder wrote."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
