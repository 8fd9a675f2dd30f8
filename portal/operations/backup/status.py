"""What the operator's page is told of backups: a small file below DATA_DIR/run that the web processes may read."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from portal.embedded.layout import Layout
from portal.operations.backup.store import write

_NAME: Final = "backup.json"
#: Made by the nightly job, taken by the supervisor, which runs `manage.py backup` with its own rights.
WANTED: Final = "backup-wanted"


@dataclass(frozen=True, slots=True)
class Status:
    """The last good backup, and the last attempt that failed since."""

    id: str = ""
    finished_at: dt.datetime | None = None
    to_any_moment: bool = False
    size: int = 0
    error: str = ""
    error_at: dt.datetime | None = None


def read(layout: Layout) -> Status:
    """Nothing is known where the file is missing or damaged."""
    try:
        data: dict[str, Any] = json.loads((layout.run / _NAME).read_text())
        for name in ("finished_at", "error_at"):
            data[name] = None if data[name] is None else dt.datetime.fromisoformat(data[name])
        return Status(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return Status()


def succeeded(layout: Layout, status: Status) -> None:
    _write(layout, status)


def failed(layout: Layout, error: str, at: dt.datetime) -> None:
    """Keep the last good one."""
    _write(layout, replace(read(layout), error=error, error_at=at))


def forget(layout: Layout) -> None:
    (layout.run / _NAME).unlink(missing_ok=True)


def wanted(layout: Layout) -> Path:
    return layout.run / WANTED


def _write(layout: Layout, status: Status) -> None:
    path = layout.run / _NAME
    draft = path.with_name(f"{path.name}.draft")
    write(draft, json.dumps(asdict(status), default=dt.datetime.isoformat).encode(), 0o644)
    draft.chmod(0o644)
    draft.replace(path)
