"""Proofs that a subject's events stand in the tree under a signed head: what a case page shows and hands out."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from portal.ledger.merkle import inclusion_path
from portal.ledger.models import TreeHead
from portal.ledger.queries import latest_head
from portal.ledger.signing import signer
from portal.ledger.tiles import TiledTree

FORMAT: Final = "ledger-proof-1"


@dataclass(frozen=True, slots=True)
class EventProof:
    """One event and its way to the root; `event` is the number that pages show."""

    event: int
    seq: int
    hash: bytes
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SubjectProof:
    """What is proved of a subject; `waiting` events have no leaf under the head yet."""

    head: TreeHead
    events: tuple[EventProof, ...]
    waiting: int

    @property
    def last(self) -> EventProof:
        return self.events[-1]

    def document(self, subject: str) -> dict[str, Any]:
        """The file that anyone can check with verify_log.py: `subject` is how the public calls it."""
        return {
            "format": FORMAT,
            "subject": subject,
            "keys": [str(key) for key in signer().known_keys],
            "checkpoint": self.head.note,
            "events": [
                {
                    "event": proof.event,
                    "seq": proof.seq,
                    "hash": proof.hash.hex(),
                    "index": proof.index,
                    "path": [step.hex() for step in proof.path],
                }
                for proof in self.events
            ],
        }


@dataclass(frozen=True, slots=True)
class ProofSummary:
    """What a page says of a subject's events: how many stand under the newest head, and where the last of them is."""

    proved: int
    waiting: int
    event: int
    index: int
    size: int
    root: str

    @property
    def place(self) -> int:
        """The index, as people count."""
        return self.index + 1


def proof_summary(subject: UUID) -> ProofSummary | None:
    """One query, no hashing; None where the subject has no event."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, l.position, h.size, h.root FROM audit.event e "
            "LEFT JOIN audit.leaf l ON l.event = e.id "
            "LEFT JOIN (SELECT size, root FROM audit.tree_head ORDER BY size DESC LIMIT 1) h ON l.position < h.size "
            "WHERE e.subject = %s ORDER BY e.seq",
            [subject],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    proved = [row for row in rows if row[2] is not None]
    if not proved:
        return ProofSummary(0, len(rows), 0, 0, 0, "")
    event, index, size, root = proved[-1]
    return ProofSummary(len(proved), len(rows) - len(proved), event, index, size, b64encode(bytes(root)).decode())


def proof_of(subject: UUID, *, seq: int | None = None) -> SubjectProof | None:
    """The proof of a subject's events, or of the one with this seq, under the newest head; four queries.

    None while none of them stands under a head.
    """
    head = latest_head()
    if head is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.seq, e.hash, l.position FROM audit.event e LEFT JOIN audit.leaf l ON l.event = e.id "
            "WHERE e.subject = %s AND (%s::bigint IS NULL OR e.seq = %s) ORDER BY e.seq",
            [subject, seq, seq],
        )
        rows = cursor.fetchall()
    found = [row for row in rows if row[3] is not None and row[3] < head.size]
    if not found:
        return None
    tree = TiledTree(head.size, [row[3] for row in found])
    proofs = tuple(
        EventProof(event, seq, bytes(digest), index, tuple(inclusion_path(tree.subtree, index, head.size)))
        for event, seq, digest, index in found
    )
    return SubjectProof(head, proofs, len(rows) - len(found))
