"""The press: one warm worker per process of the portal, started on demand and ended when it misbehaves."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

from portal.documents.errors import RenderingFault

WALL_SECONDS: Final = 30.0
WAIT_SECONDS: Final = 30.0
SORRY: Final = "文书的 PDF 暂时不能生成，请过几分钟再试。文书本身已经出具，不受影响。"

_WORKER: Final = Path(__file__).with_name("worker.py")
_FONTS: Final = tuple(
    f"noto-{family}-sc/{weight}" for family in ("serif", "sans") for weight in ("400Regular", "700Bold")
)

logger = structlog.get_logger(__name__)


def assets_folder() -> Path:
    """The only folder that a document may take anything from."""
    return Path(settings.BASE_DIR) / "static" / "documents"


def font_folders() -> list[Path]:
    return [Path(settings.BASE_DIR) / "node_modules" / "@expo-google-fonts" / name for name in _FONTS]


class Press:
    """Prints one document at a time; a fault ends the worker, and the next document starts a new one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._owner = 0

    def print(self, html: str, *, identifier: str, attachment: dict[str, str] | None = None) -> bytes:
        """The PDF, with its data inside; raises RenderingFault when it cannot be made within the limits."""
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise RenderingFault(SORRY, code="press_busy")
        try:
            request = json.dumps({"html": html, "identifier": identifier, "attachment": attachment}).encode()
            for fresh in (False, True):
                worker, was_idle = self._ready()
                try:
                    answer = _exchange(worker, request, WALL_SECONDS)
                    break
                except _WorkerEnded as ended:
                    self._end()
                    # An idle worker may end in the moment in which it is asked: that is no fault of the document.
                    if fresh or not was_idle or not ended.unasked:
                        logger.warning("press_worker_ended", reason=str(ended))
                        raise RenderingFault(SORRY) from ended
        finally:
            self._lock.release()
        if not answer.startswith(b"+"):
            logger.warning("press_refused", reason=answer[1:].decode(errors="replace"))
            raise RenderingFault(SORRY)
        return answer[1:]

    def close(self) -> None:
        """End the worker, if there is one."""
        with self._lock:
            self._end()

    def _ready(self) -> tuple[subprocess.Popen[bytes], bool]:
        """The worker of this very process, and whether it waited; a fork does not share its parent's."""
        if self._worker is not None and self._owner != os.getpid():
            self._worker = None  # the parent's: leave it alone
        if self._worker is not None and self._worker.poll() is None:
            return self._worker, True
        self._end()
        self._folder = tempfile.mkdtemp(prefix="press-")
        self._owner = os.getpid()
        self._worker = subprocess.Popen(
            [sys.executable, "-I", "-B", str(_WORKER), str(assets_folder()), *map(str, font_folders())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=self._folder,
            env={},
            start_new_session=True,
        )
        return self._worker, False

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                if pipe is not None:
                    pipe.close()
        folder, self._folder = self._folder, ""
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


class _WorkerEnded(Exception):
    """No answer came; `unasked`: the worker ended before it took the request."""

    def __init__(self, reason: str, *, unasked: bool = False) -> None:
        super().__init__(reason)
        self.unasked = unasked


def _exchange(worker: subprocess.Popen[bytes], request: bytes, seconds: float) -> bytes:
    assert worker.stdin is not None and worker.stdout is not None
    deadline = time.monotonic() + seconds
    try:
        worker.stdin.write(struct.pack(">Q", len(request)))
        left = memoryview(request)
        while left:
            left = left[worker.stdin.write(left) or 0 :]
    except (BrokenPipeError, ConnectionResetError) as error:
        raise _WorkerEnded("ended before the request", unasked=True) from error
    head = _read(worker, 8, deadline)
    return _read(worker, struct.unpack(">Q", head)[0], deadline)


def _read(worker: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
    assert worker.stdout is not None
    content = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(worker.stdout, selectors.EVENT_READ)
        while len(content) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise _WorkerEnded("took longer than the wall-clock limit")
            chunk = os.read(worker.stdout.fileno(), min(size - len(content), 1 << 20))
            if not chunk:
                raise _WorkerEnded(f"ended with status {worker.wait()}", unasked=worker.returncode == 0)
            content += chunk
    return bytes(content)


PRESS: Final = Press()
