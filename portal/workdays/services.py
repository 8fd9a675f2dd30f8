"""What changes the calendar table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from portal import clock
from portal.web.errors import BadInput
from portal.web.grants import SYSTEM_ACTOR, Actor
from portal.web.keys import uuid7
from portal.workdays import queries
from portal.workdays.hooks import CalendarChange, announce
from portal.workdays.models import CalendarDay, CalendarYear, NoticeImport
from portal.workdays.notices import Notice, NoticeDay, NoticeError, check_days, shipped_notices


@transaction.atomic
def import_notice(
    *, year: int, days: Iterable[NoticeDay], notice: str, actor: Actor, number: str = ""
) -> CalendarChange | None:
    """Put a year's notice in force, in place of the one it had; None when nothing is different.

    Registered handlers recompute what hangs on the calendar in the same transaction. Raises BadInput.
    """
    title = notice.strip()
    if not title:
        raise BadInput("请写通知的名称。", code="notice_missing", field="notice")
    try:
        checked = check_days(year, days)
    except NoticeError as error:
        raise BadInput(str(error), code="notice_wrong", field="days") from error
    if not any(not day.is_workday for day in checked):
        raise BadInput("通知里没有放假的日子。", code="notice_empty", field="days")
    _lock_calendar()
    other = CalendarDay.objects.filter(date__in=[day.date for day in checked]).exclude(year_id=year).first()
    if other is not None:
        raise BadInput(f"{other.date} 已经在 {other.year_id} 年的通知里。", code="notice_overlaps", field="days")
    wanted = Notice(year, title, number.strip(), checked)
    if wanted in queries.stored_notices():
        return None
    return _put_in_force([wanted], actor)


@transaction.atomic
def withdraw_notice(*, year: int, actor: Actor) -> CalendarChange | None:
    """Take back a notice that was imported by mistake: the year is provisional again. None when it already is."""
    _lock_calendar()
    if not CalendarYear.objects.filter(pk=year, status=CalendarYear.Status.OFFICIAL).exists():
        return None
    return _put_in_force([Notice(year, "", "", ())], actor)


@transaction.atomic
def load() -> str:
    """Load the shipped notices of years that the table does not know yet; what the centre edited stays as it is."""
    _lock_calendar()
    known = set(CalendarYear.objects.values_list("year", flat=True))
    new = [notice for notice in shipped_notices() if notice.year not in known]
    if new:
        _put_in_force(new, SYSTEM_ACTOR)
    return f"工作日历：新增 {len(new)} 年，共 {len(known) + len(new)} 年"


def _lock_calendar() -> None:
    """One import at a time: two of them could give the same day to two years. Readers do not wait."""
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{CalendarYear._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')


def _put_in_force(notices: Sequence[Notice], actor: Actor) -> CalendarChange:
    before = queries.current_calendar()
    now = clock.now()
    for notice in notices:
        official = bool(notice.title)
        CalendarYear.objects.update_or_create(
            year=notice.year,
            defaults={
                "status": CalendarYear.Status.OFFICIAL if official else CalendarYear.Status.PROVISIONAL,
                "notice": notice.title,
                "number": notice.number,
                "revision": uuid7(),
            },
        )
    years = [notice.year for notice in notices]
    CalendarDay.objects.filter(year_id__in=years).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day.date, year_id=notice.year, is_workday=day.is_workday, kind=day.kind.value, name=day.name)
        for notice in notices
        for day in notice.days
    )
    NoticeImport.objects.bulk_create(
        NoticeImport(
            year=notice.year,
            notice=notice.title,
            number=notice.number,
            days=[[day.date.isoformat(), day.kind.value, day.name] for day in notice.days],
            actor_id=actor.user_id,
            actor_name=actor.name,
            imported_at=now,
        )
        for notice in notices
    )
    change = CalendarChange(tuple(years), before, queries.current_calendar(), actor)
    announce(change)
    return change
