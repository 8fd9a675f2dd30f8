"""Make a backup: database first, files after, keys apart; only the last step makes it count."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal import clock
from portal.embedded.account import service_account
from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout
from portal.ledger.queries import latest_head
from portal.operations.backup import contents, key_files, status, wal
from portal.operations.backup.faults import AlreadyRunning, BackupFault, told
from portal.operations.backup.recovery_key import RecoveryPrivate, RecoveryPublic
from portal.operations.backup.server import Server, cluster_of
from portal.operations.backup.store import (
    BASE,
    BASE_LIST,
    BASE_WAL,
    DUMP,
    FILES,
    HEAD,
    KEYS,
    Cluster,
    Manifest,
    Store,
    give_like,
    part_of,
    write,
)
from portal.privacy import erasures, secret_files
from portal.settings.environment import Environment

#: A dump is due when the last one is older; a little less than a week, so that it keeps its night.
DUMP_AGE: Final = dt.timedelta(days=6, hours=12)
ARCHIVE_PATIENCE: Final = 60.0
_SPARE: Final = 256 * 2**20

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and files that could not be copied because they are damaged in the portal itself."""

    manifest: Manifest
    copied: int
    damaged: list[str]


def store_of(environment: Environment, layout: Layout) -> Store:
    return Store(environment.backup_dir or layout.backups)


def new_recovery_key(*, layout: Layout, replace: bool) -> RecoveryPrivate:
    """Make a pair and leave its public half with the portal. Raises BackupFault when there is one and no `replace`."""
    private = RecoveryPrivate.new()
    line = (private.public.line + "\n").encode()
    path = layout.recovery_public
    with told(layout.keys):
        if replace:
            secret_files.replace(path, line)
        elif not secret_files.make(path, line):
            raise BackupFault(
                f"There is a recovery key already ({recovery_public(layout).fingerprint}); with --replace a new one "
                "takes its place, and the backups made until then still need the old one."
            )
        give_like(path, layout.keys)
    return private


def recovery_public(layout: Layout) -> RecoveryPublic:
    """Raises BackupFault where no pair was made yet."""
    try:
        return RecoveryPublic.parse(layout.recovery_public.read_text())
    except FileNotFoundError:
        raise BackupFault(
            "There is no recovery key yet: run `manage.py backup --new-recovery-key FILE`, and keep FILE elsewhere."
        ) from None
    except OSError as error:
        raise BackupFault(f"{layout.recovery_public} cannot be read: {error.strerror}.") from None


def make_backup(*, environment: Environment, layout: Layout, dump: bool, say: Say) -> Made:
    """Make one backup, remove those that are kept no longer, and tell the operator's page how it went.

    `dump` asks for a dump besides; once a week, and without a replication address always, there is one anyway.
    Raises BackupFault; then no backup counts that did not before.
    """
    try:
        made = _made(environment, layout, dump, say)
    except AlreadyRunning:
        raise
    except Exception as error:
        told_as = str(error) if isinstance(error, SetupFailure) else type(error).__name__
        # Not the database's clock: it may be what failed.
        status.failed(layout, told_as, dt.datetime.fromtimestamp(time.time(), dt.UTC))
        raise
    manifest = made.manifest
    status.succeeded(
        layout, status.Status(manifest.id, manifest.finished_at, manifest.cluster is not None, manifest.size)
    )
    return made


def _made(environment: Environment, layout: Layout, dump: bool, say: Say) -> Made:
    public = recovery_public(layout)
    server = Server.of(environment, layout)
    store = store_of(environment, layout)
    store.create(service_account())
    files = layout.data_dir / "files"
    with store.locked(), told(store.root):
        _check_room(store, server.size() + contents.missing_bytes(files, store))
        started_at = clock.now()
        kept = store.manifests()
        backup_id = f"{started_at.astimezone(clock.SHANGHAI):%Y%m%d-%H%M%S-%f}"[:-3]
        draft = store.begin(backup_id)
        head = latest_head()  # of before the copy: whatever is restored has to agree with it
        cluster = _base_backup(server, store, draft, say) if server.replication is not None else None
        if dump or cluster is None or _dump_due(kept, started_at):
            say("dump of the database")
            server.dump(draft / DUMP)
        say("files")
        followed = contents.follow(files, store)
        count = contents.write_list(files, draft / FILES)
        copy_erasures(store)
        write(draft / HEAD, head.note.encode() if head is not None else b"")
        write(draft / KEYS, key_files.sealed(layout.keys, environment, public, backup_id))
        manifest = Manifest(
            id=backup_id,
            started_at=started_at,
            finished_at=clock.now(),
            embedded=server.embedded,
            recovery_key=public.fingerprint,
            files=count,
            cluster=cluster,
            parts={path.name: part_of(path) for path in sorted(draft.iterdir())},
        )
        store.finish(draft, manifest)
        _prune(store, files, environment.backup_keep)
    return Made(manifest, followed.copied, followed.damaged)


def _base_backup(server: Server, store: Store, draft: Path, say: Say) -> Cluster:
    say("base backup")
    found = server.identify()
    archive = store.wal / found["identifier"]
    if not archive.is_dir():
        archive.mkdir(mode=0o700)
    give_like(archive, store.wal)  # also when the folder was copied here from elsewhere
    server.keep_wal(archive)
    timeline, first, last = server.base_backup(draft)
    cluster = cluster_of(found, timeline, first, last)
    for name in (BASE, BASE_WAL, BASE_LIST):
        if not (draft / name).is_file():
            raise BackupFault(f"pg_basebackup wrote no {name}.")
    if server.embedded or not server.receive_until(archive, last):
        say("waiting for the archive of WAL")
        wal.wait_for(archive, cluster.last_segment, ARCHIVE_PATIENCE)
    return cluster


def _check_room(store: Store, needed: int) -> None:
    needed += _SPARE
    free = shutil.disk_usage(store.root).free
    if free < needed:
        raise BackupFault(
            f"There is not enough room in {store.root}: about {needed >> 20} MiB may be needed, "
            f"{free >> 20} MiB are free."
        )


def _dump_due(kept: list[Manifest], now: dt.datetime) -> bool:
    dumps = [manifest.started_at for manifest in kept if DUMP in manifest.parts]
    return not dumps or now - max(dumps) > DUMP_AGE


def copy_erasures(store: Store) -> bool:
    """Keep the list of erasures in the backup as well; True when it had grown."""
    source = erasures.list_file()
    if not source.is_file():
        return False
    target = store.erasures / source.name
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return False
    draft = target.with_name(f".{target.name}.draft")
    write(draft, content)
    give_like(draft, store.erasures)
    draft.replace(target)
    return True


def _prune(store: Store, files: Path, keep: int) -> None:
    """Keep the newest sets and what they need; among the older ones goes none that holds the only dump."""
    manifests = store.manifests()
    kept = manifests[-keep:]
    dumps = [manifest for manifest in manifests if DUMP in manifest.parts]
    if dumps and dumps[-1] not in kept:
        kept.insert(0, dumps[-1])
    names = {manifest.id for manifest in kept}
    if len(manifests) >= keep:
        for backup_id in store.ids():  # a damaged one goes as well, once it is old
            if backup_id not in names and backup_id < manifests[-keep].id:
                shutil.rmtree(store.folder_of(backup_id))
    wal.prune(store.wal, kept)
    listed = {name for manifest in kept for name in contents.read_list(store.folder_of(manifest.id) / FILES)}
    contents.prune(store, files, listed, kept[0].started_at)
