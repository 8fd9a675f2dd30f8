"""`manage.py load_demonstration`: the demonstration city, on first use; a loaded city is left alone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demonstration.loading import CASES, load_city

REFUSED = "This is not the demonstration: DEMONSTRATION is off."


class Command(BaseCommand):
    help = "Load the demonstration city relative to today; equal seed and day give an equal city."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=52, help="another city")
        parser.add_argument("--cases", type=int, default=CASES, help="how many cases, about")
        parser.add_argument("--fresh", action="store_true", help="says how to get a fresh city")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(REFUSED)
        if options["fresh"]:
            # The ledger is append-only: only a new database forgets, and this command uses the old one.
            raise CommandError("A fresh city needs a new database: run `make demo` while the portal does not run.")
        made = load_city(seed=options["seed"], cases=options["cases"])
        if options["verbosity"] == 0:
            return
        if made is None:
            self.stdout.write("demonstration: loaded before")
            return
        self.stdout.write(
            f"demonstration: {made.staff} staff, {made.persons} persons, {made.firms} firms, {made.cases} cases"
            + (f", {made.steps_left_out} steps left out" if made.steps_left_out else "")
        )
