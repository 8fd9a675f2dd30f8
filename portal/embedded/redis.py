"""The embedded Redis: a socket, a password, an append-only file."""

import os
import signal
import subprocess
import time

import redis

from portal.embedded.account import Account
from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout, Secrets
from portal.embedded.process import spawn, tail
from portal.embedded.programs import Programs

STOP_SIGNAL = signal.SIGTERM


def answers(layout: Layout, secrets: Secrets) -> bool:
    """Whether a Redis of ours serves on the socket; a pid proves nothing."""
    if not layout.redis_socket.exists():
        return False
    client = redis.Redis(
        unix_socket_path=str(layout.redis_socket), password=secrets.redis, socket_timeout=2, socket_connect_timeout=2
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def prepare(layout: Layout, secrets: Secrets, account: Account | None) -> None:
    """Write the configuration; 0600, because it holds the password."""
    layout.redis.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [
        "port 0",
        f"unixsocket {layout.redis_socket}",
        "unixsocketperm 700",
        f"dir {layout.redis}",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        f"requirepass {secrets.redis}",
        "maxmemory-policy noeviction",
        "daemonize no",
    ]
    configuration = layout.redis / "redis.conf"
    descriptor = os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
    if account is not None:
        os.chown(layout.redis, account.uid, account.gid)
        os.chown(configuration, account.uid, account.gid)


def start(layout: Layout, programs: Programs, account: Account | None) -> subprocess.Popen[bytes]:
    """Start the server; the caller holds the lock that makes it the only one."""
    layout.redis_socket.unlink(missing_ok=True)
    with (layout.logs / "redis.log").open("ab") as log:
        return spawn(
            [str(programs.redis_server), str(layout.redis / "redis.conf")],
            log=log,
            account=account,
            cwd=layout.redis,
            death_signal=STOP_SIGNAL,
        )


def start_and_wait(
    layout: Layout, secrets: Secrets, programs: Programs, account: Account | None
) -> subprocess.Popen[bytes]:
    """Start and wait for the first PING; a corrupt append-only file is moved aside (the database has all work)."""
    for attempt in range(2):
        child = start(layout, programs, account)
        end = time.monotonic() + 15
        while child.poll() is None and time.monotonic() < end:
            if answers(layout, secrets):
                return child
            time.sleep(0.02)
        child.kill()
        child.wait()
        damaged = layout.redis / "appendonly.aof"
        if attempt == 0 and damaged.exists():
            damaged.rename(damaged.with_name(f"appendonly.aof.damaged-{time.time_ns()}"))
        else:
            break
    raise SetupFailure(f"Redis does not start: {tail(layout.logs / 'redis.log')}")
