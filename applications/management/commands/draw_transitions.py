"""`manage.py draw_transitions`: the table of a case's life as a page and a picture under docs/."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from applications.table_page import pages


class Command(BaseCommand):
    help = "Write docs/transitions.md and docs/images/case-transitions.svg from the table of transitions."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = [(name, text) for name, text in pages().items() if _stored(name) != text]
        for name, text in stale:
            if not options["check"]:
                (settings.BASE_DIR / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"{name}: {'out of date' if options['check'] else 'written'}")
        if stale and options["check"]:
            sys.exit(1)


def _stored(name: str) -> str | None:
    path = settings.BASE_DIR / name
    return path.read_text(encoding="utf-8") if path.exists() else None
