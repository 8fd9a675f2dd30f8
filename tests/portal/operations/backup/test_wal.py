"""Which WAL a restore needs: names, order, gaps, what is removed."""

import datetime as dt
from pathlib import Path

from portal.operations.backup import wal
from portal.operations.backup.store import Cluster, Manifest

FIRST = "000000010000000000000003"


def cluster(first: str = FIRST, identifier: str = "7") -> Cluster:
    return Cluster(identifier, 180004, 1, wal.SEGMENT, first, first)


def manifest(first: str, identifier: str = "7") -> Manifest:
    at = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    return Manifest(first, at, at, True, "", 0, cluster(first, identifier))


def archive(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def test_a_position_names_its_segment():
    assert wal.segment_name(1, "0/2000028") == "000000010000000000000002"
    assert wal.segment_name(2, "1F/FF000000") == "000000020000001F000000FF"
    assert wal.segment_name(1, "0/40000028", 2**30) == "000000010000000000000001"


def test_the_segment_after_the_last_of_a_log_begins_the_next_log():
    assert wal.next_segment("0000000100000000000000FF") == "000000010000000100000000"
    assert wal.next_segment("000000010000000000000003", 2**30) == "000000010000000100000000"


def test_the_chain_goes_from_the_base_backup_to_the_end(tmp_path: Path):
    names = [f"00000001000000000000000{n}" for n in (2, 3, 4, 5)]
    folder = archive(tmp_path / "a", f"{names[0]}.gz", f"{names[1]}.gz", names[2], f"{names[3]}.partial", ".x.draft")
    links, gap = wal.chain(folder, cluster())
    assert [link.name for link in links] == [f"{names[1]}.gz", names[2], f"{names[3]}.partial"]
    assert gap == ""


def test_a_segment_that_is_missing_before_later_ones_is_named(tmp_path: Path):
    folder = archive(tmp_path / "a", f"{FIRST}.gz", "000000010000000000000005.gz")
    links, gap = wal.chain(folder, cluster())
    assert (len(links), gap) == (1, "000000010000000000000004")


def test_another_history_is_no_gap(tmp_path: Path):
    folder = archive(tmp_path / "a", f"{FIRST}.gz", "000000020000000000000009.gz", "00000002.history.gz")
    links, gap = wal.chain(folder, cluster())
    assert (len(links), gap) == (1, "")
    assert [path.name for path in wal.histories(folder)] == ["00000002.history.gz"]


def test_wal_from_before_the_oldest_base_backup_goes_and_so_does_a_cluster_without_one(tmp_path: Path):
    archive(tmp_path / "7", "000000010000000000000002.gz", f"{FIRST}.gz", "000000010000000000000004.gz")
    archive(tmp_path / "8", f"{FIRST}.gz")
    assert wal.prune(tmp_path, [manifest("000000010000000000000004"), manifest(FIRST)]) == 1
    assert sorted(path.name for path in (tmp_path / "7").iterdir()) == [f"{FIRST}.gz", "000000010000000000000004.gz"]
    assert not (tmp_path / "8").exists()
