"""Use the servers of a DATA_DIR: join those that run, or start them and stop them again."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded import postgres, redis
from portal.embedded.account import HOME, Account, service_account, web_account
from portal.embedded.addresses import APPLICATION, OWNER, embedded_database_url, embedded_redis_urls
from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout, Secrets
from portal.embedded.locks import FileLock
from portal.embedded.process import stop
from portal.embedded.programs import Programs, programs

BASE_DIR = Path(__file__).resolve().parents[2]


@dataclass
class Servers:
    """The embedded servers of one portal; `want_*` is False where an outside server is used."""

    layout: Layout
    want_postgres: bool = True
    want_redis: bool = True
    secrets: Secrets = field(init=False)
    account: Account | None = field(init=False)
    postgres: subprocess.Popen[bytes] | None = field(init=False, default=None)
    redis: subprocess.Popen[bytes] | None = field(init=False, default=None)
    _programs: Programs | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.layout.create()
        self.secrets = self.layout.ensure_secrets()
        self.account = service_account()

    @property
    def programs(self) -> Programs:
        if self._programs is None:
            self._programs = programs()
        return self._programs

    @property
    def owner_url(self) -> str:
        return embedded_database_url(self.layout, OWNER, self.secrets.owner)

    @property
    def application_url(self) -> str:
        return embedded_database_url(self.layout, APPLICATION, self.secrets.application)

    @property
    def redis_urls(self) -> tuple[str, str]:
        return embedded_redis_urls(self.layout, self.secrets.redis)

    def answer(self) -> bool:
        """Whether every wanted server serves."""
        return (not self.want_postgres or postgres.answers(self.layout, self.secrets)) and (
            not self.want_redis or redis.answers(self.layout, self.secrets)
        )

    def start(self) -> None:
        """Start what is wanted; the caller holds `run/start.lock`."""
        self._prepare_folders()
        try:
            if self.want_postgres:
                postgres.initialise(self.layout, self.secrets, self.programs, self.account)
                self.start_postgres()
                postgres.ensure_roles(self.layout, self.secrets)
            if self.want_redis:
                self.start_redis()
        except BaseException:
            self.stop()
            raise

    def start_postgres(self) -> None:
        self.postgres = postgres.start_and_wait(self.layout, self.secrets, self.programs, self.account)

    def recover_postgres(self) -> None:
        """Let a restored cluster recover; the caller holds `run/start.lock`."""
        self._prepare_folders()
        self.postgres = postgres.recover(self.layout, self.secrets, self.programs, self.account)

    def start_redis(self) -> None:
        redis.prepare(self.layout, self.secrets, self.account)
        self.redis = redis.start_and_wait(self.layout, self.secrets, self.programs, self.account)

    def stop(self) -> None:
        """Stop what this process started, Redis first."""
        if self.redis is not None:
            stop(self.redis, redis.STOP_SIGNAL, 10)
            self.redis = None
        if self.postgres is not None:
            stop(self.postgres, postgres.STOP_SIGNAL, 30)
            self.postgres = None

    def _prepare_folders(self) -> None:
        try:
            if self.layout.server_dir != self.layout.data_dir or self.layout.sockets != self.layout.server_dir / "run":
                if self.account is not None:
                    HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
                    HOME.chmod(0o711)
                for folder in (self.layout.server_dir, self.layout.sockets):
                    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            if self.layout.sockets.stat().st_uid not in {0, os.geteuid()} | (
                {self.account.uid} if self.account else set()
            ):
                raise SetupFailure(f"The folder {self.layout.sockets} belongs to another user.")
            if self.account is not None:
                os.chown(self.layout.sockets, self.account.uid, self.account.gid)
                for folder in (self.layout.server_dir, self.layout.sockets):
                    folder.chmod(folder.stat().st_mode | 0o111)
        except OSError as error:
            raise SetupFailure(f"The folder {self.layout.server_dir} cannot be written: {error.strerror}.") from None


@contextmanager
def joined(data_dir: Path, *, want_postgres: bool = True, want_redis: bool = True) -> Iterator[Servers]:
    """Servers for one command: those that run, or our own until the last user has gone."""
    servers = Servers(Layout.of(data_dir), want_postgres, want_redis)
    users = FileLock(servers.layout.run / "users")
    users.acquire(shared=True, wait=True)
    starter = FileLock(servers.layout.run / "start.lock")
    started = False
    end = time.monotonic() + 120
    try:
        while not servers.answer():
            if starter.acquire():
                if not servers.answer():
                    servers.start()
                    started = True
                    break
                starter.release()
            elif time.monotonic() > end:
                raise SetupFailure(f"Process {starter.holder()} holds {starter.path} and its servers do not answer.")
            else:
                time.sleep(0.05)
        yield servers
    finally:
        if started:
            # Converting a shared lock lets it go for a moment: others may join, and are waited for.
            users.acquire(wait=True)
            servers.stop()
        account = web_account(BASE_DIR, servers.layout.data_dir)
        if account is not None:
            servers.layout.hand_over(account)
        starter.release()
        users.release()
