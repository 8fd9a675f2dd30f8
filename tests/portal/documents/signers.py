"""The process that holds the keys, started for a test."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.documents.signing import protocol
from portal.settings.environment import BASE_DIR
from tests.processes import end_with_parent, wait_for


@dataclass(frozen=True)
class Running:
    keys: Path
    socket: Path
    process: subprocess.Popen[bytes]


@contextmanager
def running(keys: Path, *arguments: str) -> Iterator[Running]:
    """Start it on a folder of keys; ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="s-") as folder:  # a socket's path is short
        socket = Path(folder) / "s"
        command = [sys.executable, "-m", "portal.documents.signing.keeper", "--keys", str(keys)]
        command += ["--socket", str(socket), "--list-address", "http://127.0.0.1/trust/revoked.crl", *arguments]
        process = subprocess.Popen(
            command, cwd=BASE_DIR, stderr=subprocess.PIPE, env={}, start_new_session=True, preexec_fn=end_with_parent
        )
        try:
            wait_for(lambda: process.poll() is not None or answers(socket), "the signer answers", 60)
            yield Running(keys, socket, process)
        finally:
            process.terminate()
            process.communicate(timeout=20)


def answers(socket: Path) -> bool:
    try:
        protocol.ask(socket, {"op": "info"})
    except protocol.KeeperAway:
        return False
    return True
