"""`manage.py after_restore`: what has to be done before a restored portal opens; `restore` runs it by itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.embedded.layout import Layout
from portal.operations.backup import finishing


class Command(BaseCommand):
    help = "Bring a restored database to this version, replay the erasures, check everything."

    def handle(self, *args: Any, **options: Any) -> None:
        layout = Layout.of(settings.DATA_DIR)
        finishing.finish(environment=settings.ENVIRONMENT, layout=layout, say=self.stdout.write)
        self.stdout.write("the portal may be started")
