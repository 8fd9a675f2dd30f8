"""Mails to the operators when a reading turns bad, once a day while it stays so, and when it is good again."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from portal import clock
from portal.accounts.grants import in_force
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.operations.models import Alarm
from portal.operations.watch.readings import Level, Reading, readings
from portal.outbox.registry import JobView, handler
from portal.outbox.services import enqueue

KIND: Final = "operations.alarm"
AGAIN: Final = dt.timedelta(days=1)
_LOCK: Final = 0x5A_1A_12  # any number that no other advisory lock uses


def check(_limit: int = 0) -> int:
    """Compare the readings with what was told; returns how many mails were written. A sweeper, safe to run twice."""
    found = readings()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        now = clock.now()
        told = {alarm.name: alarm for alarm in Alarm.objects.all()}
        bad = [reading for reading in found if reading.level is Level.BAD]
        mails = sum(_tell_bad(reading, told.pop(reading.name, None), now) for reading in bad)
        return mails + sum(_tell_good(alarm, now) for alarm in told.values())


def _tell_bad(reading: Reading, alarm: Alarm | None, now: dt.datetime) -> int:
    if alarm is not None and now - alarm.told_at < AGAIN:
        return 0
    if alarm is None:
        alarm = Alarm(name=reading.name, since=now)
    alarm.label, alarm.told_at = reading.label, now
    alarm.save()
    return _write(
        f"告警：{reading.label}，{reading.shown}",
        f"{reading.label}：{reading.shown}。\n{reading.advice}\n开始：{_moment(alarm.since)}。",
        key=f"{reading.name}:bad:{now.isoformat()}",
    )


def _tell_good(alarm: Alarm, now: dt.datetime) -> int:
    alarm.delete()
    return _write(
        f"恢复：{alarm.label}",
        f"{alarm.label}已经恢复正常。持续：{_moment(alarm.since)} 至 {_moment(now)}。",
        key=f"{alarm.name}:good:{now.isoformat()}",
    )


def _write(subject: str, body: str, *, key: str) -> int:
    recipients = addresses()
    if recipients:
        enqueue(kind=KIND, payload={"to": recipients, "subject": subject, "body": body}, key=key)
    return int(bool(recipients))


def addresses() -> list[str]:
    """ALARM_EMAILS, else the system administrators of today who gave an address."""
    if settings.ALARM_EMAILS:
        return list(settings.ALARM_EMAILS)
    holders = User.objects.filter(in_force("staff__roles__"), staff__roles__role=Role.SYSTEM_ADMIN, is_active=True)
    return sorted(set(holders.exclude(email="").values_list("email", flat=True)))


@handler(KIND, label="告警邮件")
def send_alarm(job: JobView) -> None:
    """Send the mail; a retried job repeats the Message-ID."""
    EmailMessage(
        subject=f"【朔州市政务服务平台】{job.payload['subject']}",
        body=job.payload["body"],
        to=job.payload["to"],
        headers={"Message-ID": f"<{job.id}@alarm>"},
    ).send()


def _moment(at: dt.datetime) -> str:
    return at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
