"""The confined process: started by path, alone, with an empty environment; it answers frames until it ends.

It imports one task module of the portal and nothing of Django, and reaches no database and no key. Frames on both
pipes are an 8-byte length and that many bytes. An answer begins with `+` (done) or `-` (one line saying why not).
It ends when its input ends, after an idle minute, or after a number of requests.
"""

from __future__ import annotations

import importlib
import os
import resource
import select
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO, Protocol

IDLE_SECONDS = 60
REQUESTS = 200

Answer = Callable[[bytes], bytes]


class Task(Protocol):
    """What a task module offers."""

    def prepare(self, *arguments: str) -> Answer:
        """Load what the work needs; returns the function that does it."""
        ...


def main(root: str, module: str, address_space: str, cpu_seconds: str, written: str, *arguments: str) -> None:
    """Answer requests until there are no more. `written`: bytes that one file may have; 0: none can be written."""
    sys.path.insert(0, root)
    answer: Answer = importlib.import_module(module).prepare(*arguments)
    confine(int(address_space), int(written))
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints goes to the log and not between the frames
    for _ in range(REQUESTS):
        if (request := read_frame(source, IDLE_SECONDS)) is None:
            return
        limit_cpu(int(cpu_seconds))
        try:
            reply = b"+" + answer(request)
        except Exception as error:  # the caller is told, and this process goes on
            reply = b"-" + f"{type(error).__name__}: {error}".encode(errors="replace")[:2000]
        write_frame(target, reply)


def confine(address_space: int, written: int) -> None:
    """Memory, files and core dumps, once and for all."""
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def limit_cpu(seconds: int) -> None:
    """So much more processor time for the next request; beyond it the kernel ends the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds, hard))


def read_frame(stream: BinaryIO, idle: float) -> bytes | None:
    """The next frame; None at the end of input or after an idle time."""
    if not select.select([stream], [], [], idle)[0]:
        return None
    head = stream.read(8)
    if len(head) < 8:
        return None
    return stream.read(struct.unpack(">Q", head)[0])


def write_frame(stream: BinaryIO, content: bytes) -> None:
    stream.write(struct.pack(">Q", len(content)) + content)
    stream.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
