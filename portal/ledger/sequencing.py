"""The sequencer: gives committed events their leaves, signs the heads, keeps one a day.

Any number may run, in any process: growing is guarded by a try-lock in the database, and whoever comes second
finds nothing to do. The signature is made between two transactions, so that a slow key holder blocks nobody.
"""

from typing import Final

from django.db import connection, transaction

from portal.ledger.notes import Checkpoint
from portal.ledger.signing import signer

BATCH: Final = 2_000
"""Leaves of one transaction, and of one head while there is a backlog."""


def sequence(limit: int = BATCH) -> int:
    """Give up to max(limit, BATCH) events their leaves and publish the head; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit.grow_tree(%s)", [max(limit, BATCH)])
        grown: int = cursor.fetchone()[0]
    publish_head()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit.keep_daily_head()")
    return grown


def publish_head() -> bool:
    """Sign the tree as it stands, when it has no head yet; False when there was nothing to sign."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.size, t.root FROM audit.tree_top t WHERE t.size > 0 "
            "AND NOT EXISTS (SELECT FROM audit.tree_head h WHERE h.size = t.size)"
        )
        row = cursor.fetchone()
    if row is None:
        return False
    holder = signer()
    note = holder.sign(Checkpoint(holder.key.name, row[0], bytes(row[1])).text())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit.seal_head(%s)", [str(note)])
        sealed: bool = cursor.fetchone()[0]
    return sealed
