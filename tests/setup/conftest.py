"""Folders for real portals: short, reachable for the servers' account, removed afterwards."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Portal, manage


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


@pytest.fixture(scope="session")
def prepared() -> Iterator[Path]:
    """A DATA_DIR as the first start leaves it, for tests that are about later ones: they get a copy each."""
    parent = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    parent.chmod(0o755)
    done = manage(parent / "data", "portal", "--prepare-only", DEMONSTRATION="0")
    assert done.returncode == 0, done.stdout + done.stderr
    yield parent / "data"
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def used_portal(data_dir: Path, prepared: Path) -> Iterator[Portal]:
    """A portal that was started before; not started now."""
    subprocess.run(["cp", "-a", str(prepared), str(data_dir)], check=True)
    portal = Portal(data_dir, variables={"DEMONSTRATION": "0"})
    yield portal
    portal.clear()


@pytest.fixture(scope="module")
def running(prepared: Path) -> Iterator[Portal]:
    """One portal that runs for the whole file."""
    parent = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    parent.chmod(0o755)
    subprocess.run(["cp", "-a", str(prepared), str(parent / "data")], check=True)
    portal = Portal(parent / "data", variables={"DEMONSTRATION": "0"})
    try:
        portal.start().wait_ready()
        yield portal
    finally:
        portal.clear()
        shutil.rmtree(parent, ignore_errors=True)
