"""Check the ledger: every chain, leaf, head, trigger, function and right; finds, never mends."""

from collections.abc import Sequence

from django.db import connection, transaction

from portal.ledger.checking.chains import check_chains, link_hash
from portal.ledger.checking.guards import check_functions, check_rights, check_triggers
from portal.ledger.checking.heads import KeptHeads, check_heads
from portal.ledger.checking.report import Fault, Report
from portal.ledger.checking.tree import check_leaves, check_tree
from portal.ledger.notes import VerifierKey
from portal.ledger.signing import signer

__all__ = ["Fault", "KeptHeads", "Report", "link_hash", "verify"]


def verify(kept: KeptHeads | None = None, *, keys: Sequence[VerifierKey] | None = None) -> Report:
    """Check everything in one read-only snapshot, also against heads that others `kept`.

    `keys`: those that may sign heads; without them the ones of the key's holder.
    """
    report = Report()
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # not inside another transaction
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL work_mem = '64MB'")
        check_chains(report)
        check_leaves(report)
        roots = check_tree(report, kept.sizes if kept is not None else ())
        check_heads(report, roots, signer().known_keys if keys is None else keys, kept)
        check_triggers(report)
        check_functions(report)
        check_rights(report)
    return report
