"""What the public pages read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Q

from applications.models import Case
from catalog.queries import editions_in_force
from portal.clock import NOW_SQL, SHANGHAI
from portal.organizations.models import Department, Hall, Succession

FIGURES_KEPT_FOR = 60  # seconds; the figures say when they were counted


@dataclass(frozen=True, slots=True)
class GuideVersion:
    """All that a guide's text depends on besides mode and release; `editions`: when each of the item is in force."""

    edition_id: UUID
    digest: str
    today: dt.date
    calendar: str
    editions: str


_GUIDE_VERSION = f"""
WITH instant AS (SELECT ({NOW_SQL} AT TIME ZONE 'Asia/Shanghai')::date AS today)
SELECT e.id, e.digest, instant.today,
       (SELECT coalesce(md5(string_agg(y.revision::text, ',' ORDER BY y.year)), '') FROM workdays_calendaryear y),
       (SELECT md5(string_agg(concat_ws(' ', version, effective_from, '-', effective_until), ',' ORDER BY version))
        FROM catalog_itemedition a WHERE a.item_id = i.id)
FROM instant, catalog_serviceitem i JOIN catalog_itemedition e ON e.item_id = i.id
WHERE i.basic_code = %s AND i.status = 'in_force' AND e.effective_from <= instant.today
  AND (e.effective_until IS NULL OR e.effective_until > instant.today)
"""


def guide_version(basic_code: str) -> GuideVersion | None:
    """Which edition of an item the public reads today; None when there is none (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(_GUIDE_VERSION, [basic_code])
        row = cursor.fetchone()
    return GuideVersion(*row) if row else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The city's figures of the month so far; `on_time` and `decided` are of the decisions of the month."""

    items: int
    received: int
    concluded: int
    decided: int
    on_time: int
    counted_at: dt.datetime

    @property
    def on_time_percent(self) -> str:
        return f"{100 * self.on_time / self.decided:.1f}%" if self.decided else ""


def city_figures(now: dt.datetime) -> Figures:
    """Counted at most once a minute (3 queries)."""
    kept: Figures | None = cache.get("disclosure:figures")
    if kept is not None and dt.timedelta(0) <= now - kept.counted_at < dt.timedelta(seconds=FIGURES_KEPT_FOR):
        return kept
    today = now.astimezone(SHANGHAI)
    month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    decided = Case.objects.filter(decided_at__gte=month, decided_at__lte=now).aggregate(
        decided=Count("pk", filter=Q(clock__promised_due_on__isnull=False)),
        on_time=Count("pk", filter=Q(decided_at__date__lte=F("clock__promised_due_on"))),
        concluded=Count("pk", filter=Q(concluded_at__gte=month)),
    )
    figures = Figures(
        items=editions_in_force(today.date()).count(),
        received=Case.objects.filter(received_at__gte=month, received_at__lte=now).count(),
        counted_at=now,
        **decided,
    )
    cache.set("disclosure:figures", figures, FIGURES_KEPT_FOR)
    return figures


@dataclass(frozen=True, slots=True)
class HallToday:
    """The hall as it is open by its own data."""

    name: str
    address: str
    phone: str
    hours: str
    windows: int


def hall_today(today: dt.date) -> HallToday | None:
    """The city's hall with its opening hours and windows (3 queries)."""
    hall = Hall.objects.prefetch_related("opening_hours").first()
    if hall is None:
        return None
    return HallToday(
        name=hall.name,
        address=hall.address,
        phone=hall.phone,
        hours="，".join(f"{span.opens:%-H:%M}–{span.closes:%-H:%M}" for span in hall.opening_hours.all()),
        windows=hall.windows.in_force(today).count(),
    )


def successors(departments: list[Department], on: dt.date) -> dict[Any, list[str]]:
    """What departments are called today, by the department's key (1 query)."""
    found: dict[Any, list[str]] = {}
    for succession in Succession.objects.filter(predecessor__in=departments, effective_on__lte=on):
        found.setdefault(succession.predecessor_id, []).append(succession.successor_name)
    return found
