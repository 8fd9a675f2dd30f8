"""Files in the backup: each content once, whole, and no longer than needed."""

import datetime as dt
import hashlib
import os
import time
from pathlib import Path

import pytest

from portal.operations.backup import contents
from portal.operations.backup.faults import BackupFault
from portal.operations.backup.store import Store


def put(files: Path, content: bytes, area: str = "clean") -> str:
    name = hashlib.sha256(content).hexdigest()
    path = files / area / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return f"{area}/{name}"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "backups")
    store.create(None)
    return store


def kept(store: Store) -> set[str]:
    return {f"{path.parent.parent.name}/{path.name}" for path in store.files.glob("*/*/*") if path.name[0] != "."}


def test_only_what_is_new_is_copied_and_both_areas_are(tmp_path: Path, store: Store):
    files = tmp_path / "files"
    names = {put(files, b"one"), put(files, b"two"), put(files, b"one", "quarantine")}
    (files / "clean" / "uploads.part").write_bytes(b"no content by hash")
    assert contents.follow(files, store).copied == 3
    assert kept(store) == names
    assert contents.follow(files, store).copied == 0
    names.add(put(files, b"three"))
    assert contents.missing_bytes(files, store) == 5
    assert contents.follow(files, store).copied == 1
    assert kept(store) == names


def test_a_quiet_folder_is_not_read_again_and_a_changed_one_is(tmp_path: Path, store: Store):
    files = tmp_path / "files"
    name = put(files, b"one").split("/")[1]
    folder = files / "clean" / name[:2]
    before = time.time() - 60
    os.utime(folder, (before, before))
    contents.follow(files, store)
    copy = store.files / "clean" / name[:2]
    assert copy.stat().st_mtime == folder.stat().st_mtime
    (copy / name).unlink()
    os.utime(copy, (before, before))
    assert contents.follow(files, store).copied == 0
    os.utime(folder)
    assert contents.follow(files, store).copied == 1


def test_a_limit_stops_and_the_next_round_goes_on(tmp_path: Path, store: Store):
    for n in range(7):
        put(tmp_path / "files", b"%d" % n)
    copied = [contents.follow(tmp_path / "files", store, 3).copied for _ in range(3)]
    assert copied == [3, 3, 1]


def test_a_file_that_is_not_what_its_name_says_is_not_taken_but_named(tmp_path: Path, store: Store):
    name = put(tmp_path / "files", b"one")
    area, digest = name.split("/")
    (tmp_path / "files" / area / digest[:2] / digest).write_bytes(b"other")
    followed = contents.follow(tmp_path / "files", store)
    assert (followed.copied, followed.damaged) == (0, [name])
    assert kept(store) == set()


def test_a_restore_names_what_is_damaged_and_tells_what_is_missing(tmp_path: Path, store: Store):
    files = tmp_path / "files"
    first, second = put(files, b"one"), put(files, b"two")
    contents.follow(files, store)
    contents.write_list(files, tmp_path / "list.gz")
    listed = contents.read_list(tmp_path / "list.gz")
    assert contents.restore(store, tmp_path / "new", listed) == (2, [])
    path = store.files / first.split("/")[0] / first.split("/")[1][:2] / first.split("/")[1]
    path.write_bytes(b"onf")
    with pytest.raises(BackupFault, match=first.split("/")[1]):
        contents.restore(store, tmp_path / "newer", listed)
    path.unlink()
    assert contents.restore(store, tmp_path / "newest", listed) == (1, [first])
    assert second in listed


def test_what_no_kept_backup_lists_goes_once_it_is_older_than_all_of_them(tmp_path: Path, store: Store):
    files = tmp_path / "files"
    gone, listed, living = put(files, b"gone"), put(files, b"listed"), put(files, b"living")
    contents.follow(files, store)
    for name in (gone, listed):
        area, digest = name.split("/")
        (files / area / digest[:2] / digest).unlink()
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    assert contents.prune(store, files, {listed}, now - dt.timedelta(hours=1)) == 0
    assert contents.prune(store, files, {listed}, now + dt.timedelta(hours=1)) == 1
    assert kept(store) == {listed, living}


def test_a_place_that_cannot_be_written_is_named_in_a_sentence(tmp_path: Path):
    (tmp_path / "backups").write_bytes(b"a file, no folder")
    with pytest.raises(BackupFault, match="deeper cannot be used: Not a directory"):
        Store(tmp_path / "backups" / "deeper").create(None)
