"""Bring database and assets to the state of this code; the supervisor runs it before it serves."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.operations.preparation import prepare


class Command(BaseCommand):
    help = "Migrate, load reference data, collect assets, load the demonstration on first use."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        prepare()
