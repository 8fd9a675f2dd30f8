"""The supervisor's part in backups: it runs `manage.py backup` when the nightly job asks, and receives outside WAL.

Both with the supervisor's own rights: web and worker can read neither the keys of signatures nor the owner's password.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping

from portal.embedded.layout import Layout
from portal.embedded.process import spawn, stop
from portal.embedded.programs import programs
from portal.operations.backup import status, wal
from portal.operations.backup.server import Address
from portal.settings.environment import BASE_DIR, Environment

Start = Callable[[], "subprocess.Popen[bytes]"]


class Attendant:
    """One for the life of the supervisor; called from its main thread."""

    def __init__(self, layout: Layout, environment: Environment) -> None:
        self._layout = layout
        self._environment = environment
        self._backup: subprocess.Popen[bytes] | None = None
        self._receives = False

    def look(self) -> None:
        """Start a backup that was asked for; one at a time."""
        if self._backup is not None and self._backup.poll() is not None:
            code, self._backup = self._backup.returncode, None
            if code:
                print(f"the backup failed: see {self._layout.logs / 'backup.log'}", file=sys.stderr, flush=True)
        note = status.wanted(self._layout)
        if self._backup is None and note.exists():
            note.unlink(missing_ok=True)
            with (self._layout.logs / "backup.log").open("ab") as log:
                command = [sys.executable, str(BASE_DIR / "manage.py"), "backup"]
                self._backup = spawn(command, log=log, environ=self._environ(), cwd=BASE_DIR)

    def receiver(self) -> Start | None:
        """How to start the receiver of an outside server's WAL, once the first backup has reserved it."""
        archive = self._archive()
        if archive is None or self._receives:
            return None
        self._receives = True
        address = Address.of(self._environment.database_replication_url)
        command = wal.receiver(programs().pg("pg_receivewal"), archive, address.url)

        def start() -> subprocess.Popen[bytes]:
            with (self._layout.logs / "wal.log").open("ab") as log:
                return spawn(command, log=log, environ=address.environ)

        return start

    def stop(self) -> None:
        """A backup that is interrupted does not count."""
        if self._backup is not None:
            stop(self._backup, signal.SIGTERM, 5)
            self._backup = None

    def _archive(self) -> str | None:
        if not self._environment.database_url or not self._environment.database_replication_url:
            return None
        root = self._environment.backup_dir or self._layout.backups
        marks = sorted(root.glob(f"wal/*/{wal.RECEIVING}"), key=lambda path: path.stat().st_mtime)
        return str(marks[-1].parent) if marks else None

    def _environ(self) -> Mapping[str, str]:
        return {**os.environ, "DATA_DIR": str(self._environment.data_dir)}
