"""The whole way: a portal that backs itself up, is destroyed, and opens again with nothing that was erased."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path

import pytest

from portal.embedded import postgres
from portal.embedded.layout import Layout
from portal.operations.backup import status, wal
from tests.processes import Portal, manage, processes_of, wait_for

pytestmark = pytest.mark.process

TOKEN = "token-of-the-test"
BEFORE = """
import json
from django.db import transaction
from portal.files import storage
from portal.operations.backup.nightly import KIND
from portal.outbox.services import enqueue
from tests import factories
def keep(content, by):
    file = factories.stored_file(by)
    file.original_sha256 = storage.put(content, storage.QUARANTINE)
    file.sha256 = storage.put(content)
    file.size = file.original_size = len(content)
    file.save()
    return file.sha256
with transaction.atomic():
    leaver, other = factories.citizen(), factories.citizen()
    first = keep(b"first", other)
    enqueue(kind=KIND, payload={}, key="test")
print(json.dumps({"key": str(leaver.person.key_id), "other": str(other.pk), "file": first}))
"""
AFTER = """
import json, sys
from uuid import UUID
from portal import clock
from portal.files import storage
from portal.privacy import services
from tests import factories
from portal.accounts.models import User
content = b"second"
other = User.objects.get(pk="{other}")
file = factories.stored_file(other)
file.original_sha256 = storage.put(content, storage.QUARANTINE)
file.sha256 = storage.put(content)
file.size = file.original_size = len(content)
file.save()
moment = clock.now()
assert services.erase(UUID("{key}"))
print(json.dumps({{"moment": moment.isoformat(), "file": file.sha256}}))
"""


def shell(portal: Portal, code: str) -> dict[str, str]:
    done = manage(portal.data_dir, "shell", "--no-imports", "-c", code, **portal.variables)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def readyz(portal: Portal, token: str = "") -> dict[str, object]:
    request = urllib.request.Request(f"{portal.url}/readyz", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, object] = json.loads(answer.read())
        return found


def finish_wal(layout: Layout, archive: Path) -> None:
    """A minute, made short."""
    secrets = layout.secrets()
    assert secrets is not None
    connection = postgres.connect(layout, secrets)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_walfile_name(pg_switch_wal())")
        name = cursor.fetchone()[0]
    connection.close()
    wal.wait_for(archive, name, 30)


def test_a_portal_that_was_destroyed_opens_again_and_the_erased_stay_erased(portal: Portal) -> None:
    parent = portal.data_dir.parent
    backups, key = parent / "backups", parent / "recovery.key"
    portal.variables |= {"BACKUP_DIR": str(backups), "METRICS_TOKEN": TOKEN}
    portal.start().wait_ready()
    layout = Layout.of(portal.data_dir)
    made = manage(portal.data_dir, "backup", "--new-recovery-key", str(key), **portal.variables)
    assert made.returncode == 0, made.stderr
    assert key.stat().st_mode & 0o777 == 0o600

    before = shell(portal, BEFORE)
    # The job asks, the supervisor makes the backup with its own rights.
    wait_for(lambda: status.read(layout).finished_at is not None, "the nightly backup", 120)
    assert "backup" not in readyz(portal)
    detail = readyz(portal, TOKEN)["backup"]
    assert isinstance(detail, dict)
    assert detail["to_any_moment"] is True
    assert detail["age_seconds"] < 120

    after = shell(portal, AFTER.format(**before))
    followed = manage(portal.data_dir, "sweep", "--only", "operations_backup_files", **portal.variables)
    assert followed.returncode == 0, followed.stderr
    [archive] = (backups / "wal").iterdir()
    finish_wal(layout, archive)
    portal.kill_group()
    wait_for(lambda: processes_of(portal.data_dir) == [], "everything is gone", 20)
    shutil.rmtree(portal.data_dir)

    restored = Portal(parent / "restored", variables=portal.variables)
    arguments = ["--recovery-key", str(key), "--to", after["moment"]]
    done = manage(restored.data_dir, "restore", *arguments, **portal.variables)
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        assert "erased now: 1; erased already: 0; not in this database: 0" in done.stdout
        assert "0 findings" in done.stdout
        for sha256 in (before["file"], after["file"]):
            assert (restored.data_dir / "files" / "clean" / sha256[:2] / sha256).exists()
        again = manage(restored.data_dir, "restore", *arguments, **portal.variables)
        assert again.returncode == 1
        assert again.stderr.strip().endswith("is not empty: name a new one; nothing was changed.")
        restored.start().wait_ready()
        assert restored.status("/readyz") == 200
        asked = f"PersonKey.objects.get(pk='{before['key']}').is_erased"
        code = f"import json; from portal.privacy.models import PersonKey; print(json.dumps({{'erased': {asked}}}))"
        assert shell(restored, code) == {"erased": True}
        assert restored.stop() == 0
    finally:
        restored.clear()


def test_a_portal_that_was_restored_in_part_does_not_open(data_dir: Path) -> None:
    (data_dir / "restore").mkdir(parents=True)
    done = manage(data_dir, "portal")
    assert done.returncode == 1
    assert f"The restore into {data_dir} did not end well: run `manage.py after_restore`" in done.stderr
    assert "Traceback" not in done.stderr
