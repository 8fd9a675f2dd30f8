"""The work list: whole requests, and its queries alone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from applications.queries import worklist
from applications.queries.scope import Reach, own_states, reach
from portal.web.grants import Actor
from tests.benchmarks import load
from tests.benchmarks.bench import Bench, select_1
from tests.benchmarks.figures import Baseline, Figure, p95

CONNECTIONS = 8
SECONDS = 3.0
CALLS = 100  # a round


def requests(bench: Bench) -> list[Figure]:
    """work list, whole request, 8 connections of 8 departments' reviewers, and one"""
    asked = [
        load.request("/desk/cases/", session=bench.session_of(team.reviewer)) for team in bench.teams[:CONNECTIONS]
    ]
    load.run(bench.port, asked, 0.5)
    together: list[float] = []
    alone: list[float] = []
    baseline: list[float] = []
    for _ in range(bench.rounds):
        together += load.run(bench.port, asked, SECONDS).latencies
        alone += load.run(bench.port, asked[:1], SECONDS / 2).latencies
        baseline += select_1(CALLS)
    cheapest = Baseline("select_1_p95_ms", p95(baseline) * 1000)
    return [
        Figure("worklist_p95_ms", p95(together) * 1000, cheapest),
        Figure("worklist_single_p95_ms", p95(alone) * 1000, cheapest),
    ]


def queries(bench: Bench) -> list[Figure]:
    """the list and its counts in the database, own department and all"""
    actors = [team.actor(team.reviewer) for team in bench.teams]
    chance = random.Random(7)
    own: list[float] = []
    everywhere: list[float] = []
    baseline: list[float] = []
    for _ in range(bench.rounds):
        for _ in range(CALLS):
            actor = chance.choice(actors)
            own.append(_in_database(lambda actor=actor: _list(actor, reach(actor.grants))))
            everywhere.append(_in_database(lambda actor=actor: _list(actor, Reach(None))))
        baseline += select_1(CALLS)
    cheapest = Baseline("select_1_p95_ms", p95(baseline) * 1000)
    return [
        Figure("worklist_db_p95_ms", p95(own) * 1000, cheapest),
        Figure("worklist_db_all_p95_ms", p95(everywhere) * 1000, cheapest),
    ]


def _list(actor: Actor, within: Reach) -> None:
    """What the page asks when it opens: the first 25, and the counts of lights and tabs."""
    assert actor.user_id is not None
    filters = worklist.Filters(reach=within, user_id=actor.user_id, states=own_states(actor.grants))
    worklist.work_page(filters)
    worklist.work_counts(filters)


def _in_database(work: Callable[[], object]) -> float:
    """Seconds that the call's statements take, without what Python makes of them."""
    with _statements() as seconds:
        work()
    return sum(seconds)


@contextmanager
def _statements() -> Iterator[list[float]]:
    seconds: list[float] = []

    def watch(execute: Callable[..., Any], *arguments: Any) -> Any:
        begin = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            seconds.append(time.perf_counter() - begin)

    with connection.execute_wrapper(watch):
        yield seconds
