"""Shorter times than the city's: a run has no five minutes for what the dead had claimed."""

import datetime as dt

from django.apps import AppConfig


class ChaosConfig(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from portal.outbox import services

        services.LEASE = dt.timedelta(seconds=4)
        services.DELAYS = tuple(dt.timedelta(seconds=seconds) for seconds in (1, 1, 2, 2))
