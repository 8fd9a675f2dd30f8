"""Which code seeded a scale: rows of another shape are made anew, others are used again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from portal.settings.environment import BASE_DIR

NAME = "seeded"


def is_of_this_code(scale_dir: Path) -> bool:
    """Whether the scale was seeded, completely, by this code's seeding and migrations."""
    path = scale_dir / NAME
    return path.exists() and path.read_text() == digest()


def write(scale_dir: Path) -> None:
    """Called when the last row is there."""
    (scale_dir / NAME).write_text(digest())


def digest() -> str:
    found = hashlib.sha256()
    seeders = (Path(__file__).parent / "seeding" / f"{name}.py" for name in ("people", "pools", "cases"))
    migrations = (path for path in BASE_DIR.glob("**/migrations/*.py") if ".venv" not in path.parts)
    for path in [*seeders, *sorted(migrations)]:
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()
