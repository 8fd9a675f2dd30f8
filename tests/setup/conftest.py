"""Folders for real portals: short, reachable for the servers' account, removed afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Portal


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A new DATA_DIR outside pytest's own 0700 folders."""
    parent = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    parent.chmod(0o755)
    yield parent / "data"
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def portal(data_dir: Path) -> Iterator[Portal]:
    """A portal without the demonstration city; not started yet."""
    portal = Portal(data_dir, variables={"DEMONSTRATION": "0"})
    yield portal
    portal.clear()


@pytest.fixture(scope="module")
def running() -> Iterator[Portal]:
    """One portal that runs for the whole file."""
    parent = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    parent.chmod(0o755)
    portal = Portal(parent / "data", variables={"DEMONSTRATION": "0"})
    try:
        portal.start().wait_ready()
        yield portal
    finally:
        portal.clear()
        shutil.rmtree(parent, ignore_errors=True)
