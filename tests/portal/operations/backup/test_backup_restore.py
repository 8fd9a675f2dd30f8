"""Backups of a real PostgreSQL, restored: what comes back, to which moment, and every way in which it can fail."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import gzip
import json
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from portal.embedded.layout import Layout
from portal.embedded.session import joined
from portal.operations.backup import restoring, services, status, wal
from portal.operations.backup.faults import BackupFault, told
from portal.operations.backup.recovery_key import RecoveryPrivate
from portal.operations.backup.store import BASE, DUMP, FILES, KEYS, MANIFEST, Manifest
from portal.privacy import erasures
from tests.portal.operations.backup.conftest import Portal, ask, silent
from tests.portal.operations.backup.test_contents import put
from tests.processes import wait_for

pytestmark = [pytest.mark.django_db, pytest.mark.process]

Target = Callable[[], Layout]
Good = tuple[RecoveryPrivate, Manifest]
Usage = namedtuple("Usage", "total used free")


def lay_out(
    portal: Portal,
    layout: Layout,
    private: RecoveryPrivate,
    moment: dt.datetime | None = None,
    *,
    backup_id: str = "",
    dump: bool = False,
) -> restoring.Restored:
    environment = dataclasses.replace(portal.environment, data_dir=layout.data_dir)
    manifest = restoring.choose(portal.store, backup_id=backup_id, moment=moment, dump=dump)
    return restoring.restore(
        store=portal.store, environment=environment, layout=layout, manifest=manifest, private=private,
        moment=moment, dump=dump, erasure_lists=[], say=silent,
    )  # fmt: skip


def papers(layout: Layout) -> int:
    """Rows in a restored portal, whose database is started for this question."""
    with joined(layout.data_dir, want_redis=False):
        return int(ask(layout, "SELECT count(*) FROM paper")[0][0])


def now(portal: Portal) -> dt.datetime:
    found: dt.datetime = portal.ask("SELECT clock_timestamp()")[0][0]
    return found


# --- what comes back ----------------------------------------------------------------------------------


def test_rows_that_were_deleted_come_back_to_the_moment_before(portal: Portal, private, target: Target):
    portal.back_up()
    portal.ask("INSERT INTO paper SELECT n, 'later' FROM generate_series(1001, 1500) AS n")
    before = now(portal)
    portal.ask("DELETE FROM paper")
    portal.archived()
    assert portal.ask("SELECT count(*) FROM paper") == [(0,)]
    restored, last = target(), target()
    lay_out(portal, restored, private, before)
    assert papers(restored) == 1500
    lay_out(portal, last, private)
    assert papers(last) == 0


def test_a_moment_after_the_last_commit_restores_everything(portal: Portal, private, target: Target):
    portal.back_up()
    portal.ask("INSERT INTO paper VALUES (2000, 'last')")
    portal.archived()
    later = now(portal) + dt.timedelta(hours=1)
    restored = target()
    lay_out(portal, restored, private, later)
    assert papers(restored) == 1001


def test_the_restored_database_starts_as_any_other_and_keeps_no_wal_until_its_first_backup(
    portal: Portal, private, target: Target
):
    portal.back_up()
    restored = target()
    lay_out(portal, restored, private)
    assert not (restored.pg / "recovery.signal").exists()
    assert not (restored.server_dir / "restored-wal").exists()
    with joined(restored.data_dir, want_redis=False):
        rows = ask(restored, "SELECT current_setting('restore_command'), current_setting('archive_timeout')")
        assert rows == [("", "0")]
        ask(restored, "INSERT INTO paper VALUES (3000, 'new life')")
        ask(restored, "SELECT pg_switch_wal()")
    assert [path.name[:8] for path in wal.kept(portal.archive).values()].count("00000002") == 0


def test_files_keys_and_the_list_of_erasures_come_back(portal: Portal, private, target: Target):
    files = portal.layout.data_dir / "files"
    names = {put(files, b"file %d" % n, area) for n in range(20) for area in ("clean", "quarantine")}
    key_id = uuid4()
    erasures.append([(key_id, now(portal))])
    made = portal.back_up()
    assert (made.copied, made.manifest.files) == (40, 40)
    restored = target()
    done = lay_out(portal, restored, private)
    assert (done.files, done.missing) == (40, [])
    for name in names:
        area, digest = name.split("/")
        path = Path(area, digest[:2], digest)
        assert (restored.data_dir / "files" / path).read_bytes() == (files / path).read_bytes()
    assert restored.secrets() == portal.layout.secrets()
    for path in restored.keys.rglob("*"):
        assert path.is_dir() or path.stat().st_mode & 0o777 == 0o600
    [kept] = sorted((restored.restoring / "erasures").iterdir())
    assert [entry[0] for entry in erasures.read(kept)] == [key_id]


def test_a_dump_is_restored_as_well(portal: Portal, private, target: Target):
    made = portal.back_up()
    assert DUMP in made.manifest.parts  # the first backup holds the dump of the week
    assert DUMP not in portal.back_up().manifest.parts
    assert DUMP in portal.back_up(dump=True).manifest.parts
    restored = target()
    portal.ask("DELETE FROM paper")
    lay_out(portal, restored, private, dump=True)
    assert papers(restored) == 1000


def test_the_keys_lie_in_no_part_of_the_backup_but_the_sealed_one(portal: Portal, good: Good):
    private, manifest = good
    secrets = portal.layout.secrets()
    assert secrets is not None
    for path in portal.store.folder_of(manifest.id).iterdir():
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for word in (secrets.superuser, secrets.owner, secrets.application, private.line):
            assert word.encode() not in content, path.name


# --- what is refused ----------------------------------------------------------------------------------


def test_the_wrong_recovery_key_opens_nothing_and_leaves_the_folder_as_it_was(portal: Portal, good: Good, target):
    restored = target()
    with pytest.raises(BackupFault, match="does not open the keys of this backup"):
        lay_out(portal, restored, RecoveryPrivate.new())
    assert not restored.data_dir.exists()


def test_a_folder_that_is_not_empty_is_left_alone(portal: Portal, good: Good, target: Target):
    restored = target()
    restored.data_dir.mkdir()
    (restored.data_dir / "notes.txt").write_text("mine")
    with pytest.raises(BackupFault, match="is not empty"):
        lay_out(portal, restored, good[0])
    assert [path.name for path in restored.data_dir.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("part", [BASE, KEYS, FILES])
def test_a_flipped_byte_is_named_by_its_part(portal: Portal, good: Good, target: Target, part: str):
    private, manifest = good
    path = portal.store.folder_of(manifest.id) / part
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    restored = target()
    with pytest.raises(BackupFault, match=f"{part} is not what was written"):
        lay_out(portal, restored, private)
    path.unlink()
    with pytest.raises(BackupFault, match=f"{part} is missing"):
        lay_out(portal, restored, private)
    assert not restored.data_dir.exists()


def test_a_damaged_manifest_is_named_and_does_not_keep_new_backups_from_being_made(portal: Portal, good: Good, target):
    private, first = good
    path = portal.store.folder_of(first.id) / MANIFEST
    data = json.loads(path.read_text())
    data["parts"][BASE]["sha256"] = "0" * 64
    path.write_text(json.dumps(data))
    with pytest.raises(BackupFault, match=r"manifest\.json is damaged"):
        lay_out(portal, target(), private)
    second = portal.back_up().manifest
    assert portal.store.ids() == [first.id, second.id]
    assert restoring.choose(portal.store, backup_id="", moment=None, dump=False) == second


def test_wal_that_is_missing_is_named_with_what_can_still_be_reached(portal: Portal, private, target: Target):
    made = portal.back_up().manifest
    assert made.cluster is not None
    moments = []
    for n in range(4):
        portal.ask("INSERT INTO paper VALUES (%s, 'more')", 4000 + n)
        moments.append(now(portal))
        portal.archived()
    lost = wal.next_segment(wal.next_segment(wal.next_segment(made.cluster.last_segment)))
    (portal.archive / f"{lost}.gz").unlink()
    with pytest.raises(BackupFault, match=f"lacks the segment {lost}.*--to a moment before"):
        lay_out(portal, target(), private)
    with pytest.raises(BackupFault, match=f"out of reach.*{lost}"):
        lay_out(portal, target(), private, moments[2])
    restored = target()
    lay_out(portal, restored, private, moments[0])
    assert papers(restored) == 1001


def test_damaged_wal_is_named(portal: Portal, good: Good, target: Target):
    private, manifest = good
    assert manifest.cluster is not None
    path = portal.archive / f"{manifest.cluster.last_segment}.gz"
    content = bytearray(path.read_bytes())
    content[200] ^= 1  # not among the zeros at the end, where another distance says the same
    path.write_bytes(content)
    with pytest.raises(BackupFault, match=f"{path.name} in .* is damaged"):
        lay_out(portal, target(), private)


def test_a_moment_before_the_oldest_backup_is_refused(portal: Portal, good: Good, target: Target):
    private, made = good
    before = made.finished_at - dt.timedelta(hours=1)
    with pytest.raises(BackupFault, match=f"no backup from before.*the oldest is {made.id}"):
        lay_out(portal, target(), private, before)
    with pytest.raises(BackupFault, match="is later than"):
        lay_out(portal, target(), private, before, backup_id=made.id)
    with pytest.raises(BackupFault, match="There is no backup 1999"):
        lay_out(portal, target(), private, backup_id="1999")


# --- making -------------------------------------------------------------------------------------------


def test_without_a_recovery_key_nothing_is_copied_and_nothing_archived(portal: Portal):
    portal.layout.recovery_public.unlink(missing_ok=True)
    with pytest.raises(BackupFault, match="no recovery key yet"):
        portal.back_up()
    assert not portal.store.root.exists()
    assert not portal.layout.archiver.exists()
    counts = "SELECT archived_count, failed_count FROM pg_stat_archiver"
    [(archived, failed)] = portal.ask(counts)
    portal.ask("SELECT pg_create_restore_point('test')")
    portal.ask("SELECT pg_switch_wal()")
    wait_for(lambda: portal.ask(counts)[0][0] > archived, "the server lets go of its WAL")
    assert portal.ask(counts)[0][1] == failed


def test_a_second_recovery_key_is_made_only_when_asked_for(portal: Portal, private):
    with pytest.raises(BackupFault, match=private.public.fingerprint):
        services.new_recovery_key(layout=portal.layout, replace=False)
    portal.back_up()
    other = services.new_recovery_key(layout=portal.layout, replace=True)
    assert portal.back_up().manifest.recovery_key == other.public.fingerprint
    assert portal.store.manifests()[0].recovery_key == private.public.fingerprint


HOLD = """
import sys
from pathlib import Path
from portal.embedded.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
assert lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_of_two_backups_says_that_one_is_being_made(portal: Portal, private):
    portal.store.root.mkdir(mode=0o711)
    command = [sys.executable, "-c", HOLD, str(portal.store.root / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(BackupFault, match=f"being made already .process {other.pid}"):
            portal.back_up()
        other.communicate()
    assert not status.read(portal.layout).error
    assert portal.back_up().manifest.id in portal.store.ids()


def test_a_backup_that_was_interrupted_does_not_count_and_is_cleared_away(portal: Portal, good: Good):
    _private, made = good
    rest = portal.store.sets / ".draft-20990101-000000-000"
    shutil.copytree(portal.store.folder_of(made.id), rest)
    (rest / MANIFEST).unlink()
    shutil.copytree(rest, portal.store.folder_of("20990101-000000-000"))
    assert portal.store.ids() == [made.id]
    portal.store.begin("20990101-000000-001")
    assert not rest.exists()


def test_a_failure_in_the_middle_leaves_the_last_good_backup_and_says_so_on_the_page(portal: Portal, good: Good):
    _private, made = good
    status.succeeded(portal.layout, status.Status(made.id, made.finished_at, True, made.size))
    portal.archive.rename(portal.archive.with_name("moved"))
    assert made.cluster is not None
    (portal.store.wal / made.cluster.identifier).write_bytes(b"in the way")
    with pytest.raises(BackupFault, match="File exists"):
        portal.back_up()
    assert portal.store.ids() == [made.id]
    kept = status.read(portal.layout)
    assert "File exists" in kept.error
    assert kept.error_at is not None
    assert kept.finished_at is not None


def test_a_full_disk_is_a_sentence_before_and_during(portal: Portal, private, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(services.shutil, "disk_usage", lambda _path: Usage(100, 99, 1))
    with pytest.raises(BackupFault, match="not enough room"):
        portal.back_up()
    assert portal.store.ids() == []
    with pytest.raises(BackupFault, match="no room left in /backups"), told(Path("/backups")):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_only_the_newest_are_kept_with_the_wal_that_they_need_and_with_the_last_dump(
    portal: Portal, private, target: Target
):
    portal.environment = dataclasses.replace(portal.environment, backup_keep=1)
    first, second = portal.back_up().manifest, portal.back_up().manifest
    assert portal.store.ids() == [first.id, second.id]  # the first holds the dump of the week
    third = portal.back_up(dump=True).manifest
    assert portal.store.ids() == [third.id]
    assert third.cluster is not None
    assert min(wal.kept(portal.archive)) == third.cluster.first_segment
    restored = target()
    lay_out(portal, restored, private)
    assert papers(restored) == 1000


# --- the archive --------------------------------------------------------------------------------------


def test_the_archive_gives_up_before_it_fills_the_disk(portal: Portal, private, monkeypatch: pytest.MonkeyPatch):
    portal.back_up()
    with scarce(monkeypatch, portal):
        portal.ask("INSERT INTO paper VALUES (7000, 'not kept')")
        name = portal.ask("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
        wait_for(portal.layout.archive_stopped.exists, "the archive stops", 30)
        assert not (portal.archive / f"{name}.gz").exists()
    portal.back_up()
    assert not portal.layout.archive_stopped.exists()
    portal.archived()


@contextmanager
def scarce(monkeypatch: pytest.MonkeyPatch, portal: Portal):
    """The archiver wants more free space than any disk has."""
    with monkeypatch.context() as changed:
        changed.setattr(wal, "LEAST_FREE_KIB", 2**50)
        wal.install_archiver(portal.layout, portal.archive)
        yield
    assert portal.layout.archive_stopped.exists()


def test_the_archiver_takes_a_segment_twice_but_never_another_in_its_place(portal: Portal, private, tmp_path: Path):
    portal.back_up()
    segment = tmp_path / "segment"
    segment.write_bytes(b"wal" * 1000)

    def run() -> int:
        return subprocess.run([portal.layout.archiver, str(segment), "0" * 24], check=False).returncode

    assert run() == 0
    assert gzip.decompress((portal.archive / f"{'0' * 24}.gz").read_bytes()) == segment.read_bytes()
    assert run() == 0
    segment.write_bytes(b"law" * 1000)
    assert run() == 1
    assert not list(portal.archive.glob(".*draft"))

