"""The act accept through the services: beside pgbench, and with and without the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from statistics import median
from typing import Any
from unittest.mock import patch

from portal import clock
from portal.ledger import queries as ledger
from portal.ledger.services import LedgerEntry
from portal.transitions import engine
from tests.benchmarks import clients, pgbench
from tests.benchmarks.bench import Bench, timed
from tests.benchmarks.figures import Baseline, Figure, p95, ratio_of
from tests.benchmarks.seeding import lives, people

CLIENTS = 4
PGBENCH_SECONDS = 4
ACTS = 40  # of each client in a round
PAIRS = 40  # with and without the ledger, a round


def accept_rate(bench: Bench) -> list[Figure]:
    """accept through services by four clerks, in turn with pgbench -N"""
    pgbench.prepare(bench.servers)
    rates: list[float] = []
    plain: list[float] = []
    seconds: list[float] = []
    with clients.clerks(bench.teams[:CLIENTS], people.applicants()) as clerks:
        clients.all_do(clerks, ("prepare", 2))
        clients.all_do(clerks, ("accept", 2))  # warm
        for _ in range(bench.rounds):
            clients.all_do(clerks, ("prepare", ACTS))
            plain.append(pgbench.simple_update(bench.servers, clients=CLIENTS, seconds=PGBENCH_SECONDS))
            done = clients.all_do(clerks, ("accept", ACTS))
            took = max(work.end for work in done) - min(work.begin for work in done)
            rates.append(ACTS * CLIENTS / took)
            seconds += [each for work in done for each in work.seconds]
    tps = Baseline("pgbench_simple_update_tps", median(plain))
    return [
        Figure("apply_ratio", ratio_of(rates, plain), tps, is_ratio=True),
        Figure("apply_p95_ms", p95(seconds) * 1000, Baseline("pgbench_mean_ms", CLIENTS * 1000 / median(plain))),
    ]


def ledger_overhead(bench: Bench) -> list[Figure]:
    """accept with the ledger, in turn with accept without it"""
    team = bench.teams[0]
    clerk = team.actor(team.clerk)
    applicants = people.applicants()
    kept: list[float] = []
    left_out: list[float] = []
    for _ in range(bench.rounds):
        waiting = [lives.receivable(team, applicants[n % len(applicants)]).pk for n in range(2 * PAIRS)]
        for n in range(PAIRS):
            with_it, without_it = waiting[2 * n], waiting[2 * n + 1]
            kept.append(timed(lambda case=with_it: lives.accept(case, clerk)))
            with _without_ledger():
                left_out.append(timed(lambda case=without_it: lives.accept(case, clerk)))
    baseline = Baseline("accept_without_ledger_ms", median(left_out) * 1000)
    return [Figure("ledger_overhead", median(kept) / median(left_out), baseline, is_ratio=True)]


@contextmanager
def _without_ledger() -> Iterator[None]:
    """The switch that exists only here: no event is written and none is looked for."""
    nothing = LedgerEntry(id=0, seq=0, hash=bytes(32))

    def no_event(**_body: Any) -> LedgerEntry:
        return nothing

    def no_earlier_event(*_: Any) -> tuple[datetime, None]:
        return clock.now(), None

    with patch.object(engine, "record", no_event), patch.object(ledger, "now_and_event_by_key", no_earlier_event):
        yield
