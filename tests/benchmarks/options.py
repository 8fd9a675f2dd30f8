"""What is to be measured, at which scale, and where it lies."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.settings.environment import BASE_DIR

GROUPS = ("pages", "worklist", "search", "apply", "sweep", "board", "import", "pdf", "trust", "start")


class OptionFault(Exception):
    """An option is wrong; the message is the sentence for the operator."""


@dataclass(frozen=True)
class Options:
    """`data_dir` is the user's; everything that the bench makes lies below `data_dir/bench`."""

    cases: int
    only: tuple[str, ...]
    rounds: int
    data_dir: Path

    @property
    def scale_dir(self) -> Path:
        """The portal of this scale: servers, keys, files, logs."""
        return self.data_dir / "bench" / str(self.cases)

    @property
    def start_dir(self) -> Path:
        """The portal whose start is timed."""
        return self.data_dir / "bench" / "start"

    @property
    def result(self) -> Path:
        return self.data_dir / "bench.json"

    @property
    def needs_cases(self) -> bool:
        """Starts are timed in a folder of their own."""
        return self.only != ("start",)

    def wants(self, group: str) -> bool:
        return not self.only or group in self.only


def read(environ: Mapping[str, str]) -> Options:
    """Read CASES, ONLY, ROUNDS and DATA_DIR. Raises OptionFault."""
    only = tuple(name.strip() for name in environ.get("ONLY", "").split(",") if name.strip())
    for name in only:
        if name not in GROUPS:
            raise OptionFault(f"ONLY names “{name}”; the groups are {', '.join(GROUPS)}.")
    return Options(
        cases=_number(environ, "CASES", 100_000, least=100),
        only=only,
        rounds=_number(environ, "ROUNDS", 5, least=1),
        data_dir=Path(environ.get("DATA_DIR") or BASE_DIR / ".data").expanduser().absolute(),
    )


def _number(environ: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise OptionFault(f"{name} must be a whole number from {least}, not “{text}”.")
    return int(text)


def forget_outside_servers(environ: dict[str, str], scale_dir: Path) -> None:
    """The bench has servers of its own: nothing that the user's environment names is ever touched."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DEBUG", "PUBLIC_URL", "EMAIL_URL"):
        environ.pop(name, None)
    environ |= {
        "DATA_DIR": str(scale_dir),
        "DEMONSTRATION": "0",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "LOG_LEVEL": "WARNING",
        "ORGANISATION_AS_OF": "2015-07-25",
    }


def clear(folder: Path, server_dir: Path) -> None:
    """Forget a portal of the bench whose servers do not run."""
    for path in (server_dir / "pg", server_dir / "redis", folder):
        shutil.rmtree(path, ignore_errors=True)


def say(line: str) -> None:
    """Progress goes to the error output: the standard output is the table."""
    print(line, file=sys.stderr, flush=True)
