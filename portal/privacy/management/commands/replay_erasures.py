"""`manage.py replay_erasures FILE`: after a restore, erase again whom the older backup brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.privacy import erasures, services


class Command(BaseCommand):
    help = "Replay a list of erasures (DATA_DIR/erasures/erasures.jsonl of the portal that was lost)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the list of erasures")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        entries = erasures.read(path)
        now, already, unknown = services.replay(entries)
        erasures.append(entries)
        self.stdout.write(f"erased now: {now}; erased already: {already}; not in this database: {unknown}")
