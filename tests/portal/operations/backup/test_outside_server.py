"""An outside server: base backup and WAL by DATABASE_REPLICATION_URL, a dump alone without it."""

from __future__ import annotations

import dataclasses
import os
import signal
from pathlib import Path

import pytest

from portal.embedded import postgres
from portal.embedded.addresses import APPLICATION, OWNER, embedded_database_url
from portal.embedded.layout import Layout
from portal.embedded.process import stop
from portal.embedded.programs import programs
from portal.embedded.session import joined
from portal.operations.backup import services, status, wal
from portal.operations.backup.attending import Attendant
from portal.operations.backup.server import Address
from portal.operations.backup.store import BASE, DUMP
from tests.portal.operations.backup.conftest import Portal, ask
from tests.portal.operations.backup.test_backup_restore import lay_out, papers
from tests.processes import wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.process]


@pytest.fixture
def outside(portal: Portal, place: Path, settings) -> Portal:
    """A portal with a DATA_DIR of its own, to which the running PostgreSQL is an outside server."""
    secrets = portal.layout.secrets()
    assert secrets is not None
    layout = Layout.of(place / "outside")
    layout.create()
    settings.DATA_DIR = layout.data_dir
    environment = dataclasses.replace(
        portal.environment,
        data_dir=layout.data_dir,
        database_url=embedded_database_url(portal.layout, APPLICATION, secrets.application),
        database_owner_url=embedded_database_url(portal.layout, OWNER, secrets.owner),
        database_replication_url=embedded_database_url(portal.layout, postgres.SUPERUSER, secrets.superuser),
    )
    return Portal(layout, environment)


def test_wal_is_received_to_the_last_commit_and_the_cluster_is_laid_out_for_its_own_programs(
    portal: Portal, outside: Portal, target
):
    private = services.new_recovery_key(layout=outside.layout, replace=True)
    attendant = Attendant(outside.layout, outside.environment)
    assert attendant.receiver() is None  # nothing is received before the first backup
    made = outside.back_up().manifest
    assert BASE in made.parts
    assert not portal.layout.archiver.exists()
    start = attendant.receiver()
    assert start is not None
    assert attendant.receiver() is None
    receiver = start()
    try:
        portal.ask("INSERT INTO paper VALUES (8000, 'streamed')")
        flushed = "SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_flush_lsn()"
        wait_for(lambda: portal.ask(flushed) == [(1,)], "the receiver has everything", 30)
        assert outside.back_up().manifest.cluster is not None  # while the receiver holds the slot
        portal.ask("INSERT INTO paper VALUES (8001, 'streamed')")
        wait_for(lambda: portal.ask(flushed) == [(1,)], "the receiver has everything", 30)
    finally:
        stop(receiver, signal.SIGTERM, 10)
    restored = target()
    done = lay_out(outside, restored, private)
    assert done.by_hand == restored.restoring / "outside-pg" / "pg"
    assert rows_of(portal, done.by_hand) == 1002
    portal.ask("SELECT pg_drop_replication_slot(%s)", wal.SLOT)


def rows_of(portal: Portal, cluster: Path) -> int:
    """What the operator does by hand: start the cluster with the server's own programs."""
    secrets, account = portal.layout.secrets(), None
    assert secrets is not None
    layout = Layout(cluster.parent, cluster.parent, cluster.parent / "run")
    layout.run.mkdir()
    layout.logs.mkdir()
    if os.geteuid() == 0:
        from portal.embedded.account import service_account

        account = service_account()
        assert account is not None
        for folder, _names, files in os.walk(cluster.parent):
            for path in [folder, *(os.path.join(folder, name) for name in files)]:
                os.chown(path, account.uid, account.gid)
        for parent in cluster.parents[:3]:
            parent.chmod(0o711)
    child = postgres.recover(layout, secrets, programs(), account)
    try:
        connection = postgres.connect(layout, secrets)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM paper")
            found: int = cursor.fetchone()[0]
        connection.close()
        return found
    finally:
        stop(child, postgres.STOP_SIGNAL, 20)


def test_without_a_replication_address_there_is_a_dump_and_the_page_says_so(portal: Portal, outside: Portal, target):
    outside.environment = dataclasses.replace(outside.environment, database_replication_url="")
    private = services.new_recovery_key(layout=outside.layout, replace=True)
    made = outside.back_up().manifest
    assert made.cluster is None
    assert DUMP in made.parts
    assert status.read(outside.layout).to_any_moment is False
    elsewhere = dataclasses.replace(outside.environment, database_url="", database_owner_url="")
    restored = target()
    lay_out(Portal(outside.layout, elsewhere), restored, private)
    assert papers(restored) == 1000


def test_a_dump_goes_back_into_an_outside_server(outside: Portal, target):
    outside.environment = dataclasses.replace(outside.environment, database_replication_url="")
    private = services.new_recovery_key(layout=outside.layout, replace=True)
    outside.back_up()
    other = target()
    with joined(other.data_dir, want_redis=False) as servers:
        environment = dataclasses.replace(
            outside.environment, database_url=servers.application_url, database_owner_url=servers.owner_url
        )
        lay_out(Portal(outside.layout, environment), target(), private)
        assert ask(other, "SELECT count(*) FROM paper") == [(1000,)]


def test_passwords_stand_on_no_command_line():
    address = Address.of("postgresql://backup:s%40cret@db.example/portal?sslmode=require")
    assert address.url == "postgresql://backup@db.example/portal?sslmode=require"
    assert address.environ["PGPASSWORD"] == "s@cret"
    assert Address.of("postgresql:///portal").environ.get("PGPASSWORD") is None
