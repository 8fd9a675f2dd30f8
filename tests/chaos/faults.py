"""What goes wrong from outside: processes killed, Redis emptied or hung."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import redis

from portal.embedded.addresses import embedded_redis_urls
from portal.embedded.layout import Layout
from tests.chaos.people import Prober
from tests.processes import Portal


class Faults(threading.Thread):
    """Does each of the wanted faults once, in an order that the seed gives, each to a portal that serves again."""

    def __init__(self, portal: Portal, prober: Prober, rng: Random, seconds: float, names: list[str]) -> None:
        super().__init__(name="faults", daemon=True)
        self.prober, self.seconds = prober, seconds
        self.layout = Layout.of(portal.data_dir)
        assert portal.process is not None
        self.supervisor = portal.process.pid
        self.names = names
        rng.shuffle(self.names)
        self.born = time.monotonic()
        self.done: list[tuple[str, float]] = []
        self.missed: list[str] = []

    def run(self) -> None:
        pause = self.seconds / (len(self.names) + 1)
        for name in self.names:
            time.sleep(pause)
            self.prober.wait_for_answer(20)
            self._do(name)

    def _do(self, name: str) -> None:
        """Now, or as soon as there is something to hurt: what the last fault killed may not be back yet."""
        end = time.monotonic() + 15
        while True:
            try:
                KINDS[name](self)
            except (LookupError, OSError, redis.RedisError) as error:
                if time.monotonic() > end:
                    self.missed.append(f"{name} ({type(error).__name__})")
                    return
                time.sleep(0.1)
            else:
                self.done.append((name, round(time.monotonic() - self.born, 1)))
                return

    # --- who is who ---------------------------------------------------------------------------

    def child(self, *words: bytes) -> int:
        """A child of the supervisor by words of its command line; LookupError while it is away."""
        return next(
            (pid for pid in _children(self.supervisor) if all(word in _command(pid) for word in words)), 0
        ) or _missing(words)

    def postmaster(self) -> int:
        found = [pid for pid in _children(self.supervisor) if _cwd(pid) == str(self.layout.pg)]
        return found[0] if found else _missing((b"postgres",))

    def backend(self) -> int:
        """A server process of ours that has a client."""
        found = [pid for pid in _children(self.postmaster()) if b"portal_app" in _command(pid)]
        return found[0] if found else _missing((b"backend",))

    def redis_client(self) -> redis.Redis:
        secrets = self.layout.secrets()
        assert secrets is not None
        return redis.Redis.from_url(embedded_redis_urls(self.layout, secrets.redis)[0], socket_timeout=5)


def _kill(find: Callable[[Faults], int]) -> Callable[[Faults], None]:
    return lambda faults: os.kill(find(faults), signal.SIGKILL)


def _first_child(pid: int) -> int:
    found = _children(pid)
    return found[0] if found else _missing((b"child",))


def _flush(faults: Faults) -> None:
    client = faults.redis_client()
    client.flushall()
    client.close()


def _hang_redis(faults: Faults) -> None:
    pid = faults.child(b"redis-server")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)


KINDS: dict[str, Callable[[Faults], None]] = {
    "web master": _kill(lambda faults: faults.child(b"gunicorn")),
    "web child": _kill(lambda faults: _first_child(faults.child(b"gunicorn"))),
    "worker": _kill(lambda faults: faults.child(b"celery", b"worker")),
    "worker child": _kill(lambda faults: _first_child(faults.child(b"celery", b"worker"))),
    "signer": _kill(lambda faults: faults.child(b"portal.documents.signing.keeper")),
    "beat": _kill(lambda faults: faults.child(b"celery", b"beat")),
    "postmaster": _kill(Faults.postmaster),
    "backend": _kill(Faults.backend),
    "redis": _kill(lambda faults: faults.child(b"redis-server")),
    "FLUSHALL": _flush,
    "redis stopped for 2 s": _hang_redis,
}


def _missing(words: tuple[bytes, ...]) -> int:
    raise LookupError(b" ".join(words).decode())


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text()
            except OSError:
                continue
            if int(status.rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
    return sorted(found)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _cwd(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""
