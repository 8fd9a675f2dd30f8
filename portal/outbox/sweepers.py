"""Work that time drives: functions that do up to `limit` due pieces and return how many they did."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

Sweeper = Callable[[int], int]

MAX_ROUNDS = 1_000

logger = structlog.get_logger(__name__)
_sweepers: dict[str, Sweeper] = {}


@dataclass(frozen=True, slots=True)
class SweepResult:
    """How many pieces a sweeper did, and whether it failed."""

    name: str
    done: int
    failed: bool


def register(name: str, sweeper: Sweeper) -> None:
    """Register a sweeper; it must be safe to run in several processes at once (SKIP LOCKED) and after an outage."""
    if _sweepers.get(name, sweeper) is not sweeper:
        raise ValueError(f"two sweepers named {name!r}")
    _sweepers[name] = sweeper


def names() -> list[str]:
    return list(_sweepers)


def run(name: str, *, limit: int = 200, keep_on: Callable[[], bool] = lambda: True) -> SweepResult:
    """Run one sweeper until nothing is due; a failure is logged, and the next sweeper still runs."""
    done = 0
    try:
        for _ in range(MAX_ROUNDS):
            count = _sweepers[name](limit)
            done += count
            if count < limit or not keep_on():
                break
    except Exception:
        logger.exception("sweeper_failed", sweeper=name)
        return SweepResult(name, done, failed=True)
    return SweepResult(name, done, failed=False)


def run_all(*, limit: int = 200, keep_on: Callable[[], bool] = lambda: True) -> list[SweepResult]:
    """Run every sweeper once, in the order of registration."""
    return [run(name, limit=limit, keep_on=keep_on) for name in list(_sweepers) if keep_on()]
