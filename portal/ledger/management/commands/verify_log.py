"""Check the ledger and say what is wrong with it."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.ledger.checking import KeptHeads, Report, verify
from portal.ledger.notes import NoteFault


class Command(BaseCommand):
    help = (
        "Check every chain, leaf, head, trigger and right of the ledger; exit code 1 when something is wrong. "
        "--heads compares it with signed heads that somebody else has kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="write one JSON object")
        parser.add_argument("--heads", type=Path, metavar="FILE", help="signed heads kept outside, one after the other")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = None
        if options["heads"] is not None:
            try:
                kept = KeptHeads.read(options["heads"])
            except (NoteFault, OSError) as fault:
                raise CommandError(f"the file of kept heads cannot be used: {fault}") from None
        report = verify(kept)
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report))
        if not report.is_clean:
            sys.exit(1)


def _as_json(report: Report) -> str:
    return json.dumps(
        {
            "clean": report.is_clean,
            "events": report.events,
            "subjects": report.subjects,
            "leaves": report.leaves,
            "waiting": report.waiting,
            "heads": report.heads,
            "daily_heads": report.daily_heads,
            "kept_heads": report.kept_heads,
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
    lines = [
        f"{report.events} events in {report.subjects} chains checked",
        f"{report.leaves} leaves, {report.waiting} events waiting for theirs; {report.heads} signed heads, "
        f"{report.daily_heads} kept for a day",
    ]
    if report.kept_heads:
        lines.append(f"compared with {report.kept_heads} heads that were kept outside")
    if not report.role_separation:
        lines.append("role separation is off: the application's role owns the ledger and could switch its triggers off")
    for fault in report.faults:
        place = "" if fault.subject is None else f" [{fault.subject} #{fault.seq or '-'}]"
        lines.append(f"{fault.code}{place}: {fault.message}")
    lines.append("clean" if report.is_clean else f"{len(report.faults)} faults")
    return "\n".join(lines)
