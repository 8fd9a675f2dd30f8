"""The portal's web server as the supervisor starts it, on a port of its own, with the bench's settings."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from portal.embedded.process import spawn, stop, tail
from portal.settings.environment import BASE_DIR
from tests.benchmarks.load import LoadFault, request, run
from tests.processes import free_port, wait_for


@contextmanager
def serving() -> Iterator[int]:
    """Serve for the length of the block; gives the port."""
    port = free_port()
    environment = settings.ENVIRONMENT
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", f"--bind=127.0.0.1:{port}", "--preload"]
    command += ["--worker-class=gthread", f"--workers={environment.web_processes}"]
    command += [f"--threads={environment.web_threads}", "--no-control-socket", "--graceful-timeout=8"]
    command += ["--timeout=60", "--worker-tmp-dir=/dev/shm", "--log-level=warning"]
    path = settings.DATA_DIR / "logs" / "web.log"
    with path.open("wb") as log:
        process = spawn(command, log=log, environ={**os.environ, "PORT": str(port)}, cwd=BASE_DIR)

    def answers() -> bool:
        if process.poll() is not None:
            raise LoadFault(f"the web server ended: {tail(path)}")
        try:
            run(port, [request("/hello/")], 0)
        except ConnectionRefusedError:
            return False
        return True

    try:
        wait_for(answers, "the web server answers")
        yield port
    finally:
        stop(process, signal.SIGTERM, 15)
