"""`manage.py export_calendar`: the calendar table as a file for `manage.py deadline --calendar`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.workdays.queries import export_calendar


class Command(BaseCommand):
    help = "Write the calendar table in the form that `deadline --calendar` reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, help="a file; standard output when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        text = export_calendar()
        if options["output"]:
            options["output"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
