"""What can go wrong with a backup, each as one sentence for the person at the terminal."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from portal.embedded.failures import SetupFailure

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}


class BackupFault(SetupFailure):
    """The message is the whole sentence; the command prints it and exits with status 1."""


class AlreadyRunning(BackupFault):
    """Another process makes a backup: no failure of the backups."""


def no_room(folder: Path) -> BackupFault:
    return BackupFault(f"There is no room left in {folder}; what was written so far does not count as a backup.")


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn a refusal of the operating system into a sentence that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise no_room(folder) from None
        raise BackupFault(f"{error.filename or folder} cannot be used: {error.strerror}.") from None
