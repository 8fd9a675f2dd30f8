"""What a confined process may not do, and that its caller lives on."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.confinement.workers import LOOP, ROOT, Busy, Ended, Limits, Refused, Worker

MODULE = "tests.portal.confinement.tasks"
LIMITS = Limits(address_space=256 * 1024 * 1024, cpu_seconds=1, wall_seconds=20)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(MODULE, LIMITS, lambda: ["one", "二"])
    yield worker
    worker.close()


def test_it_answers_again_and_again_from_one_process(worker: Worker) -> None:
    assert worker.ask(b"echo 1", wait=1) == b"echo 1"
    first = worker._process
    assert worker.ask(b"echo " + b"x" * 3_000_000, wait=1) == b"echo " + b"x" * 3_000_000
    assert worker._process is first
    assert worker.ask(b"arguments", wait=1).decode() == "('one', '二')"


def test_it_knows_nothing_of_its_caller(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    assert worker.ask(b"environment", wait=1) == b"[]"
    assert b"django" not in worker.ask(b"modules", wait=1)


@pytest.mark.parametrize("request_", [b"fail", b"memory", b"write", b"files"])
def test_what_a_task_may_not_is_refused_and_the_process_goes_on(worker: Worker, request_: bytes) -> None:
    with pytest.raises(Refused, match=r"ValueError: no such thing|MemoryError|File too large|Too many open files"):
        worker.ask(request_, wait=1)
    assert worker.ask(b"echo", wait=1) == b"echo"


@pytest.mark.parametrize("request_", [b"spin", b"die"])
def test_a_process_that_misbehaves_is_replaced(worker: Worker, request_: bytes) -> None:
    with pytest.raises(Ended):
        worker.ask(request_, wait=1)
    assert worker.ask(b"echo", wait=1) == b"echo"


def test_a_task_that_hangs_is_ended(worker: Worker) -> None:
    worker.ask(b"echo", wait=1)
    with pytest.raises(Ended, match="wall-clock"):
        worker.ask(b"sleep", wait=1, wall_seconds=0.2)
    assert worker.ask(b"echo", wait=1) == b"echo"


def test_a_process_that_takes_no_request_does_not_hold_its_caller(tmp_path: Path) -> None:
    worker = Worker("time", LIMITS)  # no task: it ends at once; the big request finds a closed pipe both times
    with pytest.raises(Ended):
        worker.ask(b"x" * 1_000_000, wait=1)
    worker.close()


def test_whoever_comes_while_it_works_waits_and_is_told(worker: Worker) -> None:
    worker.ask(b"echo", wait=1)
    with worker._lock, pytest.raises(Busy):
        worker.ask(b"echo", wait=0.01)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(worker.ask(b"echo", wait=10))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"echo"] * 4


def test_prints_do_not_come_between_the_frames(worker: Worker) -> None:
    assert worker.ask(b"print", wait=1) == b"printed"


def test_it_ends_with_its_input(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-I", str(LOOP), str(ROOT), MODULE, "268435456", "1", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env={},
    )
    assert process.communicate(b"", timeout=60)[0] == b""
    assert process.returncode == 0


@pytest.mark.parametrize("room", ["portal/confinement", "portal/files/cleaning", "portal/documents/worker.py"])
def test_what_runs_inside_imports_nothing_of_the_portals_framework(room: str) -> None:
    place = ROOT / room
    outside = re.compile(r"^\s*(?:from|import) (django|structlog|portal(?!\.files\.cleaning))", re.MULTILINE)
    for path in [place] if place.is_file() else place.glob("*.py"):
        foreign = outside.findall(path.read_text())
        assert foreign == [], path.name
