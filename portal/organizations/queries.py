"""The organisation on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet

from portal import clock
from portal.organizations.models import Department, Hall, Region, Succession, Window


def organisation_day() -> dt.date:
    """The day whose organisation is shown: settings.ORGANISATION_AS_OF, or today.

    The demonstration shows the organisation of 2015 on today's calendar.
    """
    as_of: dt.date | None = settings.ORGANISATION_AS_OF
    return as_of or clock.today()


def departments(on: dt.date | None = None) -> QuerySet[Department]:
    """The departments that exist on the day, by number."""
    return Department.objects.in_force(on or organisation_day()).order_by("number")


def departments_by_pinyin(on: dt.date | None = None) -> QuerySet[Department]:
    """The same in the order of their names."""
    return departments(on).order_by("pinyin", "number")


def approving_departments(on: dt.date | None = None) -> QuerySet[Department]:
    return departments(on).filter(approving=True)


def regions(on: dt.date | None = None) -> QuerySet[Region]:
    """The regions whose codes are valid on the day."""
    return Region.objects.in_force(on or organisation_day())


def windows(on: dt.date | None = None) -> QuerySet[Window]:
    """The windows that are open for work on the day (default: today; windows follow today's calendar)."""
    return Window.objects.in_force(on or clock.today()).select_related("hall", "department")


def city_hall() -> Hall | None:
    """The city's hall with its opening hours."""
    return Hall.objects.prefetch_related("opening_hours").order_by("code").first()


def successors(department: Department) -> Sequence[Succession]:
    """What a department became, oldest first."""
    return list(department.successions.order_by("effective_on", "successor_name"))


def now_called(department: Department) -> str:
    """ "现为市市场监督管理局" (with "、" between several), or empty when nothing followed."""
    names = [row.successor_name for row in department.successions.all()]
    return f"现为{'、'.join(names)}" if names else ""
