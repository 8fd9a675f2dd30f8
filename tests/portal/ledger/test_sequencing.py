"""The sequencer: no event is lost, none counted twice, whoever runs it and how often."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from portal.ledger import merkle, queries
from portal.ledger.checking import verify
from portal.ledger.models import DailyHead, LedgerEvent, TreeHead
from portal.ledger.notes import Checkpoint, SignedNote
from portal.ledger.sequencing import publish_head, sequence
from portal.ledger.services import record
from portal.ledger.signing import signer
from portal.outbox import sweepers


def add(subject, **body):
    with transaction.atomic():
        return record(subject=subject, kind="case.submit", actor=None, body=body)


def leaves():
    with connection.cursor() as cursor:
        cursor.execute("SELECT event, leaf_hash FROM audit.leaf ORDER BY position")
        return [(event, bytes(digest)) for event, digest in cursor.fetchall()]


def test_events_get_leaves_and_a_signed_head(owner):
    entries = [add(uuid4()) for _ in range(5)]
    assert sequence() == 5
    assert leaves() == [(entry.id, merkle.leaf_hash(entry.hash)) for entry in entries]
    head = queries.latest_head()
    assert (head.size, bytes(head.root)) == (5, merkle.root_of([merkle.leaf_hash(entry.hash) for entry in entries]))
    note = SignedNote.parse(head.note)
    assert note.is_signed_by(signer().key)
    assert Checkpoint.of(note) == Checkpoint(signer().key.name, 5, bytes(head.root))
    assert sequence() == 0
    assert TreeHead.objects.count() == 1
    assert verify().is_clean


def test_more_than_one_batch_is_worked_off_by_the_sweeper(owner, monkeypatch):
    monkeypatch.setattr("portal.ledger.sequencing.BATCH", 300)
    subjects = [uuid4() for _ in range(7)]
    for number in range(700):
        add(subjects[number % 7])
    assert sweepers.run("ledger").done == 700
    report = verify()
    assert report.is_clean, report.faults
    assert (report.leaves, report.heads, report.waiting) == (700, 3, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT level, position FROM audit.node ORDER BY 1, 2")
        assert cursor.fetchall() == [(1, 0), (1, 1)]


def test_a_day_keeps_the_first_head_of_it(owner):
    add(uuid4())
    sequence()
    add(uuid4())
    sequence()
    kept = DailyHead.objects.select_related("head").get()
    assert kept.head.size == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date")
        assert kept.day == cursor.fetchone()[0]


def test_an_empty_ledger_has_no_head(owner):
    assert sequence() == 0
    assert queries.latest_head() is None
    assert not DailyHead.objects.exists()
    assert verify().is_clean


def test_a_head_that_was_not_signed_is_made_up_for(owner):
    add(uuid4())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit.grow_tree(10)")
    assert queries.latest_head() is None
    assert queries.ledger_lag().unsealed == 1
    assert sequence() == 0
    assert queries.latest_head().size == 1
    assert not publish_head()


@pytest.mark.django_db
def test_the_application_cannot_seal_what_is_not_the_tree():
    add(uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit.grow_tree(10)")
        for checkpoint in (Checkpoint("log", 7, bytes(32)), Checkpoint("log", 1, bytes(32))):
            cursor.execute("SELECT audit.seal_head(%s)", [str(signer().sign(checkpoint.text()))])
            assert cursor.fetchone() == (False,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit.pending VALUES (1)",
        "DELETE FROM audit.pending",
        "INSERT INTO audit.node VALUES (1, 0, sha256('x'))",
        "UPDATE audit.tree_top SET size = 99",
        "INSERT INTO audit.tree_head (number, size, root, note) VALUES (1, 1, sha256('x'), 'x')",
        "INSERT INTO audit.daily_head (day, size) VALUES ('2026-01-01', 1)",
        "DELETE FROM audit.tree_head",
        "TRUNCATE audit.daily_head",
        "SELECT audit.tree_grows()",
    ],
)
def test_the_application_can_write_nothing_of_the_tree_itself(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_lag_counts_what_waits_and_how_long(owner):
    assert queries.ledger_lag() == queries.LedgerLag(0, timedelta(), 0)
    add(uuid4())
    lag = queries.ledger_lag()
    assert lag.waiting == 1
    assert timedelta() <= lag.oldest < timedelta(seconds=60)
    assert not lag.is_alarming
    with_triggers_off = "ALTER TABLE audit.event {} TRIGGER event_append_only"
    owner.execute(with_triggers_off.format("DISABLE"))
    owner.execute("UPDATE audit.event SET created = created - interval '61 seconds'")
    owner.execute(with_triggers_off.format("ENABLE ALWAYS"))
    assert queries.ledger_lag().is_alarming
    sequence()
    assert queries.ledger_lag() == queries.LedgerLag(0, timedelta(), 0)


def test_an_event_that_commits_late_is_not_passed_over(owner):
    """Its number is smaller than that of an event that already has a leaf."""
    begun, may_commit, done = threading.Event(), threading.Event(), threading.Event()
    slow = []

    def write_slowly():
        try:
            with transaction.atomic():
                slow.append(record(subject=uuid4(), kind="case.submit", actor=None, body={}))
                begun.set()
                may_commit.wait(30)
        finally:
            connections.close_all()
            done.set()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert begun.wait(30)
    quick = add(uuid4())
    assert quick.id > slow[0].id
    assert sequence() == 1
    may_commit.set()
    thread.join()
    assert sequence() == 1
    assert [event for event, _ in leaves()] == [quick.id, slow[0].id]
    assert verify().is_clean


def test_twelve_writers_with_rollbacks_and_three_sequencers_lose_nothing(owner):
    subjects = [uuid4() for _ in range(5)]
    kept, failures = [], []
    writing = threading.Event()
    writing.set()

    def write(writer):
        try:
            for number in range(25):
                try:
                    with transaction.atomic():
                        entry = record(
                            subject=subjects[(writer + number) % 5], kind="case.submit", actor=None, body={"n": number}
                        )
                        if number % 4 == writer % 4:
                            raise LookupError
                    kept.append(entry.id)
                except LookupError:
                    pass
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    def run_sequencer():
        try:
            while writing.is_set():
                sequence()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(12)]
    sequencers = [threading.Thread(target=run_sequencer) for _ in range(3)]
    for thread in writers + sequencers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in sequencers:
        thread.join()
    sequence()
    assert not failures
    assert len(kept) == 12 * 25 - sum(1 for w in range(12) for n in range(25) if n % 4 == w % 4)
    assert sorted(kept) == sorted(LedgerEvent.objects.values_list("id", flat=True))
    assert sorted(event for event, _ in leaves()) == sorted(kept)
    report = verify()
    assert report.is_clean, report.faults
    assert (report.leaves, report.waiting) == (len(kept), 0)
