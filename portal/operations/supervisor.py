"""`manage.py portal`: starts and watches PostgreSQL, Redis, gunicorn, the Celery worker and beat as its children."""

import argparse
import os
import select
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

from portal.embedded import postgres, redis
from portal.embedded.account import Account, web_account
from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout
from portal.embedded.locks import FileLock
from portal.embedded.process import spawn, stop, tail
from portal.embedded.session import Servers
from portal.operations import outside
from portal.operations.backup import status as backup_status
from portal.operations.backup.attending import Attendant
from portal.settings.environment import BASE_DIR, Environment, EnvironmentFault, described, read

RESTART_AFTER = 0.1  # seconds
QUICK_DEATH = 5.0  # a child that lived for less is restarted ever more slowly
SLOWEST_RESTART = 5.0


@dataclass
class Child:
    """One watched child."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes]
    born: float = field(default_factory=time.monotonic)
    deaths: int = 0


class Stopped(Exception):
    """A signal asked the supervisor to end."""


class Supervisor:
    """Runs one portal until SIGINT or SIGTERM."""

    def __init__(self, environment: Environment, *, fresh: bool = False, prepare_only: bool = False) -> None:
        self.environment = environment
        self.fresh = fresh
        self.prepare_only = prepare_only
        self.layout = Layout.of(environment.data_dir)
        self.children: list[Child] = []
        self.servers: Servers | None = None
        self.listener: socket.socket | None = None
        self.account: Account | None = None
        self.backups = Attendant(self.layout, environment)
        self._stop = False
        self._wake, self._waker = socket.socketpair()

    def run(self) -> None:
        """Serve until told to stop; raises SetupFailure with the sentence for the operator."""
        self._listen_to_signals()
        if self.layout.restoring.exists():
            raise SetupFailure(
                f"The restore into {self.layout.data_dir} did not end well: run `manage.py after_restore`, or restore "
                "again into an empty folder."
            )
        self.layout.create()
        lock = FileLock(self.layout.run / "lock")
        if not lock.acquire():
            raise SetupFailure(
                f"A portal already runs with the folder {self.layout.data_dir} (process {lock.holder()}); "
                "stop it first, or choose another DATA_DIR."
            )
        starter = FileLock(self.layout.run / "start.lock")
        try:
            if not self.prepare_only:
                self._take_port()
            self._wait_for_commands(starter)
            if self.fresh:
                self._clear()
            self._start_servers()
            self._start_signer()
            self._prepare()
            if not self.prepare_only:
                self._start_portal()
                self._wait_until_ready()
                self._announce()
                self._watch()
        except Stopped:
            pass
        finally:
            self._end()
            starter.release()
            lock.release()

    # --- steps of the start -------------------------------------------------------------------

    def _listen_to_signals(self) -> None:
        def ask_to_stop(_signal: int, _frame: object) -> None:
            self._stop = True

        for end in (self._wake, self._waker):
            end.setblocking(False)
        signal.signal(signal.SIGINT, ask_to_stop)
        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGHUP, ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)

    def _take_port(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.environment.port))
            listener.listen(512)
        except OSError as error:
            listener.close()
            raise SetupFailure(
                f"Port {self.environment.port} cannot be used ({error.strerror}); choose another one with PORT=…"
            ) from None
        self.listener = listener

    def _wait_for_commands(self, starter: FileLock) -> None:
        """A command that started servers for itself ends them before we start ours."""
        end = time.monotonic() + 60
        while not starter.acquire():
            if time.monotonic() > end:
                raise SetupFailure(f"Process {starter.holder()} still uses the servers in {self.layout.data_dir}.")
            self._pause(0.1)

    def _clear(self) -> None:
        """Forget the demonstration city; the servers do not run yet."""
        if self.environment.database_url:
            raise SetupFailure("A fresh demonstration city is only made in the embedded database: unset DATABASE_URL.")
        for folder in (self.layout.pg, self.layout.redis, *map(self.layout.data_dir.joinpath, ("files", "sent"))):
            shutil.rmtree(folder, ignore_errors=True)
        self.layout.archiver.unlink(missing_ok=True)
        backup_status.forget(self.layout)
        self.layout.create()

    def _start_servers(self) -> None:
        environment = self.environment
        outside.check(environment)
        own_postgres, own_redis = not environment.database_url, not environment.redis_url
        servers = Servers(self.layout, own_postgres, own_redis)
        self.servers = servers
        self.account = web_account(BASE_DIR, self.layout.data_dir)
        if servers.account is not None and self.account is None:
            print("Web and worker run as root: the service account cannot reach the code or DATA_DIR.", file=sys.stderr)
        if not (own_postgres or own_redis):
            return
        servers.start()
        if servers.postgres is not None:
            self.children.append(Child("postgres", self._postgres_again, postgres.STOP_SIGNAL, servers.postgres))
        if servers.redis is not None:
            self.children.append(Child("redis", self._redis_again, redis.STOP_SIGNAL, servers.redis))

    def _prepare(self) -> None:
        """Migrations, grants, reference data, assets and the demonstration, in one process that may be the owner."""
        assert self.servers is not None
        self._hand_over()
        environ = self._environ()
        owner_url = self.servers.owner_url if not self.environment.database_url else self.environment.database_owner_url
        environ["DATABASE_OWNER_URL"] = owner_url
        environ.pop("CRASH_POINTS", None)  # what dies on purpose is the running portal
        process = spawn(
            [sys.executable, str(BASE_DIR / "manage.py"), "prepare"],
            log=sys.stdout.fileno(),
            account=self.account,
            environ=environ,
            cwd=BASE_DIR,
        )
        try:
            while process.poll() is None:
                self._pause(0.2)
        except Stopped:
            stop(process, signal.SIGTERM, 5)
            raise
        if process.returncode != 0:
            raise SetupFailure("The portal was not started, for the reason above.")

    def _start_portal(self) -> None:
        assert self.listener is not None
        environment = self.environment
        descriptor = self.listener.fileno()
        python = [sys.executable, "-m"]
        gunicorn = [*python, "gunicorn", "portal.wsgi:application", f"--bind=fd://{descriptor}", "--preload"]
        gunicorn += ["--worker-class=gthread", f"--workers={environment.web_processes}"]
        gunicorn += [f"--threads={environment.web_threads}", "--no-control-socket", "--graceful-timeout=8"]
        # No header of a caller names the path: a proxy in front writes X-Forwarded-For and nothing else that counts.
        gunicorn += ["--timeout=60", "--worker-tmp-dir=/dev/shm", "--log-level=warning", "--forwarder-headers="]
        celery = [*python, "celery", "--app=portal.celery:app"]
        worker = [*celery, "worker", f"--concurrency={environment.worker_processes}", "--loglevel=WARNING"]
        worker += ["--without-gossip", "--without-mingle", "--hostname=portal@localhost"]
        beat = [*celery, "beat", "--pidfile=", f"--schedule={self.layout.run / 'beat-schedule'}", "--loglevel=WARNING"]
        for name, command, keep in (("web", gunicorn, [descriptor]), ("worker", worker, []), ("beat", beat, [])):
            start = self._starter(name, command, keep)
            self.children.append(Child(name, start, signal.SIGTERM, start()))

    def _start_signer(self) -> None:
        """The process that alone reads the keys of signatures; as root it starts as root and becomes the account."""
        environment = self.environment
        if environment.signer_socket is not None:
            return
        command = [sys.executable, "-m", "portal.documents.signing.keeper"]
        command += ["--keys", str(environment.signer_keys or self.layout.seals)]
        command += ["--socket", str(self.layout.signer_socket), "--renewal", str(self.layout.run / "signer-renewal")]
        if environment.signer_keys is not None:
            command.append("--outside")
        address = (environment.public_url or f"http://127.0.0.1:{environment.port}").rstrip("/")
        command += ["--list-address", f"{address}/trust/revoked.crl"]
        if self.account is not None:
            command += ["--account", f"{self.account.uid}:{self.account.gid}"]
        environ = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "PYTHONPATH"}}

        def start() -> subprocess.Popen[bytes]:
            with (self.layout.logs / "signer.log").open("ab") as log:
                return spawn(command, log=log, environ=environ, cwd=BASE_DIR)

        self.children.append(Child("signer", start, signal.SIGTERM, start()))

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + 90
        while not self._ready():
            self._revive()
            if time.monotonic() > end or any(child.deaths > 5 for child in self.children):
                name = max(self.children, key=lambda child: child.deaths).name
                log = self.layout.logs / f"{name}.log"
                raise SetupFailure(f"The portal does not become ready; the last words of {log}: {tail(log)}")
            self._pause(0.1)

    def _ready(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.environment.port}/readyz",
            headers={"Host": self.environment.allowed_hosts[0], "X-Forwarded-Proto": "https"},
        )
        try:
            with opener.open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _announce(self) -> None:
        accounts = self.layout.run / "accounts.txt"
        if accounts.exists():
            print(accounts.read_text(), flush=True)
        print(f"logs: {self.layout.logs}", flush=True)
        print(f"ready: http://127.0.0.1:{self.environment.port}/", flush=True)

    # --- while it runs ------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            self._pause(1.0)
            self._revive()
            self.backups.look()
            if (receive := self.backups.receiver()) is not None:
                self.children.append(Child("wal", receive, signal.SIGTERM, receive()))

    def _revive(self) -> None:
        for child in self.children:
            code = child.process.poll()
            if code is None:
                continue
            child.deaths = child.deaths + 1 if time.monotonic() - child.born < QUICK_DEATH else 1
            delay = min(SLOWEST_RESTART, RESTART_AFTER * 2 ** (child.deaths - 1))
            print(f"{child.name} ended with status {code}; it is started again.", file=sys.stderr, flush=True)
            self._pause(delay, whole=True)
            # What a killed master left in its session must not go on beside the new one.
            stop(child.process, child.stop_signal, 0)
            child.process = child.start()
            child.born = time.monotonic()

    def _postgres_again(self) -> subprocess.Popen[bytes]:
        assert self.servers is not None
        self.servers.start_postgres()
        assert self.servers.postgres is not None
        return self.servers.postgres

    def _redis_again(self) -> subprocess.Popen[bytes]:
        assert self.servers is not None
        self.servers.start_redis()
        assert self.servers.redis is not None
        return self.servers.redis

    def _pause(self, seconds: float, *, whole: bool = False) -> None:
        """Wait for a child's death, a signal or the time; raises Stopped."""
        end = time.monotonic() + seconds
        while True:
            if self._stop:
                raise Stopped
            left = end - time.monotonic()
            if left <= 0:
                return
            if select.select([self._wake], [], [], left)[0]:
                self._wake.recv(4096)
                if self._stop:
                    raise Stopped
                if not whole:
                    return

    # --- the end ------------------------------------------------------------------------------

    def _end(self) -> None:
        """Beat first, then web and worker, at last the servers that they need."""
        self.backups.stop()
        by_name = {child.name: child for child in self.children}
        for name in ("beat", "web", "worker"):
            if name in by_name and by_name[name].process.poll() is None:
                by_name[name].process.send_signal(signal.SIGTERM)
        for name in ("beat", "web", "worker", "signer", "wal"):
            if name in by_name:
                stop(by_name[name].process, signal.SIGTERM, 15)
        if self.servers is not None:
            self.servers.stop()
        if self.listener is not None:
            self.listener.close()
        if self.servers is not None and not self.prepare_only:
            print("stopped", flush=True)

    # --- details ------------------------------------------------------------------------------

    def _starter(self, name: str, command: list[str], keep: list[int]) -> Callable[[], subprocess.Popen[bytes]]:
        def start() -> subprocess.Popen[bytes]:
            with (self.layout.logs / f"{name}.log").open("ab") as log:
                return spawn(command, log=log, account=self.account, environ=self._environ(), cwd=BASE_DIR, keep=keep)

        return start

    def _hand_over(self) -> None:
        if self.account is not None:
            self.layout.hand_over(self.account)

    def _environ(self) -> dict[str, str]:
        """The children's environment: never the owner's address."""
        environ = {key: value for key, value in os.environ.items() if key != "DATABASE_OWNER_URL"}
        cache = self.layout.run / "cache"
        environ |= {"DATA_DIR": str(self.environment.data_dir), "XDG_CACHE_HOME": str(cache)}
        environ |= {"PORT": str(self.environment.port), "HOME": str(cache)}
        return environ


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `manage.py portal`."""
    parser.add_argument("--fresh", action="store_true", help="forget the demonstration city and make a new one")
    parser.add_argument("--prepare-only", action="store_true", help="prepare database and assets, then stop")


def main(arguments: list[str]) -> int:
    """Run the portal from the command line; a failure is one sentence and status 1."""
    variables = "\n".join(f"  {name:22}{text}" for name, _default, text in described())
    parser = argparse.ArgumentParser(
        prog="manage.py portal",
        description="Run the portal until Ctrl-C.",
        epilog=f"environment:\n{variables}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.development")
    try:
        Supervisor(read(), fresh=options.fresh, prepare_only=options.prepare_only).run()
    except (SetupFailure, EnvironmentFault) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0
