"""A real portal as a child process, for tests of the set-up and for the browser."""

import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded import account as accounts
from portal.embedded.layout import Layout
from portal.embedded.process import PR_SET_PDEATHSIG
from portal.settings.environment import BASE_DIR

OUR_VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "DEBUG")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Poll until the condition holds; fail with `what` when it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.05)


def end_with_parent() -> None:
    """A portal ends when the tests are killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """The environment of a portal of its own."""
    environ = {key: value for key, value in os.environ.items() if key not in OUR_VARIABLES}
    return {**environ, "DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1", **variables}


def manage(data_dir: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a management command to its end."""
    return subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), *arguments],
        env=environment(data_dir, **variables),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def processes_of(data_dir: Path) -> list[int]:
    """Every living process of the portal with this DATA_DIR: by its environment or its command line."""
    mark = os.fsencode(data_dir)
    layout = Layout.of(data_dir)
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            text = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes()
            cwd = os.readlink(entry / "cwd")
        except OSError:
            continue
        if b"DATA_DIR=" + mark + b"\0" in text + b"\0" or mark in command or cwd in {str(layout.pg), str(layout.redis)}:
            found.append(int(entry.name))
    return found


@dataclass
class Portal:
    """One `manage.py portal`; its output goes to a file."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    variables: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output_path(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.output")

    @property
    def output(self) -> str:
        return self.output_path.read_text() if self.output_path.exists() else ""

    def start(self) -> "Portal":
        """Start it in a process group of its own, as a terminal would."""
        with self.output_path.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(BASE_DIR / "manage.py"), "portal"],
                env=environment(self.data_dir, PORT=str(self.port), **self.variables),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        return self

    def wait_ready(self, seconds: float = 240) -> "Portal":
        assert self.process is not None
        process = self.process

        def ready() -> bool:
            assert process.poll() is None, f"the portal ended with {process.returncode}: {self.output}"
            return re.search(rf"^ready: {re.escape(self.url)}/$", self.output, re.MULTILINE) is not None

        wait_for(ready, "the portal is ready", seconds)
        return self

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end and give its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def kill_group(self) -> None:
        """`kill -9` of the whole group, as a pulled plug."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def status(self, path: str = "/livez") -> int:
        """Status of an address; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def clear(self) -> None:
        """End what is left and remove its folders."""
        if self.process is not None and self.process.poll() is None:
            self.stop(signal.SIGTERM)
        layout = Layout.of(self.data_dir)
        for folder in {layout.server_dir, layout.sockets, self.data_dir}:
            shutil.rmtree(folder, ignore_errors=True)


def server_user() -> "pwd.struct_passwd":
    """The user that the embedded PostgreSQL runs as."""
    if os.geteuid() == 0:
        return pwd.getpwnam(accounts.NAME)
    return pwd.getpwuid(os.geteuid())
