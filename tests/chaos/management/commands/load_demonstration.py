"""The city of `make chaos`: few people, and nobody has looked at it for twelve days, so that alerts are due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand

from portal import clock
from portal.accounts.models import User
from portal.demonstration.loading import load_city

AWAY = dt.timedelta(days=12)


class Command(BaseCommand):
    help = "Load a small city as of twelve days ago."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with clock.shifted(clock.now() - AWAY):
            made = load_city(seed=52, cases=20, persons=20, firms=5)
        if made is None:
            return
        # Who can sign in has an address, so that acts have effects outside the database.
        for user in User.objects.order_by("pk"):
            if user.has_usable_password():
                user.email = f"{user.username}@example.org"
                user.save(update_fields=["email"])
        self.stdout.write(f"chaos: {made.cases} cases")
