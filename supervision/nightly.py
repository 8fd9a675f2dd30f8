"""The signals' part of `manage.py verify`: each due alert is there, and its telling was handed to the outbox.

That none is there twice is the table's constraint.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.db import connection
from django.db.models import F

from applications import rules
from applications.models import CaseClock
from applications.states import ClockLevel
from portal import clock
from portal.outbox.models import Job
from portal.web.checks import Scope
from supervision.models import Signal
from supervision.services import TELL

#: Signals younger than this are asked whether somebody was told; finished jobs are kept longer.
LOOKED_BACK: Final = dt.timedelta(days=7)


def check(_scope: Scope) -> Iterator[str]:
    """Levels without their signal, and signals that nobody is going to hear of."""
    yield from _unwritten()
    yield from _untold()


def _unwritten() -> Iterator[str]:
    today = clock.today()
    rows = CaseClock.objects.filter(open=True, state__in=rules.RUNNING).exclude(level=ClockLevel.NONE)
    written: dict[object, set[str]] = {}
    for case_id, level in Signal.objects.filter(case__clock__in=rows).order_by().values_list("case_id", "level"):
        written.setdefault(case_id, set()).add(level)
    for row in rows.annotate(number=F("case__number")).order_by("number"):
        turned = (
            (ClockLevel.WARNING, row.warning_on),
            (ClockLevel.YELLOW, row.yellow_on),
            (ClockLevel.RED, row.red_on),
        )
        for level, on in turned:
            due = on is not None and on <= today and rules.RANK[level] <= rules.RANK[ClockLevel(row.level)]
            if due and level not in written.get(row.case_id, set()):
                yield f"办件 {row.number} 在 {on} 到了“{level.label}”，没有监察信号。"


def _untold() -> Iterator[str]:
    since = clock.now() - LOOKED_BACK
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT jsonb_array_elements_text(payload->'signals') FROM {Job._meta.db_table} "
            "WHERE kind = %s AND created_at >= %s",
            [TELL, since],
        )
        told = {row[0] for row in cursor.fetchall()}
    recent = Signal.objects.filter(created_at__gte=since).order_by("pk")
    for pk, number, rule in recent.values_list("pk", "case__number", "rule"):
        if str(pk) not in told:
            yield f"办件 {number} 的监察信号 {rule} 没有交代给任何人。"
