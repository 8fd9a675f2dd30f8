"""The last app of all: whatever a mutant changes is registered by then."""

import os

from django.apps import AppConfig


class MutantsConfig(AppConfig):
    name = "tests.chaos.mutants"
    label = "chaos_mutants"

    def ready(self) -> None:
        from tests.chaos.mutants import MUTANTS

        if name := os.environ.get("CHAOS_MUTANT"):
            MUTANTS[name].apply()
