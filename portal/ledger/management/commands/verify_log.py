"""Check the ledger and say what is wrong with it."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.ledger.checking import Report, verify


class Command(BaseCommand):
    help = "Check every chain, trigger and right of the ledger; exit code 1 when something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify()
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report))
        if not report.is_clean:
            sys.exit(1)


def _as_json(report: Report) -> str:
    return json.dumps(
        {
            "clean": report.is_clean,
            "events": report.events,
            "subjects": report.subjects,
            "role_separation": report.role_separation,
            "faults": [
                {
                    "code": fault.code,
                    "message": fault.message,
                    "subject": None if fault.subject is None else str(fault.subject),
                    "seq": fault.seq,
                }
                for fault in report.faults
            ],
        },
        ensure_ascii=False,
    )


def _as_text(report: Report) -> str:
    lines = [f"{report.events} events in {report.subjects} chains checked"]
    if not report.role_separation:
        lines.append("role separation is off: the application's role owns the ledger and could switch its triggers off")
    for fault in report.faults:
        place = "" if fault.subject is None else f" [{fault.subject} #{fault.seq or '-'}]"
        lines.append(f"{fault.code}{place}: {fault.message}")
    lines.append("clean" if report.is_clean else f"{len(report.faults)} faults")
    return "\n".join(lines)
