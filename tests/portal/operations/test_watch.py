"""The operator's page: readings with levels, alarms once each, metrics for whoever bears the token."""

import datetime as dt
import re
from collections import namedtuple

import pytest
from django.core import mail
from django.core.cache import caches
from django.urls import reverse

from portal import clock
from portal.accounts.roles import Role
from portal.operations import health
from portal.operations.models import Alarm
from portal.operations.watch import alarms, readings
from portal.operations.watch.readings import Level, Reading
from portal.outbox import services as outbox
from portal.outbox.models import Job
from tests.pages import check_page
from tests.portal.accounts import people

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def all_is_well():
    """A worker was seen and the sweep came round."""
    caches["default"].clear()
    health.note_worker()
    readings.note_sweep()
    yield
    caches["default"].clear()


def reading(name: str) -> Reading:
    return next(each for each in readings.readings() if each.name == name)


def test_every_part_is_read_and_named_once():
    names = [each.name for each in readings.readings()]
    assert len(names) == len(set(names))
    assert {"database_ready", "redis_ready", "worker_ready", "sweep_age_seconds", "outbox_dead"} <= set(names)


def test_a_worker_that_is_silent_is_bad():
    assert reading("worker_ready").level is Level.OK
    caches["default"].delete(health.WORKER_KEY)
    assert reading("worker_ready").level is Level.BAD


def test_a_sweep_that_stays_away_is_bad_after_ten_minutes():
    now = clock.now()
    with clock.shifted(now + dt.timedelta(minutes=4)):
        assert reading("sweep_age_seconds").level is Level.WARNING
    with clock.shifted(now + dt.timedelta(minutes=11)):
        assert reading("sweep_age_seconds").level is Level.BAD
    caches["default"].delete(readings.SWEPT_KEY)
    assert reading("sweep_age_seconds").shown == "启动后还没有扫描过"


def test_the_calendar_of_next_year_is_missed_from_november_and_urgently_from_mid_december():
    people.load_organisation()
    with clock.shifted(dt.datetime(2031, 10, 30, tzinfo=dt.UTC)):
        assert reading("calendar_missing_year").level is Level.OK
    with clock.shifted(dt.datetime(2031, 11, 20, tzinfo=dt.UTC)):
        assert reading("calendar_missing_year").level is Level.WARNING
        assert reading("calendar_missing_year").shown == "缺 2032 年"
    with clock.shifted(dt.datetime(2031, 12, 20, tzinfo=dt.UTC)):
        assert reading("calendar_missing_year").level is Level.BAD


def test_a_full_disk_is_bad(monkeypatch):
    monkeypatch.setattr(readings.shutil, "disk_usage", lambda _path: Usage(100, 95, 5))
    assert reading("disk_free_ratio").level is Level.BAD


def test_the_oldest_due_job_gives_the_lag():
    Job.objects.create(kind="test", key="a", created_at=clock.now(), due_at=clock.now() - dt.timedelta(minutes=5))
    assert reading("outbox_lag_seconds").level is Level.WARNING
    assert reading("outbox_lag_seconds").number >= 300
    assert reading("outbox_waiting").number == 1


def test_a_watch_that_fails_is_a_bad_reading_and_hides_no_other(monkeypatch):
    def broken():
        raise LookupError("13900001111")

    monkeypatch.setattr(readings, "_watches", [broken, *readings._watches])
    found = readings.readings()
    assert (found[0].level, found[0].shown) == (Level.BAD, "LookupError")
    assert len(found) > 5


def test_the_page_puts_what_is_wrong_first_and_says_what_to_do(administrator):
    caches["default"].delete(health.WORKER_KEY)
    page = check_page(administrator.get(reverse("operations:overview")))
    assert "看 worker 的日志" in page
    rows = re.findall(r'<td data-label="项目">([^<]+)</td>', page)
    assert rows[0] == "后台进程"


# --- alarms ----------------------------------------------------------------------------------------


def silence_worker():
    caches["default"].delete(health.WORKER_KEY)


def mails() -> list[tuple[str, list[str]]]:
    outbox.run_due()
    told = [(message.subject, message.to) for message in mail.outbox]
    mail.outbox.clear()
    return told


def test_a_bad_reading_is_mailed_once_then_daily_and_once_when_it_is_good_again(settings):
    settings.ALARM_EMAILS = ("watch@example.cn",)
    silence_worker()
    now = clock.now()
    readings.note_sweep()
    assert alarms.check() == 1
    assert mails() == [("【朔州市政务服务平台】告警：后台进程，不应答", ["watch@example.cn"])]
    assert alarms.check() == 0
    assert mails() == []
    with clock.shifted(now + dt.timedelta(days=1, minutes=1)):
        readings.note_sweep()
        assert alarms.check() == 1
        assert len(mails()) == 1
        health.note_worker()
        assert alarms.check() == 1
        assert [subject for subject, _ in mails()] == ["【朔州市政务服务平台】恢复：后台进程"]
    assert not Alarm.objects.exists()


def test_without_addresses_the_system_administrators_are_told_and_nobody_else():
    people.load_organisation()
    administrator = people.staff(Role.SYSTEM_ADMIN, of="904", city=True).user
    manager = people.staff(Role.CENTRE_MANAGER, of="904", city=True).user
    for user, address in ((administrator, "sys@example.cn"), (manager, "manager@example.cn")):
        user.email = address
        user.save()
    assert alarms.addresses() == ["sys@example.cn"]
    silence_worker()
    alarms.check()
    assert [to for _, to in mails()] == [["sys@example.cn"]]


def test_nobody_to_tell_writes_no_mail_but_remembers_the_alarm():
    silence_worker()
    assert alarms.check() == 0
    assert Alarm.objects.get().name == "worker_ready"


# --- metrics ---------------------------------------------------------------------------------------


def test_ASVS_13_4_5_metrics_open_to_the_token_and_are_not_there_without_one(client, settings):
    address = reverse("operations:metrics")
    assert client.get(address).status_code == 404
    settings.METRICS_TOKEN = "secret-token"
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"Authorization": "Bearer wrong"}).status_code == 404
    answer = client.get(address, headers={"Authorization": "Bearer secret-token"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "portal_worker_ready 1.0" in text
    assert 'portal_level{reading="worker_ready"} 0.0' in text
