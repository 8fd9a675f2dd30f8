"""`manage.py verify`: the whole check of what is stored, a sentence for each finding; status 1 when there is any."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.operations.verification import verify
from portal.web.checks import Scope


class Command(BaseCommand):
    help = "Check cases, paths, numbers, ledger, outbox, signals, documents and files; finds, never mends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--settled", action="store_true", help="nothing acts any more: nothing may wait or be due")
        parser.add_argument("--quick", action="store_true", help="read a sixteenth of the files' bytes, as every night")

    def handle(self, *args: Any, **options: Any) -> None:
        run = verify(Scope(settled=options["settled"], thorough=not options["quick"]))
        for finding in run.findings:
            self.stdout.write(f"{finding['label']}：{finding['text']}")
        if run.is_clean:
            self.stdout.write(f"做了 {len(run.checks)} 项检查，没有发现问题。")
            return
        self.stderr.write(f"做了 {len(run.checks)} 项检查，发现 {run.finding_count} 个问题。")
        sys.exit(1)
