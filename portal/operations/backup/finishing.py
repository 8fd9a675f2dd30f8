"""What has to be done before a restored portal opens: this version's tables, the erasures, the checks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.core.management import call_command

from portal.embedded.addresses import OWNER, embedded_database_url, is_embedded
from portal.embedded.layout import Layout
from portal.files import storage
from portal.files.services import referenced
from portal.ledger.checking import KeptHeads
from portal.ledger.checking import verify as verify_ledger
from portal.operations.backup.faults import BackupFault
from portal.operations.backup.store import HEAD
from portal.operations.preparation import as_owner, refuse_unknown_migrations
from portal.operations.verification import verify
from portal.privacy import erasures
from portal.privacy import services as privacy
from portal.settings.environment import Environment
from portal.web.checks import Scope

#: Uploads of the last minute may be lost although their rows are there: that is told, and keeps no portal shut.
_TOLD: Final = {"files", "document_files"}

Say = Callable[[str], None]


def finish(*, environment: Environment, layout: Layout, say: Say) -> None:
    """Migrate, replay the erasures, check; the portal may start when this returns. Raises BackupFault."""
    if not layout.restoring.is_dir():
        raise BackupFault(f"Nothing in {layout.data_dir} waits for this: only a restore does.")
    _name_owner(environment, layout)
    with as_owner():
        refuse_unknown_migrations()
        call_command("migrate", interactive=False, verbosity=0)
    _replay(layout.restoring / "erasures", say)
    faults = [*_ledger(layout.restoring / HEAD, say), *_everything(say)]
    if faults:
        raise BackupFault(
            f"The restored portal is not opened: {', '.join(faults)}. Read what stands above; to open it all the same, "
            f"remove the folder {layout.restoring}."
        )
    shutil.rmtree(layout.restoring)


def _name_owner(environment: Environment, layout: Layout) -> None:
    secrets = layout.secrets()
    if is_embedded(layout, environment.database_url) and secrets is not None and secrets.owner:
        os.environ["DATABASE_OWNER_URL"] = embedded_database_url(layout, OWNER, secrets.owner)


def _replay(lists: Path, say: Say) -> None:
    entries = [entry for path in sorted(lists.glob("*.jsonl")) for entry in erasures.read(path)]
    now, already, unknown = privacy.replay(entries)
    erasures.append(entries)
    say(f"erased now: {now}; erased already: {already}; not in this database: {unknown}")
    say(f"{remove_unreferenced()} files of nobody removed")


def remove_unreferenced() -> int:
    """The backup keeps files a while longer than the portal: what no row refers to must not come back."""
    removed = 0
    for area in (storage.CLEAN, storage.QUARANTINE):
        for folder in storage.folders(area):
            names = {path.name for path in folder.iterdir() if storage.is_hash(path.name)}
            for name in names - referenced(names, area):
                (folder / name).unlink()
                removed += 1
    return removed


def _ledger(head: Path, say: Say) -> list[str]:
    """The ledger against its own head of the time of the backup."""
    kept = KeptHeads.read(head) if head.is_file() and head.stat().st_size else None
    report = verify_ledger(kept)
    compared = ", compared with the head of the backup" if kept is not None else ""
    say(f"ledger: {report.events} events, {report.leaves} leaves, {len(report.faults)} faults{compared}")
    for fault in report.faults:
        say(f"{fault.code}: {fault.message}")
    return [] if report.is_clean else ["the ledger has faults"]


def _everything(say: Say) -> list[str]:
    """The whole nightly check, every byte of every file included."""
    run = verify(Scope())
    for finding in run.findings:
        say(f"{finding['label']}：{finding['text']}")
    closing = {finding["label"] for finding in run.findings if finding["check"] not in _TOLD}
    say(f"{len(run.checks)} checks, {run.finding_count} findings")
    if run.finding_count > len(run.findings):
        closing.add("more findings than are kept")
    return sorted(closing)
