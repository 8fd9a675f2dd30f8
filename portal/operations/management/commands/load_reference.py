"""`manage.py load_reference`: bring the reference data to what this version ships; running it twice changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.web import reference
from portal.web.errors import DomainError


class Command(BaseCommand):
    help = "Load calendar, organisation, permissions and items from the shipped files (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        for loader in reference.loaders():
            try:
                line = loader.load()
            except DomainError as error:
                raise CommandError(f"{loader.name}: {error}") from error
            if options["verbosity"]:
                self.stdout.write(f"{loader.name}: {line}")
