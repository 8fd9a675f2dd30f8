"""`python -m tests.drill`: start, 200 cases, backup, 100 more, destroy, restore to that moment, check, compare."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django

from portal.embedded.failures import SetupFailure
from portal.embedded.layout import Layout
from portal.embedded.session import joined
from portal.settings.environment import BASE_DIR
from tests.benchmarks import stamp
from tests.chaos import house
from tests.processes import OUR_VARIABLES, manage

VARIABLES: Final = {"DJANGO_SETTINGS_MODULE": "tests.drill.settings", "DEMONSTRATION": "0", "LOG_LEVEL": "ERROR"}
GOAL: Final = 30.0  # seconds


def main() -> int:
    """Status 1 when anything that should have come back did not."""
    top = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").expanduser().absolute() / "drill"
    for name in (*OUR_VARIABLES, "BACKUP_DIR", "DATABASE_REPLICATION_URL"):
        os.environ.pop(name, None)
    try:
        prepared = _prepared(top)
        _clear(top, keep=prepared)
        begin = time.monotonic()
        house.copy(prepared, top / "portal")
        faults = _drill(top)
    except SetupFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    seconds = time.monotonic() - begin
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{'everything came back' if not faults else 'faults found'} ({seconds:.1f} s, goal {GOAL:.0f} s)")
    _clear(top, keep=prepared)
    return 1 if faults else 0


def _drill(top: Path) -> list[str]:
    source, target = Layout.of(top / "portal"), Layout.of(top / "restored")
    os.environ |= {**VARIABLES, "DATA_DIR": str(source.data_dir), "BACKUP_DIR": str(top / "backups")}
    with joined(source.data_dir) as servers:
        os.environ["DATABASE_URL"] = servers.application_url
        django.setup()
        from tests.drill import acts

        with _step("200 cases"):
            acts.make_cases(200)
        with _step("backup"):
            private = acts.back_up(source)
        with _step("100 cases more"):
            acts.make_cases(100)
        before = acts.noted()
        print(f"  noted: {before.cases} cases, {before.head}, {before.moment:%Y-%m-%d %H:%M:%S.%f}")
        with _step("10 cases after that moment"):
            acts.make_cases(10)
            acts.finish_minute(source)
        for process in (servers.postgres, servers.redis):
            if process is not None:
                process.kill()
    del os.environ["DATABASE_URL"]
    acts.forget_connections()
    shutil.rmtree(source.data_dir)
    print("  destroyed")
    os.environ["DATA_DIR"] = str(target.data_dir)
    with _step("restore"):
        acts.lay_out(target, private, before.moment)
    with _step("erasures and checks"):
        done = manage(target.data_dir, "after_restore", **VARIABLES)
    for line in (done.stdout + done.stderr).splitlines():
        print(f"    {line}")
    with joined(target.data_dir, want_redis=False):
        return [*(["the checks found faults"] if done.returncode else []), *acts.compare(target, before)]


def _prepared(top: Path) -> Path:
    """A portal without cases, made once for each version of the tables."""
    prepared = top / "prepared"
    if stamp.is_of_this_code(prepared):
        return prepared
    print("a portal is prepared, once", flush=True)
    shutil.rmtree(prepared, ignore_errors=True)
    prepared.mkdir(parents=True)
    for folder in (top, prepared):
        folder.chmod(0o755)
    done = manage(prepared, "portal", "--prepare-only", **VARIABLES)
    if done.returncode:
        raise SetupFailure(done.stdout + done.stderr)
    if Layout.of(prepared).server_dir != prepared:
        raise SetupFailure("The servers' account cannot reach this folder: make drill with DATA_DIR below /tmp.")
    stamp.write(prepared)
    return prepared


def _clear(top: Path, *, keep: Path) -> None:
    for path in top.iterdir():
        if path != keep:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _step(name: str) -> Iterator[None]:
    begin = time.monotonic()
    yield
    print(f"  {name}: {time.monotonic() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
