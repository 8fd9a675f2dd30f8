"""The short form of `make chaos`: half the faults in half the time, with the same people and the same checker."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import house
from tests.chaos.run import Plan, run

pytestmark = pytest.mark.process


@pytest.fixture
def folder() -> Iterator[Path]:
    with house.folder() as path:
        yield path


def test_nothing_is_lost_or_doubled_while_processes_die(folder: Path) -> None:
    house.prepare(folder / "data")
    faults = ["web child", "worker", "postmaster", "redis", "FLUSHALL"]
    plan = Plan(seed=secrets.randbelow(1_000_000), seconds=8, faults=faults)
    result = run(plan, folder / "data")
    told = "\n".join([f"seed {plan.seed}", *result.lines(), *result.findings])
    assert not result.findings, told
    assert result.acknowledged["hall"] and result.acknowledged["act"], told
    assert {name for name, _ in result.faults} == set(faults), told
