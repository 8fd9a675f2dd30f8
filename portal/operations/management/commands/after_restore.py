"""`manage.py after_restore`: what has to be done before a restored portal opens; `restore` runs it by itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from portal.embedded.addresses import OWNER, embedded_database_url, is_embedded
from portal.embedded.layout import Layout
from portal.files import storage
from portal.files.models import StoredFile
from portal.ledger.checking import KeptHeads, verify
from portal.operations.backup.store import HEAD
from portal.operations.preparation import as_owner, refuse_unknown_migrations
from portal.privacy import erasures
from portal.privacy import services as privacy

SHOWN = 5


class Command(BaseCommand):
    help = "Bring a restored database to this version, replay the erasures, check ledger, cases and files."

    def handle(self, *args: Any, **options: Any) -> None:
        layout = Layout.of(settings.DATA_DIR)
        if not layout.restoring.is_dir():
            raise CommandError(f"Nothing in {layout.data_dir} waits for this: only a restore does.")
        _as_owner_of(layout)
        with as_owner():
            refuse_unknown_migrations()
            call_command("migrate", interactive=False, verbosity=0)
        self._replay(layout.restoring / "erasures")
        faults = [*self._ledger(layout.restoring / HEAD), *self._called()]
        self._files()
        if faults:
            raise CommandError(
                f"The restored portal is not opened: {', '.join(faults)}. Read what stands above; to open it all the "
                f"same, remove the folder {layout.restoring}."
            )
        shutil.rmtree(layout.restoring)
        self.stdout.write("the portal may be started")

    def _replay(self, lists: Path) -> None:
        entries = [entry for path in sorted(lists.glob("*.jsonl")) for entry in erasures.read(path)]
        now, already, unknown = privacy.replay(entries)
        erasures.append(entries)
        self.stdout.write(f"erased now: {now}; erased already: {already}; not in this database: {unknown}")

    def _ledger(self, head: Path) -> Iterator[str]:
        """The ledger by itself, and with the head of the time of the backup."""
        kept = KeptHeads.read(head) if head.is_file() and head.stat().st_size else None
        report = verify(kept)
        self.stdout.write(f"ledger: {report.events} events, {report.leaves} leaves, {len(report.faults)} faults")
        for fault in report.faults:
            self.stdout.write(f"{fault.code}: {fault.message}")
        if not report.is_clean:
            yield "the ledger has faults"

    def _called(self) -> Iterator[str]:
        """`verify` where this version has it, which says the same as `check_cases` and more."""
        for name in ("check_cases", "verify"):
            if name not in get_commands():
                continue
            try:
                call_command(name, stdout=self.stdout, stderr=self.stderr)
            except SystemExit as end:
                if end.code:
                    yield f"{name} finds faults"
            except CommandError as error:
                self.stdout.write(str(error))
                yield f"{name} finds faults"

    def _files(self) -> None:
        """Uploads of the last minute may be lost, though their rows are there: nothing that keeps a portal shut."""
        for area, column in ((storage.CLEAN, "sha256"), (storage.QUARANTINE, "original_sha256")):
            rows = StoredFile.objects.exclude(**{column: ""}).order_by().values_list(column, flat=True)
            lost = [name for name in rows.iterator() if not storage.path_of(name, area).is_file()]
            if lost:
                self.stderr.write(f"{len(lost)} files of {area} are lost: {', '.join(lost[:SHOWN])}")


def _as_owner_of(layout: Layout) -> None:
    if not is_embedded(layout, settings.ENVIRONMENT.database_url):
        return
    secrets = layout.secrets()
    if secrets is not None and secrets.owner:
        os.environ["DATABASE_OWNER_URL"] = embedded_database_url(layout, OWNER, secrets.owner)
