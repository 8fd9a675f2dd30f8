"""`manage.py deadline`: the legal clock over JSON lines."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.workdays import deadline


class Command(BaseCommand):
    help = deadline.HELP
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        deadline.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        status = deadline.run(options["file"], options["calendar"])
        if status:
            sys.exit(status)
