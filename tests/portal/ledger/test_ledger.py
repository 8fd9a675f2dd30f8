"""The append-only chain of events (protocols.md section 3)."""

import hashlib
import io
import json
import threading
from datetime import UTC, datetime
from uuid import uuid4

import psycopg2.errors
import pytest
import rfc8785
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.ledger import queries
from portal.ledger.checking import link_hash, verify
from portal.ledger.models import ChainHead, LedgerEvent
from portal.ledger.services import canonical, record


def add(subject, kind="case.submit", **kwargs):
    with transaction.atomic():
        return record(
            subject=subject, kind=kind, actor=kwargs.pop("actor", None), body=kwargs.pop("body", {}), **kwargs
        )


@pytest.mark.django_db
def test_events_of_a_subject_form_a_chain():
    subject = uuid4()
    first, second = add(subject, body={"number": "一"}), add(subject, kind="case.accept")
    events = list(LedgerEvent.objects.filter(subject=subject))
    assert [event.seq for event in events] == [1, 2]
    assert bytes(events[0].prev_hash) == bytes(32)
    assert bytes(events[1].prev_hash) == first.hash == bytes(events[0].hash)
    for event in events:
        expected = hashlib.sha256(
            b"\x02" + bytes(event.prev_hash) + subject.bytes + event.seq.to_bytes(8, "big") + bytes(event.canon)
        ).digest()
        assert (
            bytes(event.hash) == expected == link_hash(bytes(event.prev_hash), subject, event.seq, bytes(event.canon))
        )
    head = ChainHead.objects.get(subject=subject)
    assert (head.seq, bytes(head.hash)) == (2, second.hash)


@pytest.mark.django_db
def test_an_event_is_canonical_json_with_a_nonce_and_its_readable_body():
    subject, actor = uuid4(), uuid4()
    add(subject, actor=actor, body={"b": [1, "文"], "a": True})
    event = LedgerEvent.objects.get(subject=subject)
    document = json.loads(bytes(event.canon))
    assert bytes(event.canon) == rfc8785.dumps(document)
    assert document == event.body
    assert len(bytes.fromhex(document["nonce"])) == 16
    assert event.data == {"a": True, "b": [1, "文"]}
    assert event.actor == str(actor)
    assert event.kind == "case.submit"
    assert len(event.mark) == 12


@pytest.mark.django_db
def test_equal_events_have_different_hashes():
    assert add(uuid4()).hash != add(uuid4()).hash


@pytest.mark.django_db
def test_the_same_key_twice_is_one_event_and_per_subject():
    subject, key = uuid4(), uuid4()
    first = add(subject, key=key)
    again = add(subject, kind="case.other", key=key)
    assert again == first
    assert queries.events_of(subject).count() == 1
    assert queries.now_and_event_by_key(subject, key)[1].kind == "case.submit"
    assert add(uuid4(), key=key).id != first.id


@pytest.mark.django_db
def test_a_body_with_a_float_is_refused():
    with pytest.raises(TypeError, match="float"):
        add(uuid4(), body={"amount": [1.5]})


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        record(subject=uuid4(), kind="x", actor=None, body={})


@pytest.mark.django_db
def test_a_rolled_back_act_leaves_no_event():
    subject = uuid4()
    with pytest.raises(LookupError), transaction.atomic():
        add(subject)
        raise LookupError
    assert not queries.events_of(subject).exists()
    assert add(subject).seq == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.event SET kind = 'x'",
        "DELETE FROM audit.event",
        "TRUNCATE audit.event",
        "UPDATE audit.chain_head SET seq = 0",
        "DELETE FROM audit.chain_head",
        "INSERT INTO audit.event (subject, canon, seq) VALUES (gen_random_uuid(), '{}', 7)",
        "INSERT INTO audit.leaf (position, event, leaf_hash) VALUES (0, 1, repeat('x', 32)::bytea)",
        "SELECT audit.chain()",
        "ALTER TABLE audit.event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE audit.other (id int)",
    ],
)
def test_the_application_can_only_append(statement):
    add(uuid4())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_event_that_names_another_subject_is_refused():
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit.event (subject, canon) VALUES (gen_random_uuid(), %s)", [b'{"subject":"x","kind":"y"}']
        )


def test_the_owner_is_refused_as_well(owner):
    for table in ("event", "chain_head", "leaf", "tree_head"):
        for statement in (f"DELETE FROM audit.{table}", f"TRUNCATE audit.{table}"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
                owner.execute(statement)
    add(uuid4())
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        owner.execute("UPDATE audit.event SET kind = 'x'")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        owner.execute("UPDATE audit.chain_head SET seq = 0")


def test_two_appenders_to_one_subject_make_one_chain(owner):
    subject = uuid4()
    barrier = threading.Barrier(4)
    failures = []

    def append():
        try:
            barrier.wait()
            for _ in range(10):
                add(subject)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert list(queries.events_of(subject).values_list("seq", flat=True)) == list(range(1, 41))
    assert verify().is_clean


def test_two_writers_with_one_key_make_one_event(owner):
    subject, key = uuid4(), uuid4()
    entries = []
    barrier = threading.Barrier(4)

    def append():
        try:
            barrier.wait()
            entries.append(add(subject, key=key))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(entries) == 4
    assert len(set(entries)) == 1


def test_a_sound_ledger_is_clean(owner):
    for _ in range(3):
        subject = uuid4()
        add(subject, key=uuid4())
        add(subject)
    report = verify()
    assert report.is_clean, report.faults
    assert (report.events, report.subjects, report.role_separation) == (6, 3, True)
    output = io.StringIO()
    call_command("verify_log", stdout=output)
    lines = output.getvalue().splitlines()
    assert (lines[0], lines[-1]) == ("6 events in 3 chains checked", "clean")


ATTACKS = {
    "body": ("UPDATE audit.event SET body = jsonb_set(body, '{kind}', '\"x\"') WHERE seq = 2", "body_differs"),
    "columns": ("UPDATE audit.event SET kind = 'x' WHERE seq = 2", "columns_differ"),
    "content": (
        "UPDATE audit.event SET canon = convert_to(replace(convert_from(canon, 'UTF8'), 'accept', 'refuse'), 'UTF8')"
        " WHERE seq = 2",
        "wrong_hash",
    ),
    "deleted in the middle": ("DELETE FROM audit.event WHERE seq = 2", "gap"),
    "cut off at the end": ("DELETE FROM audit.event WHERE seq = 3", "wrong_head"),
    "all deleted": ("DELETE FROM audit.event", "events_missing"),
    "rehashed": (
        "UPDATE audit.event SET canon = canon || ' '::bytea, hash = sha256('\\x02'::bytea || prev_hash ||"
        " uuid_send(subject) || int8send(seq) || canon || ' '::bytea) WHERE seq = 2",
        "broken_link",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_tampering_behind_disabled_triggers_is_found(owner, attack):
    subject = uuid4()
    for _ in range(3):
        add(subject, kind="case.accept")
    statement, code = ATTACKS[attack]
    owner.execute("ALTER TABLE audit.event DISABLE TRIGGER event_append_only")
    owner.execute(statement)
    owner.execute("ALTER TABLE audit.event ENABLE ALWAYS TRIGGER event_append_only")
    report = verify()
    assert code in {fault.code for fault in report.faults}
    assert all(fault.subject == subject for fault in report.faults if fault.code != "queue_wrong")


def test_a_superuser_in_replica_mode_is_refused_by_the_triggers(owner, cluster_superuser):
    add(uuid4())
    cluster_superuser.execute("SET session_replication_role = replica")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
        cluster_superuser.execute("DELETE FROM audit.event")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("ALTER TABLE audit.event DISABLE TRIGGER event_append_only", "trigger_not_always"),
        ("ALTER TABLE audit.event ENABLE TRIGGER ALL", "trigger_not_always"),
        ("ALTER TABLE audit.event ENABLE REPLICA TRIGGER event_chain", "trigger_not_always"),
    ],
)
def test_a_trigger_that_is_off_or_downgraded_is_found(owner, statement, code):
    owner.execute(statement)
    assert {fault.code for fault in verify().faults} == {code}


def test_a_right_too_many_is_found(owner):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
    owner.execute(f'GRANT DELETE ON audit.event TO "{role}"')
    owner.execute(f'GRANT INSERT (created) ON audit.event TO "{role}"')
    messages = [fault.message for fault in verify().faults]
    owner.execute(f'REVOKE DELETE ON audit.event FROM "{role}"')
    owner.execute(f'REVOKE INSERT (created) ON audit.event FROM "{role}"')
    assert len(messages) == 2
    assert verify().is_clean


def test_verify_log_exits_with_1_and_says_where(owner):
    subject = uuid4()
    add(subject)
    owner.execute("ALTER TABLE audit.event DISABLE TRIGGER event_append_only")
    owner.execute("UPDATE audit.event SET kind = 'x'")
    output = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_log", "--json", stdout=output)
    assert stopped.value.code == 1
    found = json.loads(output.getvalue())
    assert found["clean"] is False
    assert {fault["code"] for fault in found["faults"]} == {"columns_differ", "trigger_not_always"}


@pytest.mark.django_db
def test_the_readers_of_the_ledger_leave_the_bytes_unread(django_assert_num_queries):
    first, second = uuid4(), uuid4()
    for subject in (first, second, first):
        add(subject)
    with django_assert_num_queries(2):
        assert [event.seq for event in queries.events_of(first)] == [1, 2]
        found = list(queries.events_of_many([first, second]))
    assert [event.subject for event in found] == [first, second, first]
    assert found[0].at.endswith("+00:00")
    assert queries.now_and_event_by_key(first, uuid4())[1] is None


names = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=6)
plain = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=12)
values = plain | st.lists(plain, max_size=3) | st.dictionaries(names, plain, max_size=3)


@given(st.dictionaries(names, values, max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no fault
def test_the_canonical_text_is_that_of_the_standard_s_own_library(body):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    text = canonical(subject=uuid4(), kind="case.submit", actor=None, body=body, key=None, at=at)
    assert text == rfc8785.dumps(json.loads(text))
    assert json.loads(text)["body"] == body


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"n": 2**53}, "beyond"),
        ({"n": [{"m": -(2**53)}]}, "beyond"),
        ({1: "x"}, "keys"),
        ({"\U0001f600": 1}, "basic plane"),
        ({"x": uuid4()}, "JSON values"),
        ({"x": "\ud800"}, "surrogates"),
    ],
)
def test_a_body_without_a_canonical_form_is_refused(body, words):
    with pytest.raises((TypeError, ValueError), match=words):
        canonical(subject=uuid4(), kind="x", actor=None, body=body, key=None, at=datetime(2026, 1, 1, tzinfo=UTC))
