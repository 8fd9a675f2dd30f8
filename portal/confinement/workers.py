"""One warm confined process per process of the portal, started on demand and ended when it misbehaves."""

from __future__ import annotations

import atexit
import os
import selectors
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOP: Final = Path(__file__).with_name("loop.py")
ROOT: Final = Path(__file__).resolve().parents[2]
#: What a task may write into its own folder (fonts' cache); tasks that write nothing take 0.
SOME_FILES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of address space, seconds of processor and of wall clock per request, bytes of a written file."""

    address_space: int
    cpu_seconds: int
    wall_seconds: float
    written: int = 0


class Busy(Exception):
    """The worker serves others; nothing was tried."""


class Ended(Exception):
    """No answer came: a limit was reached or the process died; `unasked`: before it took the request."""

    def __init__(self, reason: str, *, unasked: bool = False) -> None:
        super().__init__(reason)
        self.unasked = unasked


class Refused(Exception):
    """The task raised an exception: its type and message, for the log."""


class Worker:
    """Does one request at a time; a fault ends the process, and the next request starts a new one."""

    def __init__(self, module: str, limits: Limits, arguments: Callable[[], Sequence[str]] = tuple) -> None:
        self.module = module
        self.limits = limits
        self._arguments = arguments
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._owner = 0
        atexit.register(self.close)

    def ask(self, request: bytes, *, wait: float, wall_seconds: float | None = None) -> bytes:
        """The task's answer. Raises Busy after `wait` seconds, Ended, Refused."""
        if not self._lock.acquire(timeout=wait):
            raise Busy(self.module)
        try:
            answer = self._asked(request, self.limits.wall_seconds if wall_seconds is None else wall_seconds)
        finally:
            self._lock.release()
        if not answer.startswith(b"+"):
            raise Refused(answer[1:].decode(errors="replace"))
        return answer[1:]

    def _asked(self, request: bytes, seconds: float) -> bytes:
        process, was_idle = self._ready()
        try:
            return _exchange(process, request, seconds)
        except Ended as ended:
            self._end()
            # An idle process may end in the moment in which it is asked: that is no fault of the request.
            if not was_idle or not ended.unasked:
                raise
        process, _ = self._ready()
        try:
            return _exchange(process, request, seconds)
        except Ended:
            self._end()
            raise

    def close(self) -> None:
        """End the process, if there is one of ours."""
        with self._lock:
            if self._process is not None and self._owner != os.getpid():
                self._process, self._folder = None, ""
            self._end()

    def _ready(self) -> tuple[subprocess.Popen[bytes], bool]:
        """The process of this very process, and whether it waited; a fork does not share its parent's."""
        if self._process is not None and self._owner != os.getpid():
            self._process, self._folder = None, ""  # the parent's: leave it alone
        if self._process is not None and self._process.poll() is None:
            return self._process, True
        self._end()
        self._folder = tempfile.mkdtemp(prefix="confined-")
        self._owner = os.getpid()
        limits = self.limits
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-B", str(LOOP), str(ROOT), self.module),
                *(str(limits.address_space), str(limits.cpu_seconds), str(limits.written)),
                *self._arguments(),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=self._folder,
            env={},
            start_new_session=True,
        )
        return self._process, False

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        folder, self._folder = self._folder, ""
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _exchange(process: subprocess.Popen[bytes], request: bytes, seconds: float) -> bytes:
    assert process.stdin is not None and process.stdout is not None
    deadline = time.monotonic() + seconds
    try:
        _write(process, struct.pack(">Q", len(request)), deadline)
        _write(process, request, deadline)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Ended("ended before the request", unasked=True) from error
    head = _read(process, 8, deadline)
    return _read(process, struct.unpack(">Q", head)[0], deadline)


def _write(process: subprocess.Popen[bytes], content: bytes, deadline: float) -> None:
    assert process.stdin is not None
    pipe = process.stdin.fileno()
    os.set_blocking(pipe, False)  # a process that reads nothing must not hold its caller for ever
    left = memoryview(content)
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_WRITE)
        while left:
            seconds = deadline - time.monotonic()
            if seconds <= 0 or not selector.select(seconds):
                raise Ended("took no request within the wall-clock limit")
            left = left[os.write(pipe, left[: 1 << 20]) :]


def _read(process: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
    assert process.stdout is not None
    content = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while len(content) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise Ended("took longer than the wall-clock limit")
            chunk = os.read(process.stdout.fileno(), min(size - len(content), 1 << 20))
            if not chunk:
                raise Ended(f"ended with status {process.wait()}", unasked=process.returncode == 0)
            content += chunk
    return bytes(content)
