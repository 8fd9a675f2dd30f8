"""`manage.py personas [--json]`: the demonstration accounts (contracts.md section 2)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demonstration.personas import listed


class Command(BaseCommand):
    help = "List the demonstration accounts; refused outside the demonstration."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one object per line")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("This is not the demonstration: it has no personas.")
        for row in listed():
            if options["json"]:
                self.stdout.write(json.dumps(row, ensure_ascii=False))
            else:
                self.stdout.write(
                    "\t".join(
                        [
                            row["username"],
                            row["password"],
                            row["name"],
                            "、".join(row["roles"]),
                            row["department"],
                            row["second_factor"] or "",
                        ]
                    )
                )
