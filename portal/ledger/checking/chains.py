"""Every chain of events, from its first event to its head."""

import hashlib
import json
from typing import Any, Final
from uuid import UUID

import psycopg2
from django.db import connection, transaction

from portal.ledger.checking.copying import stream
from portal.ledger.checking.report import Report

GENESIS: Final = bytes(32)
_BATCH: Final = 5_000
#: hash, what follows from canon (1 byte), then what is hashed: prev_hash, subject, seq, canon.
_EVENTS: Final = (
    "SELECT e.hash || {flag} || e.prev_hash || uuid_send(e.subject) || int8send(e.seq) || e.canon "
    "FROM audit.event e ORDER BY e.subject, e.seq"
)
_UNKNOWN: Final = r"'\x00'::bytea"
_OTHER_BODY: Final = 1
_OTHER_COLUMNS: Final = 2
# The readable columns are compared where they lie. Raises for a canon that is no JSON; then Python compares.
_COMPARED: Final = r"""
    CASE WHEN e.body IS DISTINCT FROM convert_from(e.canon, 'UTF8')::jsonb THEN '\x01'::bytea
         WHEN (e.body->>'subject', e.body->>'kind', e.body->>'key')
              IS DISTINCT FROM (e.subject::text, e.kind, e.key::text) THEN '\x02'::bytea
         ELSE '\x00'::bytea END
"""


def link_hash(previous: bytes, subject: UUID, seq: int, canon: bytes) -> bytes:
    """SHA-256(0x02 || previous || subject || seq as 8 bytes || canon) (protocols.md section 3)."""
    return hashlib.sha256(b"\x02" + previous + subject.bytes + seq.to_bytes(8, "big") + canon).digest()


def check_chains(report: Report) -> None:
    """Recompute every hash and link; compare the readable columns and the heads of the chains."""
    heads = _heads()
    try:
        with transaction.atomic():
            walk = _Walk(report, heads)
            stream(_EVENTS.format(flag=_COMPARED), walk.event)
    except psycopg2.DataError:  # COPY goes past Django, which would give it a name of its own
        walk = _Walk(report, heads)
        stream(_EVENTS.format(flag=_UNKNOWN), walk.event)
        _compare_texts(report)
    walk.finish()


class _Walk:
    """The chains one after the other; the report is filled at the end, because a walk may be begun again."""

    def __init__(self, report: Report, heads: dict[bytes, bytes]) -> None:
        self._report = report
        self._heads = heads
        self._seen: set[bytes] = set()
        self._found: list[tuple[str, str, UUID, int | None]] = []
        self._events = 0
        self._subject = b""
        self._seq = 0
        self._hash = GENESIS

    def event(self, row: bytes) -> None:
        subject = row[65:81]
        if subject != self._subject:
            self._end_chain()
            self._subject, self._seq, self._hash = subject, 0, GENESIS
        self._events += 1
        digest, seq = row[:32], int.from_bytes(row[81:89], "big")
        if (
            row[32]
            or seq != self._seq + 1
            or row[33:65] != self._hash
            or hashlib.sha256(b"\x02" + row[33:]).digest() != digest
        ):
            self._name_faults(row, seq, digest)
        self._seq, self._hash = seq, digest

    def finish(self) -> None:
        self._end_chain()
        self._report.events, self._report.subjects = self._events, len(self._seen)
        for code, message, subject, seq in self._found:
            self._report.add(code, message, subject, seq)
        for raw in self._heads.keys() - self._seen:
            seq = int.from_bytes(self._heads[raw][:8], "big")
            if seq > 0:
                message = f"the chain should have {seq} events and has none"
                self._report.add("events_missing", message, UUID(bytes=raw))

    def _name_faults(self, row: bytes, seq: int, digest: bytes) -> None:
        subject = UUID(bytes=row[65:81])
        found = []
        if seq != self._seq + 1:
            found.append(("gap", f"event {self._seq + 1} is missing before event {seq}"))
        if row[33:65] != self._hash:
            found.append(("broken_link", "the event does not name the hash of the one before it"))
        if hashlib.sha256(b"\x02" + row[33:]).digest() != digest:
            found.append(("wrong_hash", "the event's content does not have the event's hash"))
        if row[32] == _OTHER_BODY:
            found.append(("body_differs", "the readable body is not what the canonical text says"))
        if row[32] == _OTHER_COLUMNS:
            found.append(("columns_differ", "subject, kind or key are not what the canonical text says"))
        self._found += [(code, message, subject, seq) for code, message in found]

    def _end_chain(self) -> None:
        if not self._subject:
            return
        self._seen.add(self._subject)
        if self._heads.get(self._subject) != self._seq.to_bytes(8, "big") + self._hash:
            message = "the chain's head is not its last event: events were cut off or added"
            self._found.append(("wrong_head", message, UUID(bytes=self._subject), None))


def _heads() -> dict[bytes, bytes]:
    """Seq (8 bytes) and hash by subject, as bytes: there may be a million."""
    heads: dict[bytes, bytes] = {}

    def keep(row: bytes) -> None:
        heads[row[:16]] = row[16:]

    stream("SELECT uuid_send(h.subject) || int8send(h.seq) || h.hash FROM audit.chain_head h", keep)
    return heads


def _compare_texts(report: Report) -> None:
    """Compare event by event: where some canonical text is no JSON, the database cannot."""
    after: tuple[UUID, int] = (UUID(int=0), 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject, seq, kind, key, canon, body::text FROM audit.event "
                "WHERE (subject, seq) > (%s, %s) ORDER BY subject, seq LIMIT %s",
                [*after, _BATCH],
            )
            rows = cursor.fetchall()
        for subject, seq, kind, key, canon, body in rows:
            for code, message in _differences(subject, kind, key, bytes(canon), body):
                report.add(code, message, subject, seq)
        if len(rows) < _BATCH:
            return
        after = (rows[-1][0], rows[-1][1])


def _differences(subject: UUID, kind: str, key: UUID | None, canon: bytes, body: str) -> list[tuple[str, str]]:
    try:
        document: Any = json.loads(canon)
    except ValueError:
        return [("no_json", "the event's canonical text is not JSON")]
    if document != json.loads(body):
        return [("body_differs", "the readable body is not what the canonical text says")]
    named = (document.get("subject"), document.get("kind"), document.get("key"))
    if named != (str(subject), kind, None if key is None else str(key)):
        return [("columns_differ", "subject, kind or key are not what the canonical text says")]
    return []
