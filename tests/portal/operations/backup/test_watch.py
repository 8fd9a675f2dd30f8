"""What the operator's page, /readyz and the beat know of backups."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.urls import reverse

from portal import clock
from portal.embedded.layout import Layout
from portal.operations.backup import nightly, services, status
from portal.operations.watch import readings
from portal.operations.watch.readings import Level, Reading
from portal.outbox import services as outbox
from portal.outbox.models import Job
from tests.portal.operations.backup.test_contents import put

pytestmark = pytest.mark.django_db



@pytest.fixture(autouse=True)
def layout(place: Path, settings) -> Layout:
    """A portal of its own folder, whose backups are set up."""
    caches["default"].clear()
    settings.DATA_DIR = place / uuid4().hex[:8]
    settings.FILES_DIR = settings.DATA_DIR / "files"
    layout = Layout.of(settings.DATA_DIR)
    layout.create()
    services.new_recovery_key(layout=layout, replace=False)
    return layout


def good(at: dt.datetime, *, to_any_moment: bool = True) -> status.Status:
    return status.Status("20261125-020000-000", at, to_any_moment, 1000)


def reading(name: str) -> Reading:
    return next(each for each in readings.readings() if each.name == name)


def test_a_portal_without_backups_says_how_to_set_them_up(layout: Layout, settings):
    layout.recovery_public.unlink()
    assert reading("backup_age_seconds").level is Level.WARNING  # the demonstration
    settings.DEMONSTRATION = False
    found = reading("backup_age_seconds")
    assert (found.level, found.shown) == (Level.BAD, "没有设置")
    assert "docs/backup.md" in found.advice


def test_the_age_of_the_last_good_backup_warns_after_a_day_and_is_bad_after_two(layout: Layout):
    assert (reading("backup_age_seconds").level, reading("backup_age_seconds").number) == (Level.BAD, -1)
    now = clock.now()
    for hours, level in ((1, Level.OK), (27, Level.WARNING), (51, Level.BAD)):
        status.succeeded(layout, good(now - dt.timedelta(hours=hours)))
        assert reading("backup_age_seconds").level is level
    status.succeeded(layout, good(now - dt.timedelta(hours=3)))
    assert reading("backup_age_seconds").shown == "3 小时前"


def test_a_failure_is_told_with_its_reason_until_the_next_good_one(layout: Layout):
    now = clock.now()
    status.succeeded(layout, good(now))
    status.failed(layout, "There is no room left in /backups.", now)
    found = reading("backup_age_seconds")
    assert found.level is Level.WARNING
    assert "There is no room left in /backups." in found.advice
    status.succeeded(layout, good(now))
    assert reading("backup_age_seconds").level is Level.OK


def test_a_portal_with_dumps_alone_is_told_what_it_lacks(layout: Layout):
    status.succeeded(layout, good(clock.now(), to_any_moment=False))
    found = reading("backup_age_seconds")
    assert found.level is Level.WARNING
    assert "只有转储" in found.shown
    assert "DATABASE_REPLICATION_URL" in found.advice


def test_an_archive_that_stopped_is_bad(layout: Layout):
    layout.archiver.touch()
    assert reading("backup_archive_ok").level is Level.OK
    layout.archive_stopped.touch()
    assert reading("backup_archive_ok").level is Level.BAD


def test_readyz_tells_the_age_to_whoever_bears_the_token_and_to_nobody_else(client, layout: Layout, settings):
    settings.METRICS_TOKEN = "secret-token"
    status.succeeded(layout, good(clock.now() - dt.timedelta(hours=1)))
    address = reverse("operations:readyz")
    assert "backup" not in client.get(address).json()
    assert "backup" not in client.get(address, headers={"Authorization": "Bearer wrong"}).json()
    told = client.get(address, headers={"Authorization": "Bearer secret-token"}).json()["backup"]
    assert 3600 <= told["age_seconds"] < 3700
    assert (told["to_any_moment"], told["failed"]) == (True, False)
    settings.METRICS_TOKEN = ""
    assert "backup" not in client.get(address, headers={"Authorization": "Bearer "}).json()


def test_a_damaged_note_counts_as_none(layout: Layout):
    (layout.run / "backup.json").write_text("{")
    assert reading("backup_age_seconds").shown == "还没有成功的备份"


# --- what time drives ---------------------------------------------------------------------------------


def at(hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, 25, hour, minute, tzinfo=clock.SHANGHAI)


def asked() -> int:
    nightly.sweep_due()
    return Job.objects.filter(kind=nightly.KIND).count()


def test_the_backup_is_asked_for_at_its_hour_and_hourly_until_there_is_a_good_one(layout: Layout):
    status.succeeded(layout, good(at(2, 5) - dt.timedelta(days=1)))
    with clock.shifted(at(1, 59)):
        assert asked() == 0
    with clock.shifted(at(2)):
        assert asked() == 1
        assert asked() == 1
    with clock.shifted(at(3)):
        assert asked() == 2
    status.succeeded(layout, good(at(3, 5)))
    with clock.shifted(at(4)):
        assert asked() == 2
    with clock.shifted(at(2) + dt.timedelta(days=1)):
        assert asked() == 3


def test_after_an_outage_it_is_asked_for_at_once(layout: Layout):
    status.succeeded(layout, good(at(2) - dt.timedelta(days=3)))
    with clock.shifted(at(1)):
        assert asked() == 1


def test_a_portal_that_was_just_set_up_waits_for_its_night(layout: Layout):
    with clock.shifted(at(15)):
        assert asked() == 0
    with clock.shifted(at(2, 1)):
        assert asked() == 1


def test_a_portal_without_a_recovery_key_is_never_asked(layout: Layout):
    layout.recovery_public.unlink()
    with clock.shifted(at(2)):
        assert asked() == 0
    assert nightly.sweep_follow(100) == 0


def test_the_job_leaves_a_note_for_the_supervisor(layout: Layout):
    with clock.shifted(at(2)):
        nightly.sweep_due()
        outbox.run_due()
    assert status.wanted(layout).exists()
    assert not Job.objects.filter(kind=nightly.KIND, done_at=None).exists()


def test_files_and_erasures_follow_within_a_minute_once_there_was_a_backup(layout: Layout, settings):
    put(settings.FILES_DIR, b"one")
    store = services.store_of(settings.ENVIRONMENT, layout)
    assert nightly.sweep_follow(100) == 0
    assert not store.files.exists()
    store.create(None)
    (layout.data_dir / "erasures" / "erasures.jsonl").write_text("{}\n")
    assert nightly.sweep_follow(100) == 1
    assert (store.erasures / "erasures.jsonl").read_text() == "{}\n"
    assert reading("backup_files_age_seconds").level is Level.OK
    with clock.shifted(clock.now() + dt.timedelta(minutes=31)):
        assert reading("backup_files_age_seconds").level is Level.BAD
