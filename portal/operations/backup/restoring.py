"""Restore a backup into an empty DATA_DIR: keys, files, database to the wanted moment.

`manage.py after_restore` then replays the erasures and checks; until it has ended well, `DATA_DIR/restore` is there
and the portal does not start. Works without a database: there is none yet.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal import clock
from portal.embedded import postgres
from portal.embedded.account import Account
from portal.embedded.addresses import OWNER, embedded_database_url, is_embedded
from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout
from portal.embedded.locks import FileLock
from portal.embedded.process import tail
from portal.embedded.session import Servers
from portal.operations.backup import contents, key_files, wal
from portal.operations.backup.faults import BackupFault, told
from portal.operations.backup.recovery_key import RecoveryPrivate
from portal.operations.backup.server import Address, Server
from portal.operations.backup.store import (
    BASE,
    BASE_LIST,
    BASE_WAL,
    DUMP,
    FILES,
    HEAD,
    KEYS,
    Manifest,
    Store,
    give,
    write,
)
from portal.settings.environment import Environment

OUTSIDE: Final = "outside-pg"
_TOO_EARLY: Final = "recovery ended before configured recovery target was reached"
_CONFIGURATION: Final = "postgresql.auto.conf"
_WANTED: Final = ("restore_command", "recovery_target_time", "recovery_target_action", "recovery_target_timeline")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was laid out; `by_hand`: the cluster of an outside server, which its operator starts."""

    manifest: Manifest
    files: int
    missing: list[str]
    by_hand: Path | None = None


def choose(store: Store, *, backup_id: str, moment: dt.datetime | None, dump: bool) -> Manifest:
    """The newest backup from before the moment, or the named one. Raises BackupFault."""
    ids = store.ids()
    if not ids:
        raise BackupFault(f"There is no backup in {store.root}.")
    if backup_id:
        return _fitting(store.manifest(backup_id), moment, dump)
    for each in reversed(ids):
        manifest = store.manifest(each)
        if moment is not None and manifest.finished_at > moment:
            continue
        if dump and DUMP not in manifest.parts:
            continue
        return _fitting(manifest, moment, dump)
    wanted = " with a dump" if dump else ""
    before = f" from before {_local(moment)}" if moment is not None else ""
    raise BackupFault(f"There is no backup{wanted}{before} in {store.root}; the oldest is {ids[0]}.")


def _fitting(manifest: Manifest, moment: dt.datetime | None, dump: bool) -> Manifest:
    if dump and DUMP not in manifest.parts:
        raise BackupFault(f"The backup {manifest.id} holds no dump.")
    if moment is not None and manifest.finished_at > moment:
        raise BackupFault(f"The backup {manifest.id} is later than {_local(moment)}: name an older one, or none.")
    if moment is not None and (dump or manifest.cluster is None):
        raise BackupFault("A dump is restored as it is, to no other moment: leave out --to.")
    return manifest


def restore(
    *,
    store: Store,
    environment: Environment,
    layout: Layout,
    manifest: Manifest,
    private: RecoveryPrivate,
    moment: dt.datetime | None,
    dump: bool,
    erasure_lists: list[Path],
    say: Say,
) -> Restored:
    """Check the backup, then lay everything out. Raises BackupFault; DATA_DIR is then to be emptied by the operator."""
    refuse_unless_empty(layout)
    dump = dump or manifest.cluster is None
    say(f"checking the backup {manifest.id}")
    parts = [KEYS, FILES, HEAD, *([DUMP] if dump else [BASE, BASE_WAL, BASE_LIST])]
    store.check(manifest, parts)
    folder = store.folder_of(manifest.id)
    keys = key_files.opened((folder / KEYS).read_bytes(), private, manifest.id)
    links: list[Path] = []
    gap = ""
    if not dump:
        assert manifest.cluster is not None
        links, gap = wal.chain(store.wal / manifest.cluster.identifier, manifest.cluster)
        _refuse_gap(gap, links, moment)
        wal.check(links, manifest.cluster.segment_size)
    layout.create()
    with told(layout.data_dir):
        layout.restoring.mkdir(mode=0o700)
        shutil.copy2(folder / HEAD, layout.restoring / HEAD)
        _copy_erasures(store, layout, erasure_lists)
        key_files.put_back(keys, layout.keys)
        say("files")
        copied, missing = contents.restore(store, layout.data_dir / "files", contents.read_list(folder / FILES))
    by_hand = None
    if dump:
        _restore_dump(environment, layout, folder / DUMP, say)
    elif not (manifest.embedded and is_embedded(layout, environment.database_url)):
        by_hand = _lay_out_for_outside(store, layout, manifest, links, moment, say)
    else:
        _recover(store, layout, manifest, links, moment, gap, say)
    return Restored(manifest, copied, missing, by_hand)


def refuse_unless_empty(layout: Layout) -> None:
    """Nothing is ever restored over something."""
    for folder in {layout.data_dir, layout.server_dir}:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BackupFault(f"The folder {folder} (DATA_DIR) is not empty: name a new one; nothing was changed.")


def _refuse_gap(gap: str, links: list[Path], moment: dt.datetime | None) -> None:
    if not gap or moment is not None:
        return
    until = f" It can be restored with --to a moment before {_local(_written(links[-1]))}." if links else ""
    raise BackupFault(f"The archive of WAL lacks the segment {gap}, though it has later ones.{until}")


def _copy_erasures(store: Store, layout: Layout, lists: list[Path]) -> None:
    """Every list that is known: that of the backups, and what else the operator names."""
    target = layout.restoring / "erasures"
    target.mkdir(mode=0o700)
    for number, path in enumerate([*sorted(store.erasures.glob("*.jsonl")), *lists]):
        if not path.is_file():
            raise BackupFault(f"There is no list of erasures {path}.")
        shutil.copy2(path, target / f"{number}.jsonl")


# --- a dump -------------------------------------------------------------------------------------------


def _restore_dump(environment: Environment, layout: Layout, file: Path, say: Say) -> None:
    say("database from the dump")
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error"]
    if not is_embedded(layout, environment.database_url):
        address = Address.of(environment.database_owner_url or environment.database_url)
        server = Server(layout, False, None, address)
        server.run("pg_restore", [*arguments, "-d", address.url, str(file)], address, layout.data_dir)
        return
    with _alone(layout) as servers:
        servers.start()
        try:
            address = Address.of(embedded_database_url(layout, OWNER, servers.secrets.owner))
            server = Server(layout, True, None, address)
            server.run("pg_restore", [*arguments, "-d", address.url, str(file)], address, layout.data_dir)
        finally:
            servers.stop()


# --- a base backup ------------------------------------------------------------------------------------


def _recover(
    store: Store,
    layout: Layout,
    manifest: Manifest,
    links: list[Path],
    moment: dt.datetime | None,
    gap: str,
    say: Say,
) -> None:
    assert manifest.cluster is not None
    with _alone(layout) as servers:
        folder = layout.server_dir / "restored-wal"
        say("database")
        _lay_out(store, manifest, links, moment, layout.pg, folder, servers.account)
        try:
            say(f"{len(links)} WAL segments")
            _start(layout, servers, folder, moment, gap, links, say)
            _forget_recovery(layout, servers)
        finally:
            servers.stop()
        shutil.rmtree(folder)


def _start(
    layout: Layout,
    servers: Servers,
    folder: Path,
    moment: dt.datetime | None,
    gap: str,
    links: list[Path],
    say: Say,
) -> None:
    try:
        servers.recover_postgres()
        return
    except SetupFailure:
        if moment is None or _TOO_EARLY not in tail(layout.logs / "postgres.log", 12):
            raise
    if gap:
        raise BackupFault(
            f"{_local(moment)} is out of reach: the archive of WAL lacks the segment {gap}; "
            f"--to a moment before {_local(_written(links[-1]))} is possible."
            if links
            else f"{_local(moment)} is out of reach: the archive of WAL lacks the segment {gap}."
        )
    # Nothing was committed after the wanted moment, or it did not come into the archive: everything there is counts.
    say(f"the archive ends before {_local(moment)}: everything in it is restored")
    _configure(layout.pg, folder, None, servers.account)
    servers.recover_postgres()


def _unpack(content: tarfile.TarFile, target: Path) -> None:
    """Files and folders below the target; Python before 3.11.4 has no filter for that. Raises ExtractError."""
    if hasattr(tarfile, "data_filter"):
        content.extractall(target, filter="data")
        return
    root = target.resolve()
    members = content.getmembers()
    for member in members:
        if not (member.isfile() or member.isdir()) or not (root / member.name).resolve().is_relative_to(root):
            raise tarfile.ExtractError(f"{member.name} does not belong below {target}")
    for member in members:
        content.extract(member, target)


def _lay_out(
    store: Store,
    manifest: Manifest,
    links: list[Path],
    moment: dt.datetime | None,
    pg: Path,
    archive: Path,
    account: Account | None,
) -> None:
    """The cluster as it was copied, its WAL beside it, and what to recover to."""
    folder = store.folder_of(manifest.id)
    assert manifest.cluster is not None
    with told(pg.parent):
        pg.mkdir(mode=0o700, parents=True)
        archive.mkdir(mode=0o700)
        for name, target in ((BASE, pg), (BASE_WAL, pg / "pg_wal")):
            with tarfile.open(folder / name, mode="r:gz") as content:
                _unpack(content, target)
        for link in [*links, *wal.histories(store.wal / manifest.cluster.identifier)]:
            shutil.copyfile(link, archive / link.name.removesuffix(".partial"))
        _configure(pg, archive, moment, account)
        (pg / "recovery.signal").touch(mode=0o600)
        for top in (pg, archive):
            for walked, _names, files in os.walk(top):
                give(Path(walked), account)
                for file in files:
                    give(Path(walked, file), account)


def _configure(pg: Path, archive: Path, moment: dt.datetime | None, account: Account | None) -> None:
    path = pg / _CONFIGURATION
    lines = [line for line in path.read_text().splitlines() if not line.startswith(_WANTED)]
    source = str(archive).replace("%", "%%")
    command = f'a="{source}/%f"; if [ -e "$a.gz" ]; then gzip -dc "$a.gz" > "%p"; else test -e "$a" && cp "$a" "%p"; fi'
    lines.append(f"restore_command = {_quoted(command)}")
    # The base backup's own timeline: what a portal restored earlier has written is another history.
    lines.append("recovery_target_timeline = 'current'")
    if moment is not None:
        lines.append(f"recovery_target_time = {_quoted(moment.isoformat())}")
        lines.append("recovery_target_action = 'promote'")
    write(path, ("\n".join(lines) + "\n").encode())
    give(path, account)


def _forget_recovery(layout: Layout, servers: Servers) -> None:
    """The next start is an ordinary one; until the first backup of this portal no WAL is kept."""
    connection = postgres.connect(layout, servers.secrets, "postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for name in (*_WANTED, "archive_timeout"):
                cursor.execute(f"ALTER SYSTEM RESET {name}")
    finally:
        connection.close()


def _lay_out_for_outside(
    store: Store, layout: Layout, manifest: Manifest, links: list[Path], moment: dt.datetime | None, say: Say
) -> Path:
    """The cluster of an outside server: its own programs, of its own version, start it."""
    say("database, for the outside server to start")
    top = layout.restoring / OUTSIDE
    top.mkdir(mode=0o700)
    _lay_out(store, manifest, links, moment, top / "pg", top / "wal", None)
    return top / "pg"


class _alone:
    """The embedded PostgreSQL for this process alone."""

    def __init__(self, layout: Layout) -> None:
        self._starter = FileLock(layout.run / "start.lock")
        self._servers = Servers(layout, want_postgres=True, want_redis=False)

    def __enter__(self) -> Servers:
        if not self._starter.acquire():
            raise BackupFault(f"Process {self._starter.holder()} uses {self._starter.path}.")
        return self._servers

    def __exit__(self, *_error: object) -> None:
        self._starter.release()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _written(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _local(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"


__all__ = ["OUTSIDE", "Restored", "choose", "refuse_unless_empty", "restore"]
