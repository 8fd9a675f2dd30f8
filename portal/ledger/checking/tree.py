"""The tree: every leaf from its event, every stored node and the frontier from the leaves."""

import hashlib
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import connection

from portal.ledger.checking.copying import stream
from portal.ledger.checking.report import Report
from portal.ledger.merkle import EMPTY_ROOT, Frontier, node_hash

LATE: Final = 600
"""Seconds after which an event that heads passed over counts as withheld, though it still waits in the queue."""

_LEAVES: Final = (
    "SELECT int8send(l.position) || int8send(l.event) || l.leaf_hash || coalesce(e.hash, ''::bytea) "
    "FROM audit.leaf l LEFT JOIN audit.event e ON e.id = l.event ORDER BY l.position"
)


def check_leaves(report: Report) -> None:
    """Every event has a leaf, or waits for it and is young."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.subject, e.seq, p.event IS NOT NULL, "
            "e.created < (SELECT max(created) FROM audit.tree_head) - make_interval(secs => %s) "
            "FROM audit.event e LEFT JOIN audit.leaf l ON l.event = e.id LEFT JOIN audit.pending p ON p.event = e.id "
            "WHERE l.event IS NULL ORDER BY e.id",
            [LATE],
        )
        for event, subject, seq, waits, passed_over in cursor:
            if not waits:
                report.add("leaf_missing", f"event {event} was withheld: it has no leaf in the tree", subject, seq)
            elif passed_over:
                report.add("leaf_late", f"heads passed event {event} over: it still has no leaf", subject, seq)
            else:
                report.waiting += 1
        cursor.execute(
            "SELECT p.event, e.id IS NULL FROM audit.pending p LEFT JOIN audit.event e ON e.id = p.event "
            "LEFT JOIN audit.leaf l ON l.event = p.event WHERE e.id IS NULL OR l.event IS NOT NULL ORDER BY p.event"
        )
        for event, gone in cursor:
            what = "is gone" if gone else "has its leaf already"
            report.add("queue_wrong", f"the sequencer's queue names event {event}, which {what}")


def check_tree(report: Report, sizes: Iterable[int]) -> dict[int, bytes]:
    """Grow the tree anew; the roots at the sizes of all stored heads and at `sizes`, as far as the leaves go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT level, position, hash FROM audit.node")
        nodes = {(level, position): bytes(digest) for level, position, digest in cursor.fetchall()}
        cursor.execute("SELECT size FROM audit.tree_head")
        wanted = {size for (size,) in cursor.fetchall()} | set(sizes)
    growth = _Growth(nodes, wanted)
    stream(_LEAVES, growth.leaf)
    for code, message, event in growth.found:
        report.add(code, message, *_place_of(event))
    if not growth.has_gap:
        for level, position in sorted(nodes):
            report.add("node_unknown", f"node {position} of level {level} covers leaves that are not there")
    frontier = growth.frontier
    report.leaves = frontier.size
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, root, frontier FROM audit.tree_top")
        tops = [(size, bytes(root), [bytes(peak) for peak in peaks]) for size, root, peaks in cursor.fetchall()]
    if tops != [(frontier.size, frontier.root(), frontier.peaks)]:
        report.add("top_wrong", f"the stored frontier is not that of the {frontier.size} leaves")
    return growth.roots


class _Growth:
    """Takes the leaves in order. After a gap nothing that the tree says is compared any more."""

    def __init__(self, nodes: dict[tuple[int, int], bytes], wanted: set[int]) -> None:
        self.frontier = Frontier()
        self.roots = {0: EMPTY_ROOT} if 0 in wanted else {}
        self.found: list[tuple[str, str, int]] = []
        self.has_gap = False
        self._nodes = nodes
        self._wanted = wanted

    def leaf(self, row: bytes) -> None:
        frontier, stored, entry = self.frontier, row[16:48], row[48:]
        position, event = int.from_bytes(row[:8], "big"), int.from_bytes(row[8:16], "big")
        if position != frontier.size and not self.has_gap:
            self.has_gap = True
            self.found.append(("leaf_gap", f"leaf {frontier.size} is missing before leaf {position}", 0))
        if hashlib.sha256(b"\x00" + entry).digest() != stored:
            self._name_fault(position, event, bool(entry))
        # The step of Frontier.append, with each node looked at on the way up.
        rest, node, height = frontier.size, stored, 0
        while rest & 1:
            node = node_hash(frontier.peaks.pop(), node)
            rest, height = rest >> 1, height + 1
            if not height & 7 and not self.has_gap:
                self._compare(height >> 3, rest, node)
        frontier.peaks.append(node)
        frontier.size += 1
        if frontier.size in self._wanted and not self.has_gap:
            self.roots[frontier.size] = frontier.root()

    def _compare(self, level: int, position: int, node: bytes) -> None:
        if self._nodes.pop((level, position), None) != node:
            self.found.append(("node_wrong", f"node {position} of level {level} is not the hash of its leaves", 0))

    def _name_fault(self, position: int, event: int, is_there: bool) -> None:
        if is_there:
            self.found.append(("leaf_wrong", f"leaf {position} is not the hash of event {event}", event))
        else:
            self.found.append(("leaf_without_event", f"leaf {position} is of event {event}, which is gone", 0))


def _place_of(event: int) -> tuple[UUID | None, int | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, seq FROM audit.event WHERE id = %s", [event])
        row: tuple[UUID, int] | None = cursor.fetchone()
    return row or (None, None)
