"""What reads the calendar table."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import connection

from portal.workdays.calendar import WorkdayCalendar, shipped_calendar
from portal.workdays.models import CalendarDay, CalendarYear
from portal.workdays.notices import DayKind, Notice, NoticeDay, write_notices

Revision = tuple[UUID, ...]

_REVISION = f"SELECT revision FROM {CalendarYear._meta.db_table} ORDER BY year"

# The last calendar that this process built, with the revision that it was built from.
_built: dict[Revision, WorkdayCalendar] = {}


def current_calendar() -> WorkdayCalendar:
    """The calendar of the table; one small query, built anew only when a notice was imported since.

    While the table has no year at all (reference data not loaded yet) it is the shipped calendar.
    """
    with connection.cursor() as cursor:  # part of every act
        cursor.execute(_REVISION)
        revision: Revision = tuple(row[0] for row in cursor.fetchall())
    if not revision:
        return shipped_calendar()
    calendar = _built.get(revision)
    if calendar is None:
        calendar = WorkdayCalendar(stored_notices())
        _built.clear()
        _built[revision] = calendar
    return calendar


def stored_notices() -> tuple[Notice, ...]:
    """The notices in force in the table; two queries."""
    days: dict[int, list[NoticeDay]] = {}
    for day in CalendarDay.objects.order_by("date"):
        days.setdefault(day.year_id, []).append(NoticeDay(day.date, DayKind(day.kind), day.name))
    years = CalendarYear.objects.filter(status=CalendarYear.Status.OFFICIAL).order_by("year")
    return tuple(Notice(year.year, year.notice, year.number, tuple(days.get(year.year, ()))) for year in years)


def export_calendar() -> str:
    """The calendar as a file for `manage.py deadline --calendar`."""
    return write_notices(current_calendar().notices)


def missing_notice(today: date) -> int | None:
    """From 1 November on, the next year if it has no notice yet (the State Council's usually comes in November)."""
    if today.month < 11 or today.year + 1 in current_calendar().years:
        return None
    return today.year + 1
