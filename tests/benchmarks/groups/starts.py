"""`manage.py portal` from an empty folder, and once more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure
from tests.processes import Portal

#: The bench's own variables, which the portal under test must not inherit.
PLAIN = {"DEMONSTRATION": "", "LOG_LEVEL": "INFO", "ORGANISATION_AS_OF": ""}


def starts(bench: Bench) -> list[Figure]:
    """first and second start to ready, in a folder of their own"""
    portal = Portal(bench.options.start_dir, variables=PLAIN)
    portal.clear()
    portal.data_dir.parent.mkdir(parents=True, exist_ok=True)
    figures = []
    for name in ("start_first_s", "start_second_s"):
        begin = time.perf_counter()
        with _running(portal):
            figures.append(Figure(name, time.perf_counter() - begin))
    portal.clear()
    portal.output_path.unlink()
    return figures


@contextmanager
def _running(portal: Portal) -> Iterator[None]:
    portal.start()
    try:
        portal.wait_ready(600)
        yield
    finally:
        portal.stop()
