"""`manage.py find_items`: the public search from a shell; one question per line in, one JSON line out."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from catalog.search import find_items
from portal import clock


class Command(BaseCommand):
    help = "Read questions from standard input, one a line, and print the items that answer each (at most ten)."

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.today()
        for line in sys.stdin.buffer:
            try:
                question = line.decode("utf-8").strip("\r\n")
            except UnicodeDecodeError:
                self._write({"error": "not UTF-8"})
                self.failed = True
                continue
            if not question.strip():
                continue
            results = find_items(question, on=today, limit=10)
            self._write(
                {
                    "query": question,
                    "items": [{"number": hit.edition.item.number, "name": hit.edition.name} for hit in results.hits],
                }
            )
        if getattr(self, "failed", False):
            sys.exit(1)

    def _write(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
