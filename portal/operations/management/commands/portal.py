"""Run the whole portal: servers, web, worker, beat."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.operations.supervisor import Supervisor
from portal.settings.environment import described


class Command(BaseCommand):
    help = "Run the portal until Ctrl-C. Environment: " + "; ".join(
        f"{name} ({text})" for name, _default, text in described()
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="forget the demonstration city and make a new one")
        parser.add_argument("--prepare-only", action="store_true", help="prepare database and assets, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        Supervisor(settings.ENVIRONMENT, fresh=options["fresh"], prepare_only=options["prepare_only"]).run()
