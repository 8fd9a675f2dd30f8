"""Check the ledger: every chain, every trigger, every right."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

GENESIS: Final = bytes(32)
TRIGGERS: Final = {
    ("event", "event_chain"),
    ("event", "event_append_only"),
    ("chain_head", "chain_head_moves_on"),
    ("chain_head", "chain_head_stays"),
    ("leaf", "leaf_append_only"),
    ("tree_head", "tree_head_append_only"),
}
TABLES: Final = ("event", "chain_head", "leaf", "tree_head")
MAX_FAULTS: Final = 1_000
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `subject` and `seq` say where, when it lies in a chain."""

    code: str
    message: str
    subject: UUID | None = None
    seq: int | None = None


@dataclass(slots=True)
class Report:
    """What a check has found. `role_separation` is False where the application owns the ledger itself."""

    events: int = 0
    subjects: int = 0
    role_separation: bool = True
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.faults

    def add(self, fault: Fault) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)


def link_hash(previous: bytes, subject: UUID, seq: int, canon: bytes) -> bytes:
    """SHA-256(0x02 || previous || subject || seq as 8 bytes || canon) (protocols.md section 3)."""
    return hashlib.sha256(b"\x02" + previous + subject.bytes + seq.to_bytes(8, "big") + canon).digest()


def verify() -> Report:
    """Check everything in one read-only snapshot; finds, never mends."""
    report = Report()
    with transaction.atomic():
        if not _inside_another_transaction():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _check_chains(report)
        _check_triggers(report)
        _check_rights(report)
    return report


def _inside_another_transaction() -> bool:
    return len(connection.savepoint_ids) > 0


def _check_chains(report: Report) -> None:
    heads = _heads()
    subject: UUID | None = None
    previous, seq = GENESIS, 0
    for row in _events():
        if row.subject != subject:
            _check_head(report, heads, subject, seq, previous)
            subject, previous, seq = row.subject, GENESIS, 0
            report.subjects += 1
        seq += 1
        report.events += 1
        for code, message in _faults_of(row, previous, seq):
            report.add(Fault(code, message, row.subject, row.seq))
        previous, seq = row.hash, row.seq
    _check_head(report, heads, subject, seq, previous)
    for orphan, (head_seq, _hash) in heads.items():
        if head_seq > 0:
            report.add(Fault("events_missing", f"the chain should have {head_seq} events and has none", orphan))


@dataclass(frozen=True, slots=True)
class _Row:
    subject: UUID
    seq: int
    kind: str
    key: UUID | None
    canon: bytes
    body: Any
    prev_hash: bytes
    hash: bytes


def _events() -> Iterator[_Row]:
    """All events by chain, in batches by keyset, so that memory stays small."""
    after: tuple[UUID, int] = (UUID(int=0), 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject, seq, kind, key, canon, body::text, prev_hash, hash FROM audit.event "
                "WHERE (subject, seq) > (%s, %s) ORDER BY subject, seq LIMIT %s",
                [*after, _BATCH],
            )
            rows = cursor.fetchall()
        for subject, seq, kind, key, canon, body, prev_hash, digest in rows:
            yield _Row(subject, seq, kind, key, bytes(canon), body, bytes(prev_hash), bytes(digest))
        if len(rows) < _BATCH:
            return
        after = (rows[-1][0], rows[-1][1])


def _faults_of(row: _Row, previous: bytes, seq: int) -> Iterator[tuple[str, str]]:
    if row.seq != seq:
        yield "gap", f"event {seq} is missing before event {row.seq}"
    if row.prev_hash != previous:
        yield "broken_link", "the event does not name the hash of the one before it"
    if row.hash != link_hash(row.prev_hash, row.subject, row.seq, row.canon):
        yield "wrong_hash", "the event's content does not have the event's hash"
    try:
        document = json.loads(row.canon)
    except ValueError:
        yield "no_json", "the event's canonical text is not JSON"
        return
    if document != json.loads(row.body):
        yield "body_differs", "the readable body is not what the canonical text says"
    key = None if row.key is None else str(row.key)
    if (document.get("subject"), document.get("kind"), document.get("key")) != (str(row.subject), row.kind, key):
        yield "columns_differ", "subject, kind or key are not what the canonical text says"


def _heads() -> dict[UUID, tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, seq, hash FROM audit.chain_head")
        return {subject: (seq, bytes(digest)) for subject, seq, digest in cursor.fetchall()}


def _check_head(
    report: Report, heads: dict[UUID, tuple[int, bytes]], subject: UUID | None, seq: int, digest: bytes
) -> None:
    """Compare the last event with the chain's head, and take the head off the list."""
    if subject is not None and heads.pop(subject, None) != (seq, digest):
        report.add(Fault("wrong_head", "the chain's head is not its last event: events were cut off or added", subject))


def _check_triggers(report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' AND NOT t.tgisinternal"
        )
        found = {(table, name): enabled for table, name, enabled in cursor.fetchall()}
    for table, name in sorted(TRIGGERS):
        enabled = found.pop((table, name), None)
        if enabled is None:
            report.add(Fault("trigger_missing", f"the trigger {name} on audit.{table} is gone"))
        elif enabled != "A":
            report.add(Fault("trigger_not_always", f"the trigger {name} on audit.{table} is not ENABLE ALWAYS"))
    for table, name in sorted(found):
        report.add(Fault("trigger_unknown", f"audit.{table} has a trigger {name} that is not ours"))


def _check_rights(report: Report) -> None:
    """The role that runs this is the application's: what it may do beyond reading and inserting is a fault."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(pg_has_role(current_user, c.relowner, 'MEMBER')) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' AND c.relkind = 'r'"
        )
        if cursor.fetchone()[0]:
            report.role_separation = False
            return
        for table in TABLES:
            for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "INSERT"):
                cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [f"audit.{table}", right])
                if cursor.fetchone()[0]:
                    report.add(Fault("right_too_many", f"the application may {right} on audit.{table}"))
        cursor.execute(
            "SELECT a.attrelid::regclass::text, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' AND c.relkind = 'r' "
            "AND a.attnum > 0 AND NOT a.attisdropped AND ("
            "has_column_privilege(current_user, c.oid, a.attnum, 'UPDATE') OR "
            "has_column_privilege(current_user, c.oid, a.attnum, 'INSERT') AND "
            "NOT (c.relname = 'event' AND a.attname IN ('subject', 'canon')))"
        )
        for table, column in cursor.fetchall():
            report.add(Fault("right_too_many", f"the application may write the column {column} of {table}"))
        cursor.execute("SELECT has_schema_privilege(current_user, 'audit', 'CREATE')")
        if cursor.fetchone()[0]:
            report.add(Fault("right_too_many", "the application may create objects in the schema audit"))
        cursor.execute("SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            report.add(Fault("right_too_many", "the application's role is a superuser or may replicate"))
