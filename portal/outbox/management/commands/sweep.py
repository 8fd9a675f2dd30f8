"""Do what time drives, without Redis and Celery."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from portal.outbox import sweepers


class Command(BaseCommand):
    help = "Run every sweeper (due deadlines, follow-up jobs) once, or again and again with --loop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or SIGINT")
        parser.add_argument("--interval", type=float, default=10.0, help="seconds between two rounds (default 10)")
        parser.add_argument("--limit", type=int, default=200, help="rows per batch (default 200)")
        parser.add_argument("--only", action="append", default=[], help="name of a sweeper; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["only"] or sweepers.names()
        if unknown := sorted(set(wanted) - set(sweepers.names())):
            raise CommandError(f"no sweeper {unknown[0]}; there are: {', '.join(sweepers.names())}")
        stop = threading.Event()
        if options["loop"]:
            _stop_on_signals(stop)
        while True:
            failed = self._round(wanted, options["limit"], stop)
            if not options["loop"]:
                if failed:
                    raise CommandError("failed: " + ", ".join(failed))
                return
            close_old_connections()
            if stop.wait(options["interval"]):
                return

    def _round(self, wanted: list[str], limit: int, stop: threading.Event) -> list[str]:
        """One round over the sweepers; the names of those that failed."""
        failed = []
        for name in wanted:
            if stop.is_set():
                break
            result = sweepers.run(name, limit=limit, keep_on=lambda: not stop.is_set())
            if result.failed:
                failed.append(name)
            if result.done:
                self.stdout.write(f"{name}: {result.done}")
        return failed


def _stop_on_signals(stop: threading.Event) -> None:
    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
