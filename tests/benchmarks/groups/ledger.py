"""The ledger: how fast events go in, how fast one is proved and all are checked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from statistics import median
from typing import Final
from uuid import UUID, uuid4

import psycopg2
from django.db import connection, transaction

from portal import clock
from portal.ledger.checking import verify
from portal.ledger.checking.guards import TABLES
from portal.ledger.proofs import proof_of
from portal.ledger.sequencing import sequence
from portal.ledger.services import canonical, record
from portal.web.keys import uuid7
from tests.benchmarks.bench import Bench, select_1, timed
from tests.benchmarks.figures import Baseline, Figure

EVENTS: Final = 500  # of one transaction
SUBJECTS: Final = 100
BODY: Final = {"from": "reviewing", "to": "approving", "note": "0" * 64, "document": "朔政审〔2026〕0000号"}
SEED: Final = 50_000  # events of one statement
PER_SUBJECT: Final = 10
PROOFS: Final = 40  # a round

#: Events as an act writes them, through the trigger, ten to a subject and mixed over subjects.
_SEED_EVENTS: Final = """
INSERT INTO audit.event (subject, canon)
SELECT s.subject, convert_to(
    '{"actor":"' || s.actor || '","at":"2026-01-05T01:02:03.456789+00:00","body":{"document":"朔政审〔2026〕0000号",'
    '"from":"reviewing","note":"' || repeat('0', 64) || '","to":"approving"},"key":"' || gen_random_uuid()
    || '","kind":"case.review","nonce":"' || replace(gen_random_uuid()::text, '-', '') || '","subject":"' || s.subject
    || '","v":1}', 'UTF8')
FROM (SELECT gen_random_uuid() AS subject, gen_random_uuid() AS actor FROM generate_series(1, %s) OFFSET 0) s,
     generate_series(1, %s) AS turn
ORDER BY turn
"""


def recording(bench: Bench) -> list[Figure]:
    """events over many subjects, within one, and rows without a chain, in turn"""
    many: list[float] = []
    one: list[float] = []
    plain: list[float] = []
    for _ in range(bench.rounds):
        many.append(_record([uuid4() for _ in range(SUBJECTS)]))
        one.append(_record([uuid4()]))
        plain.append(_insert_plainly(bench))
    baseline = Baseline("plain_rows_s", median(plain))
    return [
        Figure("ledger_events_s", median(many), baseline),
        Figure("ledger_one_subject_s", median(one), baseline),
    ]


def checking(bench: Bench) -> list[Figure]:
    """one proof, and the whole check, of as many events as there are cases"""
    _seed(bench)
    subjects = _subjects(bench.rounds * PROOFS)
    proof_of(subjects[0], seq=1)  # warm
    proofs = [timed(lambda subject=subject: proof_of(subject, seq=1)) for subject in subjects]
    rates: list[float] = []
    reads: list[float] = []
    for _ in range(min(bench.rounds, 3)):
        reads.append(_read_all())
        begin = time.perf_counter()
        report = verify()
        rates.append(report.events / (time.perf_counter() - begin))
        if not report.is_clean:
            raise RuntimeError(f"the ledger of the bench is not clean: {report.faults[0].message}")
    return [
        Figure("inclusion_proof_ms", median(proofs) * 1000, Baseline("select_1_ms", median(select_1(200)) * 1000)),
        Figure("verify_log_events_s", median(rates), Baseline("read_canon_events_s", median(reads))),
    ]


def _record(subjects: Sequence[UUID]) -> float:
    """Events per second of one transaction."""
    at = clock.now()
    begin = time.perf_counter()
    with transaction.atomic():
        for number in range(EVENTS):
            subject = subjects[number % len(subjects)]
            record(subject=subject, kind="case.review", actor=subject, body=BODY, key=uuid7(), at=at)
    return EVENTS / (time.perf_counter() - begin)


def _insert_plainly(bench: Bench) -> float:
    """The same bytes into a bare table; the owner's, because the application may make none."""
    at, subject = clock.now(), uuid4()
    with closing(psycopg2.connect(bench.servers.owner_url)) as owner, owner, owner.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE plain_row (id bigint, subject text, canon bytea) ON COMMIT DROP")
        begin = time.perf_counter()
        for number in range(EVENTS):
            canon = canonical(subject=subject, kind="case.review", actor=subject, body=BODY, key=uuid7(), at=at)
            cursor.execute(
                "INSERT INTO plain_row VALUES (%s, %s, %s) RETURNING id, subject", [number, str(subject), canon]
            )
            cursor.fetchone()
        return EVENTS / (time.perf_counter() - begin)


def _seed(bench: Bench) -> None:
    """Fill the ledger up to one event a case, give all their leaves, and let the planner know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit.event")
        missing = bench.options.cases - cursor.fetchone()[0]
        while missing > 0:
            wanted = min(missing, SEED)
            cursor.execute(_SEED_EVENTS, [-(-wanted // PER_SUBJECT), PER_SUBJECT])
            missing -= wanted
    while sequence(50_000):
        pass
    with closing(psycopg2.connect(bench.servers.owner_url)) as owner:
        owner.autocommit = True
        with owner.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"VACUUM (ANALYZE) audit.{table}")


def _subjects(count: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM audit.event WHERE seq = 1 ORDER BY hash LIMIT %s", [count])
        return [subject for (subject,) in cursor.fetchall()]


def _read_all() -> float:
    with connection.cursor() as cursor:
        begin = time.perf_counter()
        cursor.execute("SELECT count(*), sum(length(canon)) FROM audit.event")
        count: int = cursor.fetchone()[0]
        return count / (time.perf_counter() - begin)
