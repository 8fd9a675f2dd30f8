"""`manage.py backup`: make a backup now; `--new-recovery-key FILE` once before the first (docs/backup.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.embedded.layout import Layout
from portal.operations.backup import services, status
from portal.operations.backup.faults import BackupFault, told
from portal.operations.backup.store import DUMP
from portal.privacy import secret_files


class Command(BaseCommand):
    help = "Back up database, WAL, files, keys and the list of erasures into BACKUP_DIR (DATA_DIR/backups)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--new-recovery-key",
            nargs="?",
            const="-",
            metavar="FILE",
            help="make the pair of recovery keys; the private half is written to FILE, or printed, and nowhere else",
        )
        parser.add_argument("--replace", action="store_true", help="with --new-recovery-key: although there is one")
        parser.add_argument("--dump", action="store_true", help="also a dump, though the weekly one is not due")
        parser.add_argument("--list", action="store_true", help="list the good backups and make none")

    def handle(self, *args: Any, **options: Any) -> None:
        layout = Layout.of(settings.DATA_DIR)
        if options["new_recovery_key"] is not None:
            self._new_key(layout, options["new_recovery_key"], options["replace"])
        elif options["list"]:
            self._list()
        else:
            self._back_up(layout, options["dump"])

    def _new_key(self, layout: Layout, target: str, replace: bool) -> None:
        if target != "-" and Path(target).exists():
            raise BackupFault(f"{target} is there already; name a new file for the private recovery key.")
        private = services.new_recovery_key(layout=layout, replace=replace)
        if target == "-":
            self.stdout.write(private.line)
        else:
            with told(Path(target)):
                secret_files.make(Path(target).absolute(), (private.line + "\n").encode())
        self.stderr.write(
            f"Recovery key {private.public.fingerprint}. Keep its private half away from this machine, in two places: "
            "without it no backup can be opened, and nobody can make it again."
        )

    def _list(self) -> None:
        store = services.store_of(settings.ENVIRONMENT, Layout.of(settings.DATA_DIR))
        for backup_id in store.ids():
            try:
                manifest = store.manifest(backup_id)
            except BackupFault as fault:
                self.stdout.write(f"{backup_id}  DAMAGED: {fault}")
                continue
            kinds = [*(["base"] if manifest.cluster else []), *(["dump"] if DUMP in manifest.parts else [])]
            self.stdout.write(
                f"{backup_id}  {'+'.join(kinds):10} {manifest.size / 2**20:8.1f} MiB  {manifest.files} files  "
                f"key {manifest.recovery_key}"
            )

    def _back_up(self, layout: Layout, dump: bool) -> None:
        status.wanted(layout).unlink(missing_ok=True)
        made = services.make_backup(
            environment=settings.ENVIRONMENT, layout=layout, dump=dump, say=lambda line: self.stdout.write(line)
        )
        manifest = made.manifest
        seconds = (manifest.finished_at - manifest.started_at).total_seconds()
        for name in made.damaged:
            self.stderr.write(f"The portal's own file {name} is damaged: its content is not what its name says.")
        self.stdout.write(
            f"backup {manifest.id}: {manifest.size / 2**20:.1f} MiB and {made.copied} new files in {seconds:.1f} s"
        )
        if manifest.cluster is None:
            self.stdout.write("a dump only: without DATABASE_REPLICATION_URL no other moment can be restored")
