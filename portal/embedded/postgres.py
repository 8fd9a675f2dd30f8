"""The embedded PostgreSQL: initdb with scram, two roles, recovery from `kill -9`."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

from portal.embedded.account import Account
from portal.embedded.addresses import APPLICATION, DATABASE, OWNER
from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout, Secrets
from portal.embedded.process import processes_in, spawn, stop, tail, wait_gone
from portal.embedded.programs import Programs

STOP_SIGNAL = signal.SIGINT
SUPERUSER = "postgres"
CONFIGURATION = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "io_method": "sync",
    "max_worker_processes": "2",
    "max_parallel_workers": "0",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
}


def connect(layout: Layout, secrets: Secrets, database: str = DATABASE) -> "psycopg2.extensions.connection":
    """A connection of the superuser, or of the application where only its password is known."""
    role, password = (SUPERUSER, secrets.superuser) if secrets.superuser else (APPLICATION, secrets.application)
    return psycopg2.connect(host=str(layout.sockets), user=role, password=password, dbname=database, connect_timeout=5)


def answers(layout: Layout, secrets: Secrets) -> bool:
    """Whether the portal's database can be used; judged by connecting."""
    try:
        connect(layout, secrets).close()
    except psycopg2.OperationalError:
        return False
    return True


def initialise(layout: Layout, secrets: Secrets, programs: Programs, account: Account | None) -> None:
    """Make the cluster where there is none; an interrupted attempt leaves `pg.new` and is begun again."""
    if (layout.pg / "PG_VERSION").exists():
        return
    draft = layout.pg.with_name("pg.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    handle, name = tempfile.mkstemp(dir=layout.sockets)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.superuser)
    if account is not None:
        os.chown(draft, account.uid, account.gid)
        os.chown(name, account.uid, account.gid)
    command = [programs.pg("initdb"), "-D", str(draft), "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={name}"]
    command += ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command += ["-T", "simple", "--no-instructions"]
    log_path = layout.logs / "initdb.log"
    try:
        with log_path.open("wb") as log:
            code = spawn(command, log=log, account=account, environ=_environ()).wait()
    finally:
        Path(name).unlink()
    if code != 0:
        raise SetupFailure(f"PostgreSQL's folder could not be made: {tail(log_path)}")
    with (draft / "postgresql.conf").open("a") as file:
        file.write("\n# The portal's own settings: a small machine, sockets only.\n")
        for key, value in CONFIGURATION.items():
            file.write(f"{key} = {value}\n")
    draft.rename(layout.pg)


def start(layout: Layout, programs: Programs, account: Account | None) -> subprocess.Popen[bytes]:
    """Start the postmaster; the caller holds the lock that makes it the only one."""
    _clear_remains(layout)
    with (layout.logs / "postgres.log").open("ab") as log:
        return spawn(
            [programs.pg("postgres"), "-D", str(layout.pg), "-k", str(layout.sockets), *_archive_options(layout)],
            log=log,
            account=account,
            environ=_environ(),
            cwd="/",
            death_signal=STOP_SIGNAL,
        )


def _archive_options(layout: Layout) -> list[str]:
    """Finished WAL goes to the archiver while there is one: it comes with the first backup, without a new start."""
    program = shlex.quote(str(layout.archiver)).replace("%", "%%")
    command = f'test ! -x {program} || {program} "%p" "%f"'
    return ["-c", "archive_mode=on", "-c", f"archive_command={command}"]


def recover(layout: Layout, secrets: Secrets, programs: Programs, account: Account | None) -> subprocess.Popen[bytes]:
    """Start a cluster that was laid out with `recovery.signal`, and wait until it has recovered and takes writes.

    However long that takes: a recovery that cannot go on ends its process, which raises SetupFailure.
    """
    child = start(layout, programs, account)
    try:
        while child.poll() is None:
            if _takes_writes(layout, secrets):
                return child
            time.sleep(0.05)
    except BaseException:
        stop(child, STOP_SIGNAL, 30)
        raise
    raise SetupFailure(f"PostgreSQL does not recover: {tail(layout.logs / 'postgres.log', 6)}")


def _takes_writes(layout: Layout, secrets: Secrets) -> bool:
    try:
        connection = connect(layout, secrets, "postgres")
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            return not cursor.fetchone()[0]
    except psycopg2.OperationalError:
        return False
    finally:
        connection.close()


def start_and_wait(
    layout: Layout, secrets: Secrets, programs: Programs, account: Account | None
) -> subprocess.Popen[bytes]:
    """Start and wait until connections are served.

    A zombie of the last postmaster may hold its pid for some seconds, and crash recovery takes its time.
    """
    end = time.monotonic() + 60
    retry_until = time.monotonic() + 15
    child = start(layout, programs, account)
    while time.monotonic() < end:
        if child.poll() is not None:
            if time.monotonic() > retry_until:
                break
            time.sleep(0.3)
            child = start(layout, programs, account)
        try:
            connect(layout, secrets, "postgres").close()
        except psycopg2.OperationalError:
            time.sleep(0.03)
            continue
        return child
    if child.poll() is None:
        child.send_signal(signal.SIGQUIT)
        child.wait()
    raise SetupFailure(f"PostgreSQL does not start: {tail(layout.logs / 'postgres.log')}")


def ensure_roles(layout: Layout, secrets: Secrets) -> None:
    """The two roles and the database; safe to repeat."""
    connection = connect(layout, secrets, "postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for role, password, rights in (
                (OWNER, secrets.owner, "LOGIN CREATEDB"),
                (APPLICATION, secrets.application, "LOGIN NOCREATEDB"),
            ):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                cursor.execute(
                    sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                        sql.SQL(verb), sql.Identifier(role), sql.SQL(rights), sql.Literal(password)
                    )
                )
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
            cursor.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(APPLICATION)
                )
            )
    finally:
        connection.close()


def _environ() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _clear_remains(layout: Layout) -> None:
    """Remove what a killed postmaster left, but nothing that belongs to a living one."""
    pidfile = layout.pg / "postmaster.pid"
    socket_lock = layout.sockets / ".s.PGSQL.5432.lock"
    leftovers = [pid for pid in processes_in(layout.pg) if pid != os.getpid()]
    try:
        first_line = pidfile.read_text().split("\n", 1)[0].strip()
    except FileNotFoundError:
        first_line = None
    if leftovers:
        # Nobody serves (we tried to connect) and we hold the lock: these are remains of a killed postmaster.
        for pid in leftovers:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        wait_gone(leftovers, 10)
    if first_line is not None and (not first_line.isdigit() or not _is_of(int(first_line), layout.pg)):
        pidfile.unlink(missing_ok=True)
        socket_lock.unlink(missing_ok=True)
    if first_line is None or not first_line:
        socket_lock.unlink(missing_ok=True)


def _is_of(pid: int, folder: Path) -> bool:
    """Whether the process works in the cluster; a reused pid or a dead one does not."""
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(folder)
    except OSError:
        return False
