"""Run the whole portal: servers, web, worker, beat. `manage.py` calls the supervisor without Django."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.operations.supervisor import Supervisor, add_arguments


class Command(BaseCommand):
    help = "Run the portal until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        Supervisor(settings.ENVIRONMENT, fresh=options["fresh"], prepare_only=options["prepare_only"]).run()
