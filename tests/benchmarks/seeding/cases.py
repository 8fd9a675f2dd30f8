"""Cases by set-based SQL, without events: two years of them over all departments, states, levels and due dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction

from applications.models import CaseSearch
from tests.benchmarks.seeding import pools
from tests.benchmarks.seeding.people import Team

DAYS = 730
#: A busy item has more cases: the rank grows with this power of a uniform number.
SKEW = 1.7

TABLES = """
    CREATE TEMP TABLE bench_team (department_id uuid PRIMARY KEY, clerk_id uuid, reviewer_id uuid);
    CREATE TEMP TABLE bench_item (
        position int PRIMARY KEY, edition_id uuid, situation_id uuid, department_id uuid, department text, name text,
        promised int, promised_unit text, statutory int, statutory_unit text, immediate bool, vector text,
        bigrams text[]
    );
    CREATE TEMP TABLE bench_name (position int PRIMARY KEY, name text, vector text, bigrams text[]);
    CREATE TEMP TABLE bench_person (position int PRIMARY KEY, person_id uuid);
    CREATE TEMP TABLE bench_day (day date PRIMARY KEY, position int);
    CREATE TEMP TABLE bench_workday (position int PRIMARY KEY, day date);
    CREATE FUNCTION pg_temp.due(start date, n int, unit text) RETURNS date LANGUAGE sql STABLE AS $$
        SELECT CASE unit
            WHEN 'workday' THEN (SELECT w.day FROM bench_workday w WHERE w.position = d.position + n)
            WHEN 'day' THEN start + n
            WHEN 'month' THEN (start + make_interval(months => n))::date
        END FROM bench_day d WHERE d.day = start
    $$;
    SELECT setseed(0.52);
"""

PLAN = """
    CREATE TEMP TABLE bench_plan AS
    WITH drawn AS MATERIALIZED (
        SELECT n, random() AS fate, random() AS ending, random() AS pace,
               %(today)s::date - 1 - floor(random() * %(days)s)::int AS received_on,
               floor(power(random(), %(skew)s) * (SELECT count(*) FROM bench_item))::int AS item,
               floor(random() * (SELECT count(*) FROM bench_name))::int AS name,
               floor(random() * (SELECT count(*) FROM bench_person))::int AS person,
               make_interval(secs => 32400 + floor(random() * 28800)) AS hour
        FROM generate_series(1, %(cases)s) AS n
    ), staged AS MATERIALIZED (
        SELECT drawn.*, i.edition_id, i.situation_id, i.department_id, i.department, i.promised, i.promised_unit,
               i.statutory, i.statutory_unit, i.immediate,
               ((received_on + hour) AT TIME ZONE 'Asia/Shanghai') AS received_at,
               CASE
                   WHEN age <= 4 THEN CASE WHEN fate < 0.45 THEN 'received' WHEN fate < 0.55 THEN 'correcting'
                                           WHEN fate < 0.85 THEN 'reviewing' ELSE 'approving' END
                   WHEN age <= span THEN CASE WHEN fate < 0.05 THEN 'correcting' WHEN fate < 0.5 THEN 'reviewing'
                                              WHEN fate < 0.75 THEN 'approving' WHEN fate < 0.85 THEN 'granted'
                                              ELSE 'concluded' END
                   WHEN fate < 0.004 THEN 'reviewing' WHEN fate < 0.006 THEN 'approving'
                   WHEN fate < 0.03 THEN 'withdrawn' WHEN fate < 0.04 THEN 'not_required'
                   WHEN fate < 0.05 THEN 'not_competent' WHEN fate < 0.06 THEN 'lapsed'
                   ELSE 'concluded'
               END AS state
        FROM drawn JOIN bench_item i ON i.position = drawn.item
        CROSS JOIN LATERAL (SELECT %(today)s::date - received_on AS age,
                                   coalesce(i.promised, 1) * 1.4 + 4 AS span) AS times
    ), accepted AS MATERIALIZED (
        SELECT *, CASE WHEN state IN ('reviewing', 'approving', 'granted', 'concluded')
                       THEN least(pg_temp.due(received_on, 1 + floor(pace * 2)::int, 'workday'), %(today)s::date)
                  END AS accepted_on
        FROM staged
    )
    SELECT uuidv7(received_at - now()) AS id, accepted.*, accepted_at,
           pg_temp.due(received_on, 5, 'workday') AS acceptance_due_on,
           CASE WHEN immediate THEN accepted_on ELSE pg_temp.due(accepted_on, promised, promised_unit) END
               AS promised_due_on,
           pg_temp.due(accepted_on, statutory, statutory_unit) AS statutory_due_on,
           CASE WHEN state IN ('granted', 'concluded')
                THEN greatest(accepted_at, least(now(), accepted_at + taken)) END
               AS decided_at,
           state IN ('reviewing', 'approving') AND ending < 0.04 AS paused,
           row_number() OVER (PARTITION BY department, received_on ORDER BY received_at) AS seq
    FROM accepted, LATERAL (
        SELECT CASE WHEN accepted_on IS NOT NULL
                    THEN greatest(received_at, (accepted_on + hour) AT TIME ZONE 'Asia/Shanghai') END AS accepted_at,
               make_interval(days => (coalesce(promised, 0) * pace * 1.3)::int) AS taken
    ) AS acceptance
    ORDER BY received_at
"""

CASES = """
    INSERT INTO applications_case (
        id, number, query_code, edition_id, situation_id, department_id, channel, state, applicant_person_id,
        person_key_id, applicant_name, submitted_by_id, contact_phone, address, subject, details, delivery_method,
        declared_at,
        received_at, accepted_at, deemed_accepted, decided_at, decision, concluded_at, closed_at, closing_reason,
        decision_details, result_number, clerk_id, reviewer_ids, claimed_by_id, claimed_at
    )
    SELECT p.id, '140600' || p.department || to_char(p.received_on, 'YYYYMMDD') || lpad(p.seq::text, 5, '0') || '0',
           '', p.edition_id, p.situation_id, p.department_id,
           CASE WHEN p.pace < 0.4 THEN 'hall' ELSE 'online' END, p.state, bench_person.person_id, owner.key_id, n.name,
           t.clerk_id,
           '', '', '', '', 'direct', p.received_at, p.received_at, p.accepted_at, false, p.decided_at,
           CASE WHEN p.decided_at IS NULL THEN '' WHEN p.state = 'concluded' AND p.ending < 0.05 THEN 'refused'
                ELSE 'granted' END,
           CASE WHEN p.state = 'concluded' THEN p.decided_at END,
           CASE WHEN p.state = 'concluded' THEN p.decided_at
                WHEN p.state IN ('withdrawn', 'not_required', 'not_competent', 'lapsed') THEN p.received_at END,
           '', '{}', '', t.clerk_id, '{}', claimed.by, CASE WHEN claimed.by IS NOT NULL THEN p.received_at END
    FROM bench_plan p
    JOIN bench_name n ON n.position = p.name
    JOIN bench_person ON bench_person.position = p.person
    JOIN accounts_person owner ON owner.id = bench_person.person_id
    JOIN bench_team t ON t.department_id = p.department_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.state = 'reviewing' AND p.pace < 0.4 THEN t.reviewer_id END AS by
    ) AS claimed
"""

CLOCKS = """
    INSERT INTO applications_caseclock (
        case_id, department_id, open, state, accepted_on, deemed_accepted, acceptance_due_on, correction_due_on,
        promised_due_on, statutory_due_on, sort_on, promised_days, warning_on, yellow_on, red_on, pause_until, level,
        paused, provisional, claimed_by_id, next_check_at
    )
    SELECT p.id, p.department_id, p.state IN ('received', 'correcting', 'reviewing', 'approving', 'granted'), p.state,
           p.accepted_on, false, p.acceptance_due_on,
           CASE WHEN p.state = 'correcting' THEN p.received_on + 15 END,
           p.promised_due_on, p.statutory_due_on, coalesce(p.promised_due_on, p.acceptance_due_on), p.promised,
           turn.warning_on, turn.yellow_on, turn.red_on, turn.pause_until,
           CASE WHEN NOT turn.running THEN 'none' WHEN turn.red_on <= %(today)s THEN 'red'
                WHEN turn.yellow_on <= %(today)s THEN 'yellow' WHEN turn.warning_on <= %(today)s THEN 'warning'
                ELSE 'none' END,
           p.paused, false, c.claimed_by_id,
           CASE WHEN turn.running THEN least(
               CASE WHEN turn.warning_on > %(today)s THEN turn.warning_on END,
               CASE WHEN turn.yellow_on > %(today)s THEN turn.yellow_on END,
               CASE WHEN turn.red_on > %(today)s THEN turn.red_on END, turn.pause_until
           )::timestamp AT TIME ZONE 'Asia/Shanghai' END
    FROM bench_plan p
    JOIN applications_case c ON c.id = p.id
    CROSS JOIN LATERAL (
        SELECT p.state IN ('reviewing', 'approving') AS running,
               greatest(p.promised_due_on - 2, p.accepted_on) AS warning_on, p.promised_due_on + 1 AS yellow_on,
               greatest(coalesce(p.statutory_due_on, p.promised_due_on + 7), p.promised_due_on + 1) + 1 AS red_on,
               CASE WHEN p.paused THEN %(today)s::date + 1 + (p.pace * 20)::int END AS pause_until
    ) AS turn
"""

SEARCH = """
    INSERT INTO applications_casesearch (case_id, vector, bigrams)
    SELECT p.id, (n.vector || ' ' || i.vector)::tsvector, n.bigrams || i.bigrams
    FROM bench_plan p JOIN bench_name n ON n.position = p.name JOIN bench_item i ON i.position = p.item
"""


def seed(cases: int, teams: Sequence[Team], today: dt.date) -> None:
    """Insert this many cases received before `today`; the connection is the owner's (temporary tables, indexes)."""
    values = {"today": today, "cases": cases, "days": DAYS, "skew": SKEW}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        pools.fill(teams, today)
        cursor.execute("ANALYZE bench_item, bench_name, bench_person, bench_day, bench_workday, bench_team")
        cursor.execute(PLAN, values)
        cursor.execute("ANALYZE bench_plan")
        cursor.execute(CASES)
        cursor.execute(CLOCKS, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # Filling the inverted indexes row by row takes longer than everything else together.
        with connection.schema_editor(atomic=False) as editor:
            for index in CaseSearch._meta.indexes:
                editor.remove_index(CaseSearch, index)
        cursor.execute(SEARCH)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with connection.schema_editor(atomic=False) as editor:
            for index in CaseSearch._meta.indexes:
                editor.add_index(CaseSearch, index)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
