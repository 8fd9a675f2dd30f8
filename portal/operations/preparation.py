"""What must be done before the portal serves: migrations, reference data, assets, the demonstration city."""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from portal.accounts.roles import Role
from portal.embedded.addresses import database_settings
from portal.embedded.failures import SetupFailure
from portal.ledger.signing import ensure_key
from portal.privacy.keys import ensure_keys

STAMP = ".stamp"
ACCOUNT_COLUMNS = {
    "roles": "角色",
    "name": "姓名",
    "department": "部门",
    "username": "登录名",
    "password": "密码",
    "second_factor": "动态验证码密钥",
}


def prepare() -> None:
    """Bring database and assets to the state of this code; safe to repeat."""
    ensure_keys()
    ensure_key()
    with as_owner():
        refuse_unknown_migrations()
        call_command("migrate", interactive=False, verbosity=0)
    commands = get_commands()
    if "load_reference" in commands:
        call_command("load_reference", verbosity=0)
    collect_assets()
    accounts = settings.DATA_DIR / "run" / "accounts.txt"
    accounts.unlink(missing_ok=True)
    if settings.DEMONSTRATION and "load_demonstration" in commands:
        call_command("load_demonstration", verbosity=1)
        if "personas" in commands:
            write_accounts(accounts)


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner's role where the environment names it, and forget its address afterwards."""
    url = os.environ.pop("DATABASE_OWNER_URL", "")
    if not url:
        yield
        return
    wrapper = connections["default"]
    wanted: dict[str, Any] = database_settings(settings.DATA_DIR, url)
    keys = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    before = {key: wrapper.settings_dict[key] for key in keys}
    wrapper.close()
    wrapper.settings_dict.update({key: wanted[key] for key in keys})
    try:
        yield
    finally:
        wrapper.close()
        wrapper.settings_dict.update(before)


def refuse_unknown_migrations() -> None:
    """A database of a newer version must not be touched by older code."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    unknown = sorted(f"{app}.{name}" for app, name in loader.applied_migrations if (app, name) not in known)
    if unknown:
        raise SetupFailure(
            f"The database has the migration {unknown[0]}, which this code does not know: "
            "it belongs to another version. Update the code, or choose another DATA_DIR or DATABASE_URL."
        )


def collect_assets() -> None:
    """Collect static files when one of them has changed since the last time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / STAMP
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest.hexdigest())


def write_accounts(path: Path) -> None:
    """The table of demonstration accounts that the supervisor prints."""
    output = io.StringIO()
    call_command("personas", "--json", stdout=output)
    people = [json.loads(line) for line in output.getvalue().splitlines() if line.strip()]
    rows = [list(ACCOUNT_COLUMNS.values())]
    for person in people:
        cells = {**person, "roles": "、".join(str(Role(role).label) for role in person["roles"])}
        rows.append([str(cells.get(key) or "") for key in ACCOUNT_COLUMNS])
    widths = [max(_width(row[column]) for row in rows) for column in range(len(ACCOUNT_COLUMNS))]
    lines = ["  ".join(cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)).rstrip() for row in rows]
    hint = "有密钥的账号登录时还要动态验证码，登录页会显示当时的数字。"
    path.write_text("演示账号\n" + "\n".join([*lines, hint]) + "\n")


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
