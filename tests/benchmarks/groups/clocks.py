"""The sweep beside the plainest SQL that does the same, and the arithmetic of one due date."""

from __future__ import annotations

import datetime as dt
import random
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg2.extras import execute_values

from applications.rules import RUNNING
from portal import clock
from portal.outbox import sweepers
from portal.outbox.models import Job
from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.counting import due_date
from portal.workdays.queries import current_calendar
from portal.workdays.terms import Limit, Unit
from supervision.models import Signal
from supervision.services import TELL
from tests.benchmarks.bench import Bench, timed
from tests.benchmarks.figures import Baseline, Figure, ratio_of

SHARE = 0.002
DATES = 20_000

_COLUMNS = ("level", "warning_on", "yellow_on", "red_on", "promised_due_on", "next_check_at")
_TAKE = f"""
    SELECT case_id, {", ".join(_COLUMNS)} FROM applications_caseclock
    WHERE open AND state = ANY(%s) AND NOT paused ORDER BY md5(case_id::text) LIMIT %s
"""
# Three equal parts turn to warning, yellow and red today.
_TURN = """
    UPDATE applications_caseclock AS c SET
        level = (ARRAY['none', 'warning', 'yellow'])[n %% 3 + 1],
        warning_on = %(today)s::date - n %% 3, yellow_on = %(today)s::date + (1 - n %% 3) * 2,
        red_on = %(today)s::date + (2 - n %% 3) * 5, promised_due_on = %(today)s::date + 1 - n %% 3,
        next_check_at = %(now)s
    FROM (SELECT id, place::int AS n FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS u(id, place)) AS chosen
    WHERE c.case_id = chosen.id
"""
_RESTORE = f"""
    UPDATE applications_caseclock AS c SET {", ".join(f"{name} = v.{name}" for name in _COLUMNS)}
    FROM (VALUES %s) AS v (case_id, {", ".join(_COLUMNS)}) WHERE c.case_id = v.case_id
"""
_TYPES = "(%s::uuid, %s, %s::date, %s::date, %s::date, %s::date, %s::timestamptz)"

_PLAINEST = """
    WITH turned AS (
        UPDATE applications_caseclock SET
            level = CASE WHEN red_on <= %(today)s THEN 'red' WHEN yellow_on <= %(today)s THEN 'yellow'
                         WHEN warning_on <= %(today)s THEN 'warning' ELSE 'none' END,
            next_check_at = least(
                CASE WHEN warning_on > %(today)s THEN warning_on END,
                CASE WHEN yellow_on > %(today)s THEN yellow_on END,
                CASE WHEN red_on > %(today)s THEN red_on END, pause_until)::timestamp AT TIME ZONE 'Asia/Shanghai'
        WHERE next_check_at <= %(now)s AND state = ANY(%(running)s)
        RETURNING case_id, department_id, level, promised_due_on
    ), signals AS (
        INSERT INTO supervision_signal (id, rule, level, case_id, link, department_id, due_on, "on", created_at)
        SELECT uuidv7(), CASE level WHEN 'red' THEN 'T3' WHEN 'yellow' THEN 'T2' ELSE 'T1' END, level, case_id, '',
               department_id, promised_due_on, %(today)s, %(now)s
        FROM turned ON CONFLICT DO NOTHING RETURNING id
    ), jobs AS (
        SELECT array_agg(id) AS ids FROM (SELECT id, row_number() OVER () AS n FROM signals) AS numbered
        GROUP BY (n - 1) / 100
    )
    INSERT INTO outbox_job (id, kind, key, payload, created_at, due_at, attempts, last_error)
    SELECT uuidv7(), %(tell)s, ids[1]::text, jsonb_build_object('signals', ids), %(now)s, %(now)s, 0, '' FROM jobs
"""


def small_sweep(bench: Bench) -> list[Figure]:
    """0.2 % of the cases due, in turn with the plainest SQL"""
    number = max(3, round(bench.options.cases * SHARE))
    _let_nothing_else_be_due()
    rows = _chosen(number)
    ids = [row[0] for row in rows]
    ours: list[float] = []
    plain: list[float] = []
    try:
        for _ in range(bench.rounds):
            for took, work in ((ours, _sweep), (plain, _plainest)):
                _make_due(ids)
                took.append(timed(work))
                _check(ids)
                _forget(ids)
    finally:
        _restore(rows)
    sql = Baseline("sweep_small_sql_s", median(plain))
    return [
        Figure("sweep_small_s", median(ours), sql),
        Figure("sweep_small_ratio", ratio_of(ours, plain), sql, is_ratio=True),
    ]


def due_dates(bench: Bench) -> list[Figure]:
    """one due date by the pure calendar, without its explanation"""
    calendar = current_calendar()
    chance = random.Random(3)
    first = dt.date(2020, 1, 1)
    asked = [
        (first + dt.timedelta(days=chance.randrange(2500)), Limit(chance.randint(1, 60), chance.choice(list(Unit))))
        for _ in range(DATES)
    ]
    ours = [timed(lambda: _due(calendar, asked)) / DATES for _ in range(bench.rounds)]
    plain = [timed(lambda: _plus(asked)) / DATES for _ in range(bench.rounds)]
    return [Figure("due_date_us", median(ours) * 1e6, Baseline("date_plus_days_us", median(plain) * 1e6))]


def _due(calendar: WorkdayCalendar, asked: list[tuple[dt.date, Limit]]) -> None:
    for start, limit in asked:
        due_date(calendar, start, limit)


def _plus(asked: list[tuple[dt.date, Limit]]) -> None:
    for start, limit in asked:
        start + dt.timedelta(days=limit.n)


def _sweep() -> None:
    sweepers.run("cases")  # as the beat does, batch after batch until nothing is due


def _plainest() -> None:
    now = clock.now()
    values = {"now": now, "today": clock.local_date(now), "running": sorted(RUNNING), "tell": TELL}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PLAINEST, values)


def _let_nothing_else_be_due() -> None:
    """A scale that was seeded on an earlier day has levels that turned since."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE applications_caseclock SET next_check_at = {clock.NOW_SQL} + interval '1 day' "
            f"WHERE next_check_at <= {clock.NOW_SQL} + interval '1 hour'"
        )


def _chosen(number: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [sorted(RUNNING), number])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _make_due(ids: list[UUID]) -> None:
    now = clock.now()
    values = {"ids": [str(key) for key in ids], "now": now, "today": clock.local_date(now)}
    with connection.cursor() as cursor:
        cursor.execute(_TURN, values)
        if cursor.rowcount != len(ids):
            raise RuntimeError(f"{cursor.rowcount} of {len(ids)} cases could be made due")


def _check(ids: list[UUID]) -> None:
    """Both ways must have done the work."""
    found = Signal.objects.filter(case_id__in=ids).count()
    if found < len(ids):
        raise RuntimeError(f"{found} signals for {len(ids)} cases that were due")


def _forget(ids: list[UUID]) -> None:
    Signal.objects.filter(case_id__in=ids).delete()
    Job.objects.filter(kind=TELL).delete()


def _restore(rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, _RESTORE, rows, template=_TYPES)
