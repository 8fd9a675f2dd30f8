"""pgbench of the embedded PostgreSQL, in a database of its own: what the machine can commit at all."""

from __future__ import annotations

import re
import subprocess

import psycopg2

from portal.embedded import postgres
from portal.embedded.session import Servers

DATABASE = "pgbench"
SCALE = 10
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def prepare(servers: Servers) -> None:
    """Make and fill the database once."""
    connection = postgres.connect(servers.layout, servers.secrets, "postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone():
                return
            cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()
    try:
        _call(servers, "--initialize", f"--scale={SCALE}", "--quiet")
    except BaseException:
        _drop(servers)
        raise


def simple_update(servers: Servers, *, clients: int, seconds: int) -> float:
    """Transactions per second of `pgbench -N`."""
    output = _call(
        servers, "--skip-some-updates", "--no-vacuum", f"--client={clients}", "--jobs=2", f"--time={seconds}"
    )
    found = _RATE.search(output)
    if found is None:
        raise RuntimeError(f"pgbench gave no rate: {output}")
    return float(found[1])


def _call(servers: Servers, *arguments: str) -> str:
    environ = {"PGPASSWORD": servers.secrets.superuser, "PGHOST": str(servers.layout.sockets), "LC_ALL": "C"}
    done = subprocess.run(
        [servers.programs.pg("pgbench"), f"--username={postgres.SUPERUSER}", *arguments, DATABASE],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()}")
    return done.stdout


def _drop(servers: Servers) -> None:
    connection: psycopg2.extensions.connection = postgres.connect(servers.layout, servers.secrets, "postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
    connection.close()
