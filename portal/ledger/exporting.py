"""The whole ledger as one file that outsiders check without the database."""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.db import connection, transaction

from portal.ledger.queries import daily_heads, latest_head
from portal.ledger.signing import signer

FORMAT: Final = "ledger-export-1"
_BATCH: Final = 5_000


def export_lines() -> Iterator[str]:
    """Lines of JSON from one snapshot: what it is, every event by chain, every daily head and the newest one.

    The form is described in portal/ledger/standalone/verify_log.py.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT count(*) FROM audit.event")
            count = cursor.fetchone()[0]
        yield _line({"format": FORMAT, "keys": [str(key) for key in signer().known_keys], "events": count})
        yield from _events()
        for kept in daily_heads().order_by("day"):
            yield _line({"head": kept.head.note, "day": kept.day.isoformat()})
        newest = latest_head()
        if newest is not None:
            yield _line({"head": newest.note, "day": None})


def _events() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "DECLARE ledger_export NO SCROLL CURSOR FOR "
            "SELECT l.position, e.subject::text, e.seq, e.canon, encode(e.hash, 'hex') "
            "FROM audit.event e LEFT JOIN audit.leaf l ON l.event = e.id ORDER BY e.subject, e.seq"
        )
        while True:
            cursor.execute(f"FETCH {_BATCH} FROM ledger_export")
            rows = cursor.fetchall()
            for position, subject, seq, canon, digest in rows:
                # What is no text any more was tampered with: it is written as it can be, and its hash tells.
                yield _line([position, subject, seq, bytes(canon).decode("utf-8", "replace"), digest])
            if len(rows) < _BATCH:
                break
        cursor.execute("CLOSE ledger_export")


def _line(thing: Any) -> str:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")) + "\n"
