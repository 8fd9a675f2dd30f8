"""The city of `make chaos`: few people, and nobody has looked at it for twelve days, so that alerts are due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.models import CaseClock
from applications.rules import RUNNING
from portal import clock
from portal.accounts.models import User
from portal.demonstration.loading import load_city

AWAY = dt.timedelta(days=12)
#: So many running cases have a level that turned meanwhile, whatever the day: the sweep has work while it is hurt.
TURNS = 5


class Command(BaseCommand):
    help = "Load a small city as of twelve days ago."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with clock.shifted(clock.now() - AWAY):
            made = load_city(seed=52, cases=100, persons=20, firms=5)
        if made is None:
            return
        # Who can sign in has an address, so that acts have effects outside the database.
        for user in User.objects.order_by("pk"):
            if user.has_usable_password():
                user.email = f"{user.username}@example.org"
                user.save(update_fields=["email"])
        turned = CaseClock.objects.filter(state__in=RUNNING, next_check_at__lte=clock.now()).count()
        if turned < TURNS:
            raise CommandError(f"only {turned} levels have turned since: this city is too small")
        self.stdout.write(f"chaos: {made.cases} cases, {turned} levels to turn")
