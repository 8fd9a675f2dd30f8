"""Seeds the scale where that is not done, measures the groups that are asked for, writes and prints the result."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from portal import clock
from portal.operations.preparation import as_owner, prepare
from tests.benchmarks import machine, report, stamp
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure
from tests.benchmarks.groups import MEASURES
from tests.benchmarks.options import say
from tests.benchmarks.seeding import cases, people


class Command(BaseCommand):
    help = "Measure the portal against its goals; called by `python -m tests.benchmarks`."
    requires_system_checks: list[str] = []
    stealth_options = ("options", "servers")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, servers = options["options"], options["servers"]
        owner_url = os.environ["DATABASE_OWNER_URL"]
        if wanted.needs_cases:
            say("preparing the bench's own portal")
            prepare()
            if not stamp.is_of_this_code(wanted.scale_dir):
                say(f"seeding {wanted.cases:,} cases")
                os.environ["DATABASE_OWNER_URL"] = owner_url
                self._seed(wanted.cases)
                stamp.write(wanted.scale_dir)
        figures: list[Figure] = []
        with Bench(wanted, servers) as bench:
            for group, measures in MEASURES.items():
                if not wanted.wants(group):
                    continue
                if not measures:
                    say(f"{group}: no figures in this version")
                for measure in measures:
                    say(f"{group}: {measure.__doc__}")
                    figures += measure(bench)
        found = report.result(
            machine=machine.described(), versions=machine.versions(), cases=wanted.cases, figures=figures
        )
        report.write(wanted.result, found)
        self.stdout.write(report.table(found))
        say(f"written to {wanted.result}")
        connections.close_all()

    def _seed(self, number: int) -> None:
        people.settle()
        teams, today = people.teams(), clock.today()
        with as_owner():
            cases.seed(number, teams, today)
