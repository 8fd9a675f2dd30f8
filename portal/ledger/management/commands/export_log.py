"""Write the whole ledger into one file for outsiders."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.ledger.exporting import export_lines


class Command(BaseCommand):
    help = (
        "Write every event, leaf and kept head into FILE, which verify_log.py checks without this portal. "
        "It holds what the ledger holds: no personal data, but who acted when by opaque ids; mode 0600."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        partial = path.with_name(path.name + ".part")
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise CommandError(f"{partial} cannot be written: {error.strerror}") from None
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            count = 0
            for line in export_lines():
                stream.write(line)
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        self.stdout.write(f"{count} lines in {path.name}")
