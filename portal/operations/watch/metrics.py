"""The readings in the text format of Prometheus. Each scrape asks the database; no process counts for itself."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from portal.operations.watch.readings import Level, readings

CONTENT_TYPE = CONTENT_TYPE_LATEST
_RANK = {Level.OK: 0, Level.WARNING: 1, Level.BAD: 2}


class _Readings(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = readings()
        for reading in found:
            yield GaugeMetricFamily(f"portal_{reading.name}", reading.label, value=reading.number)
        levels = GaugeMetricFamily("portal_level", "0 ok, 1 warning, 2 bad", labels=["reading"])
        for reading in found:
            levels.add_metric([reading.name], _RANK[reading.level])
        yield levels


def text() -> bytes:
    """The exposition of now."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Readings())
    return generate_latest(registry)
