"""Four clerks at once: processes that wait for the word, accept their cases, and say how long each took."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from uuid import UUID

from django.db import connections

from portal.accounts.models import User
from tests.benchmarks.seeding import lives
from tests.benchmarks.seeding.people import Team


@dataclass(frozen=True)
class Work:
    """What one client did: when it began and ended (monotonic clock), and the seconds of every act."""

    begin: float
    end: float
    seconds: list[float]


@contextmanager
def clerks(teams: Sequence[Team], applicants: Sequence[User]) -> Iterator[list[Connection]]:
    """One process for each team, for the length of the block."""
    connections.close_all()  # a connection must not be shared with a fork
    context = multiprocessing.get_context("fork")
    processes, ends = [], []
    for place, team in enumerate(teams):
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, team, applicants[place::8]), daemon=True)
        process.start()
        there.close()
        processes.append(process)
        ends.append(here)
    try:
        yield ends
    finally:
        for end in ends:
            end.close()
        for process in processes:
            process.join(10)


def all_do(ends: Sequence[Connection], word: tuple[str, int]) -> list[Work]:
    """Give every client the word and wait for all of them."""
    for end in ends:
        end.send(word)
    return [end.recv() for end in ends]


def _serve(end: Connection, team: Team, applicants: Sequence[User]) -> None:
    waiting: list[UUID] = []
    clerk = team.actor(team.clerk)
    while True:
        try:
            word, number = end.recv()
        except EOFError:
            break
        begin = time.monotonic()
        seconds: list[float] = []
        if word == "prepare":
            waiting += [lives.receivable(team, applicants[n % len(applicants)]).pk for n in range(number)]
        else:
            for _ in range(number):
                case_id = waiting.pop()
                start = time.perf_counter()
                lives.accept(case_id, clerk)
                seconds.append(time.perf_counter() - start)
        end.send(Work(begin, time.monotonic(), seconds))
    connections.close_all()
