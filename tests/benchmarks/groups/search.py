"""Finding cases: the query function, not the request."""

from __future__ import annotations

import random

from applications.models import Case
from applications.queries import finding
from applications.queries.scope import Reach
from tests.benchmarks.bench import Bench, select_1, timed
from tests.benchmarks.figures import Baseline, Figure, p95

CALLS = 200  # a round


def case_number(bench: Bench) -> list[Figure]:
    """a case by its exact number"""
    chance = random.Random(11)
    numbers = list(Case.objects.order_by("pk").values_list("number", flat=True)[:20_000])
    everywhere = Reach(None)
    found: list[float] = []
    baseline: list[float] = []
    for _ in range(bench.rounds):
        found += [
            timed(lambda number=number: finding.case_id_by_number(everywhere, number))
            for number in chance.choices(numbers, k=CALLS)
        ]
        baseline += select_1(CALLS)
    return [Figure("case_number_p95_ms", p95(found) * 1000, Baseline("select_1_p95_ms", p95(baseline) * 1000))]
