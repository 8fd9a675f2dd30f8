"""What is done to the portal of the drill, and what is compared afterwards."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connections, transaction

from applications.models import Case, CaseMaterialFile
from catalog.models import ItemEdition
from portal import clock
from portal.accounts.models import User
from portal.embedded import postgres
from portal.embedded.layout import Layout
from portal.files import storage
from portal.files.models import StoredFile
from portal.ledger.queries import latest_head
from portal.operations.backup import nightly, restoring, services, wal
from portal.operations.backup.recovery_key import RecoveryPrivate
from portal.operations.backup.store import Store
from portal.organizations.queries import approving_departments
from portal.outbox import sweepers
from portal.settings.environment import read
from tests import factories

COMPARED: Final = 20
OWN_PAPER: Final = 5
#: Cases in one transaction: what is drilled is the way back.
BATCH: Final = 50
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Noted:
    """The portal at one moment."""

    moment: dt.datetime
    cases: int
    head: str
    files: frozenset[str]


def make_cases(number: int) -> None:
    """Cases through the services, every fifth with a paper of its own on the disk; the ledger sealed behind them."""
    for begun in range(0, number, BATCH):
        with transaction.atomic():
            for _ in range(min(BATCH, number - begun)):
                _make_case()
    sweepers.run("ledger")
    nightly.sweep_follow(10_000)


@cache
def _setting() -> tuple[ItemEdition, User]:
    """An item of the first department that approves, and who applies for it."""
    department = approving_departments().first()
    assert department is not None
    with transaction.atomic():
        return factories.item(department), factories.citizen()


def _make_case() -> None:
    case = factories.online_case(*_setting())
    content = f"paper {next(_numbers) // OWN_PAPER} of the drill".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    if not storage.path_of(sha256).exists():
        storage.put(content)
        storage.put(content, storage.QUARANTINE)
    files = CaseMaterialFile.objects.filter(material__case=case).values("file")
    StoredFile.objects.filter(pk__in=files).update(
        sha256=sha256, original_sha256=sha256, size=len(content), original_size=len(content)
    )


def back_up(layout: Layout) -> RecoveryPrivate:
    private = services.new_recovery_key(layout=layout, replace=False)
    services.make_backup(environment=settings.ENVIRONMENT, layout=layout, dump=False, say=lambda _line: None)
    return private


def noted() -> Noted:
    head = latest_head()
    assert head is not None
    return Noted(
        clock.now(),
        Case.objects.count(),
        f"head of {head.size} events {bytes(head.root).hex()[:16]}",
        frozenset(StoredFile.objects.values_list("sha256", flat=True)),
    )


def finish_minute(layout: Layout) -> None:
    """What archive_timeout does after a minute: the WAL so far goes into the archive."""
    [(name,)] = _ask(layout, "SELECT pg_walfile_name(pg_switch_wal())")
    [archive] = services.store_of(settings.ENVIRONMENT, layout).wal.iterdir()
    wal.wait_for(archive, str(name), 30)


def forget_connections() -> None:
    connections.close_all()


def lay_out(target: Layout, private: RecoveryPrivate, moment: dt.datetime) -> None:
    environment = read()
    assert environment.backup_dir is not None
    store = Store(environment.backup_dir)
    manifest = restoring.choose(store, backup_id="", moment=moment, dump=False)
    restoring.restore(
        store=store, environment=environment, layout=target, manifest=manifest, private=private, moment=moment,
        dump=False, erasure_lists=[], say=lambda _line: None,
    )  # fmt: skip


def compare(target: Layout, before: Noted) -> list[str]:
    """Cases, head and twenty files of the restored portal against what was noted; a sentence for each difference."""
    faults = []
    [(cases,)] = _ask(target, "SELECT count(*) FROM applications_case")
    [(size, root)] = _ask(target, "SELECT size, root FROM audit.tree_head ORDER BY size DESC LIMIT 1")
    head = f"head of {size} events {bytes(root).hex()[:16]}"
    if cases != before.cases:
        faults.append(f"{cases} cases came back, {before.cases} were noted")
    if head != before.head:
        faults.append(f"the {head} came back, the {before.head} was noted")
    names = random.SystemRandom().sample(sorted(before.files), COMPARED)
    faults += [f"the file {name} did not come back" for name in names if not _is_there(target.data_dir, name)]
    print(f"  back: {cases} cases, {head}, {COMPARED} files compared")
    lost = before.cases - int(str(cases))
    print(f"  lost: {lost} of {before.cases} cases from before the moment, and as asked the 10 from after it")
    return faults


def _is_there(data_dir: Path, name: str) -> bool:
    paths = [data_dir / "files" / area / name[:2] / name for area in ("clean", "quarantine")]
    return all(path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == name for path in paths)


def _ask(layout: Layout, question: str) -> list[tuple[Any, ...]]:
    secrets = layout.secrets()
    assert secrets is not None
    connection = postgres.connect(layout, secrets)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())
    finally:
        connection.close()
