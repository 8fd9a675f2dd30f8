"""A prepared portal that each run gets a copy of, so that only the first one pays for the set-up."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.embedded.layout import Layout
from portal.settings.environment import BASE_DIR
from tests.processes import Portal, end_with_parent, environment, manage

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "DEMONSTRATION": "1", "LOG_LEVEL": "WARNING"}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the servers' account can reach, removed afterwards."""
    parent = Path(tempfile.mkdtemp(prefix="chaos-", dir="/tmp"))
    parent.chmod(0o755)
    try:
        yield parent
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def prepare(data_dir: Path) -> None:
    """Database, reference data and the small city; the servers are stopped again."""
    done = manage(data_dir, "portal", "--prepare-only", **SETTINGS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert Layout.of(data_dir).server_dir == Layout.of(data_dir).data_dir, "the servers' account cannot reach /tmp"


def copy(prepared: Path, data_dir: Path) -> None:
    subprocess.run(["cp", "-a", str(prepared), str(data_dir)], check=True)


def portal_of(data_dir: Path, variables: Mapping[str, str]) -> Portal:
    return Portal(data_dir, variables={**SETTINGS, **variables})


class Sweepers:
    """Two `manage.py sweep --loop` beside the worker; one that died at a crash point begins again."""

    def __init__(self, data_dir: Path, variables: Mapping[str, str], number: int = 2) -> None:
        self.data_dir, self.variables = data_dir, {**SETTINGS, **variables}
        self.output = data_dir.with_name("sweepers.log").open("ab")
        self.processes = [self._start() for _ in range(number)]

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(BASE_DIR / "manage.py"), "sweep", "--loop", "--interval", "0.5", "--limit", "3"]
        return subprocess.Popen(
            command,
            env=environment(self.data_dir, **self.variables),
            stdout=self.output,
            stderr=self.output,
            preexec_fn=end_with_parent,
        )

    def revive(self) -> None:
        self.processes = [each if each.poll() is None else self._start() for each in self.processes]

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)
        self.output.close()


def crashes(data_dir: Path) -> dict[str, int]:
    """How often each crash point was hit, by the logs."""
    found: dict[str, int] = {}
    logs = [*Layout.of(data_dir).logs.glob("*.log"), data_dir.with_name("sweepers.log")]
    for path in logs:
        if path.exists():
            for line in path.read_text(errors="replace").splitlines():
                _, mark, point = line.rpartition("crash point ")
                if mark:
                    found[point.strip()] = found.get(point.strip(), 0) + 1
    return dict(sorted(found.items()))


def check_commands(data_dir: Path, log: Path, variables: Mapping[str, str]) -> list[str]:
    """`manage.py verify` and the comparison with the log outside, at the same time; all their findings."""
    arguments = (["verify", "--settled"], ["chaos_compare", str(log)])
    running = [
        subprocess.Popen(
            [sys.executable, str(BASE_DIR / "manage.py"), *each],
            env=environment(data_dir, **SETTINGS, **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=BASE_DIR,
        )
        for each in arguments
    ]
    findings = []
    for process, each in zip(running, arguments, strict=True):
        output, errors = process.communicate(timeout=120)
        if process.returncode:
            told = [line for line in output.splitlines() if line.strip()]
            findings += told or [f"{each[0]} ended with {process.returncode}: {errors[-500:]}"]
    return findings
