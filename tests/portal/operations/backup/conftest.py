"""A PostgreSQL of its own for backups, a table in it, and a folder for what is made of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from portal.embedded import postgres
from portal.embedded.layout import Layout
from portal.embedded.session import joined
from portal.operations.backup import services, status, wal
from portal.operations.backup.recovery_key import RecoveryPrivate
from portal.operations.backup.store import Manifest, Store
from portal.settings.environment import Environment


def silent(_line: str) -> None:
    """What the command would print."""


@dataclass
class Portal:
    """The DATA_DIR of a portal with a running database, and its backups."""

    layout: Layout
    environment: Environment

    @property
    def store(self) -> Store:
        return services.store_of(self.environment, self.layout)

    def back_up(self, *, dump: bool = False) -> services.Made:
        return services.make_backup(environment=self.environment, layout=self.layout, dump=dump, say=silent)

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return ask(self.layout, statement, *values)

    def archived(self, seconds: float = 30) -> None:
        """Finish the present WAL segment and wait until it is in the archive: a minute, made short."""
        self.ask("SELECT pg_create_restore_point('test')")  # a segment without anything is never finished
        name = self.ask("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
        wal.wait_for(self.archive, name, seconds)

    @property
    def archive(self) -> Path:
        [folder] = self.store.wal.iterdir()
        return folder


def ask(layout: Layout, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    secrets = layout.secrets()
    assert secrets is not None
    connection = postgres.connect(layout, secrets)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A short folder that the servers' account may enter."""
    parent = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    parent.chmod(0o755)
    yield parent
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster(place: Path) -> Iterator[Layout]:
    """The database of one portal, for all tests of a file."""
    with joined(place / "data", want_redis=False) as servers:
        ask(servers.layout, "SET ROLE portal_owner; CREATE TABLE public.paper (id int PRIMARY KEY, text text)")
        yield servers.layout


@pytest.fixture
def portal(cluster: Layout, tmp_path: Path, settings: Any, db: None) -> Iterator[Portal]:
    """The portal with a backup folder of its own and a recovery key in place."""
    top = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    top.chmod(0o755)
    settings.DATA_DIR = cluster.data_dir  # where the list of erasures lies
    environment = replace(
        django_settings.ENVIRONMENT, data_dir=cluster.data_dir, backup_dir=top / "backups", database_url="",
        database_owner_url="", backup_keep=3,
    )  # fmt: skip
    status.forget(cluster)
    ask(cluster, "TRUNCATE paper")
    ask(cluster, "INSERT INTO paper SELECT n, 'text ' || n FROM generate_series(1, 1000) AS n")
    yield Portal(cluster, environment)
    cluster.archiver.unlink(missing_ok=True)
    for name in ("files/clean", "files/quarantine", "erasures"):
        shutil.rmtree(cluster.data_dir / name, ignore_errors=True)
        (cluster.data_dir / name).mkdir()
    shutil.rmtree(top, ignore_errors=True)


@pytest.fixture
def private(portal: Portal) -> RecoveryPrivate:
    """The private half, as the operator keeps it."""
    return services.new_recovery_key(layout=portal.layout, replace=True)


_good: dict[Path, tuple[RecoveryPrivate, Manifest]] = {}


@pytest.fixture
def good(portal: Portal, place: Path) -> tuple[RecoveryPrivate, Manifest]:
    """A backup that was made once for the file, to be read and damaged by each test."""
    if place not in _good:
        private = services.new_recovery_key(layout=portal.layout, replace=True)
        _good[place] = private, portal.back_up().manifest
        shutil.copytree(portal.store.root, place / "good")
    else:
        shutil.copytree(place / "good", portal.store.root)
    return _good[place]


@pytest.fixture
def target(place: Path) -> Iterator[Callable[[], Layout]]:
    """Empty folders to restore into."""
    made: list[Layout] = []

    def new() -> Layout:
        made.append(Layout.of(place / f"restored-{len(made)}"))
        return made[-1]

    yield new
    for layout in made:
        for folder in {layout.data_dir, layout.server_dir, layout.sockets}:
            shutil.rmtree(folder, ignore_errors=True)


__all__ = ["Portal", "ask", "silent"]
