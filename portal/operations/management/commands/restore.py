"""`manage.py restore`: a backup into an empty DATA_DIR, to the last moment or another (docs/backup.md)."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock
from portal.embedded.layout import Layout
from portal.operations.backup import restoring
from portal.operations.backup.faults import BackupFault
from portal.operations.backup.recovery_key import RecoveryPrivate
from portal.operations.backup.store import Store
from portal.settings.environment import BASE_DIR

SHOWN = 5


class Command(BaseCommand):
    help = "Restore a backup into the empty folder DATA_DIR, replay the erasures, and check the result."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", metavar="FOLDER", help="the backups (default: BACKUP_DIR)")
        parser.add_argument("--recovery-key", required=True, metavar="FILE", help="file with the private recovery key")
        parser.add_argument("--to", metavar="MOMENT", help='"2026-11-25 12:00", in Shanghai (default: the last)')
        parser.add_argument("--backup", default="", metavar="ID", help="begin with it (default: the newest that fits)")
        parser.add_argument("--dump", action="store_true", help="from the dump instead of base backup and WAL")
        parser.add_argument(
            "--erasures", action="append", default=[], type=Path, metavar="FILE", help="one more list of erasures"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        environment, layout = settings.ENVIRONMENT, Layout.of(settings.DATA_DIR)
        store = Store(_source(options["source"], environment.backup_dir))
        moment = _moment(options["to"])
        restoring.refuse_unless_empty(layout)
        private = _private(Path(options["recovery_key"]))
        manifest = restoring.choose(store, backup_id=options["backup"], moment=moment, dump=options["dump"])
        done = restoring.restore(
            store=store,
            environment=environment,
            layout=layout,
            manifest=manifest,
            private=private,
            moment=moment,
            dump=options["dump"],
            erasure_lists=options["erasures"],
            say=self._say,
        )
        self._tell_files(done)
        if done.by_hand is not None:
            self._tell_outside(done)
            return
        self.stdout.flush()
        command = [sys.executable, str(BASE_DIR / "manage.py"), "after_restore"]
        code = subprocess.run(command, env=os.environ, check=False).returncode
        if code:
            sys.exit(code)
        self._say(f"restored {manifest.id} in {time.monotonic() - begun:.1f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _tell_files(self, done: restoring.Restored) -> None:
        self._say(f"{done.files} files")
        if done.missing:
            shown = ", ".join(done.missing[:SHOWN])
            self.stderr.write(f"{len(done.missing)} files of the backup are missing: {shown}")

    def _tell_outside(self, done: restoring.Restored) -> None:
        cluster = done.manifest.cluster
        assert cluster is not None
        self._say(
            f"The database of the outside server (PostgreSQL {cluster.version // 10000}) lies in {done.by_hand}, with "
            "its WAL beside it. Let that server's own programs of this version start it where it lies, wait until it "
            "takes writes, set DATABASE_URL and DATABASE_OWNER_URL, and run `manage.py after_restore`. Until then the "
            "portal does not start."
        )


def _source(named: str | None, configured: Path | None) -> Path:
    if named:
        found = Path(named).expanduser().absolute()
    elif configured is not None:
        found = configured
    else:
        raise BackupFault("Say where the backups are: --from FOLDER, or BACKUP_DIR.")
    if not (found / "sets").is_dir():
        raise BackupFault(f"There are no backups in {found}.")
    return found


def _moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f'--to wants a moment such as "2026-11-25 12:00", not “{text}”.') from None
    return found if found.tzinfo is not None else found.replace(tzinfo=clock.SHANGHAI)


def _private(path: Path) -> RecoveryPrivate:
    try:
        return RecoveryPrivate.parse(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise BackupFault(f"{path} holds no recovery key.") from None
    except OSError as error:
        raise BackupFault(f"The recovery key {path} cannot be read: {error.strerror}.") from None
