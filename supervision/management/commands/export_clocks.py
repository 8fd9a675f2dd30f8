"""`manage.py export_clocks`: every stored clock as a line that `manage.py deadline` can recount (contracts.md 6)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from portal import clock
from supervision.queries import clock_lines


class Command(BaseCommand):
    help = "Write every stored clock with its events, one JSON object per line."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if connection.vendor == "postgresql" and not connection.savepoint_ids:
                with connection.cursor() as cursor:
                    # One picture of all cases, however long the writing takes.
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for line in clock_lines(clock.now()):
                self.stdout.write(json.dumps(line, ensure_ascii=False))
