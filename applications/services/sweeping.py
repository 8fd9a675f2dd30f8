"""The sweep: what the law does by itself, and levels that turned; by any number of processes, after any outage."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q

from applications import hooks, rows
from applications.clockwork import level_change
from applications.models import CaseClock
from applications.process import PROCESS
from applications.rules import RUNNING
from applications.states import CaseState, ClockLevel
from portal import clock, crashpoints

RETRY: Final = dt.timedelta(minutes=10)
logger = structlog.get_logger(__name__)

# One statement for a batch: the levels turn on dates that the row already knows, so no event is read.
# The date is today's in Shanghai; the next look is at the beginning of a later date, strictly later than now.
_TURN: Final = """
    WITH due AS (
        SELECT case_id, level FROM applications_caseclock
        WHERE next_check_at <= %(now)s AND state = ANY(%(running)s)
          AND (pause_until IS NULL OR pause_until > %(today)s)
        ORDER BY next_check_at LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    )
    UPDATE applications_caseclock AS c SET
        level = CASE WHEN c.red_on <= %(today)s THEN 'red' WHEN c.yellow_on <= %(today)s THEN 'yellow'
                     WHEN c.warning_on <= %(today)s THEN 'warning' ELSE 'none' END,
        next_check_at = (LEAST(
            CASE WHEN c.warning_on > %(today)s THEN c.warning_on END,
            CASE WHEN c.yellow_on > %(today)s THEN c.yellow_on END,
            CASE WHEN c.red_on > %(today)s THEN c.red_on END,
            c.pause_until)::timestamp AT TIME ZONE 'Asia/Shanghai')
    FROM due WHERE c.case_id = due.case_id
    RETURNING c.case_id, c.department_id, due.level, c.level, c.warning_on, c.yellow_on, c.red_on,
              c.promised_due_on, c.statutory_due_on
"""


def sweep(limit: int = 200) -> int:
    """Do up to `limit` due cases: acts of law one by one, turned levels as one batch; returns how many were done.

    A changed level reaches the registered handlers in the same transaction. Two sweepers at once do each case once.
    """
    done = sweep_acts(limit)
    return done + (sweep_levels(limit - done) if done < limit else 0)


def sweep_levels(limit: int) -> int:
    """Turn the levels of running cases that are due, in one transaction."""
    with transaction.atomic():
        now = clock.now()
        today = clock.local_date(now)
        with connection.cursor() as cursor:
            cursor.execute(_TURN, {"now": now, "today": today, "limit": limit, "running": sorted(RUNNING)})
            rows = cursor.fetchall()
        changes = []
        for case_id, department_id, old, new, warning, yellow, red, promised, statutory in rows:
            row = CaseClock(
                case_id=case_id,
                department_id=department_id,
                level=new,
                warning_on=warning,
                yellow_on=yellow,
                red_on=red,
                promised_due_on=promised,
                statutory_due_on=statutory,
            )
            change = level_change(row, ClockLevel(old), today)
            if change is not None:
                changes.append(change)
        hooks.announce(changes)
        if rows:
            crashpoints.around_commit("sweep")
    return len(rows)


def sweep_acts(limit: int) -> int:
    """Carry out deemed acceptances, lapses and ended pauses that are due, each case in its own transaction."""
    now = clock.now()
    today = clock.local_date(now)
    waiting = (
        CaseClock.objects.filter(next_check_at__lte=now)
        .filter(Q(state__in=[CaseState.RECEIVED, CaseState.CORRECTING]) | Q(pause_until__lte=today))
        .order_by("next_check_at")
        .values_list("case_id", flat=True)[:limit]
    )
    return sum(_catch_up_alone(case_id) for case_id in list(waiting))


def _catch_up_alone(case_id: UUID) -> bool:
    """One case; False when another process has it. A case that fails waits ten minutes, the others go on."""
    try:
        with transaction.atomic():
            case = rows.lock_case(case_id, skip_locked=True)
            if case is None:
                return False
            return PROCESS.catch_up(case, clock.now())
    except Exception:
        logger.exception("sweep_case_failed", case=str(case_id))
        CaseClock.objects.filter(pk=case_id).update(next_check_at=clock.now() + RETRY)
        return True
