"""The signed heads: those of the database, and those that others have kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import connection

from portal.clock import local_date
from portal.ledger.checking.report import Report
from portal.ledger.notes import Checkpoint, NoteFault, SignedNote, VerifierKey, checkpoints_in

SEALED_WITHIN: Final = 60
"""Seconds after which leaves without a head are a fault."""
_DAY_TURNS: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeptHeads:
    """Signed heads from outside, with the name of the file that they stand in."""

    name: str
    notes: tuple[SignedNote, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(Checkpoint.of(note).size for note in self.notes)

    @classmethod
    def read(cls, path: Path) -> "KeptHeads":
        """Raises NoteFault for a file with anything but signed heads and remarks, OSError for an unreadable one."""
        try:
            notes = tuple(checkpoints_in(path.read_text("utf-8")))
        except UnicodeDecodeError:
            raise NoteFault(f"{path.name} is no text") from None
        except NoteFault as fault:
            raise NoteFault(f"{path.name}: {fault}") from None
        if not notes:
            raise NoteFault(f"{path.name} holds no signed head")
        return cls(path.name, notes)


def check_heads(
    report: Report, roots: dict[int, bytes], keys: Sequence[VerifierKey], kept: KeptHeads | None
) -> None:
    """Each head is signed by one of the keys and names the root that the leaves have."""
    _check_stored(report, roots, keys)
    _check_days(report)
    for place, note in enumerate(kept.notes if kept is not None else (), 1):
        assert kept is not None
        report.kept_heads += 1
        checkpoint = Checkpoint.of(note)
        name = f"head {place} of {kept.name} ({checkpoint.size} events)"
        if not any(note.is_signed_by(key) for key in keys):
            report.add("kept_head_not_ours", f"{name} is not signed by this ledger's key")
        if checkpoint.size > report.leaves:
            message = f"{name} is of a longer ledger: this one has {report.leaves} leaves, events were taken away"
            report.add("kept_head_longer", message)
        elif checkpoint.size in roots and roots[checkpoint.size] != checkpoint.root:
            message = f"{name} names another root: one of its first {checkpoint.size} events was rewritten since"
            report.add("kept_head_differs", message)
        elif checkpoint.size not in roots:
            report.add("kept_head_unchecked", f"{name} cannot be compared: leaves before it are missing")


def _check_stored(report: Report, roots: dict[int, bytes], keys: Sequence[VerifierKey]) -> None:
    number = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, size, root, note FROM audit.tree_head ORDER BY number")
        rows = cursor.fetchall()
    for found, size, root, text in rows:
        number += 1
        report.heads += 1
        if found != number:
            report.add("head_gap", f"head {number} is missing before head {found}")
            number = found
        name = f"head {found} ({size} events)"
        try:
            note = SignedNote.parse(text)
            checkpoint = Checkpoint.of(note)
        except NoteFault as fault:
            report.add("head_malformed", f"{name}: {fault}")
            continue
        if not any(note.is_signed_by(key) for key in keys):
            report.add("head_not_signed", f"{name} is not signed by this ledger's key")
        if (checkpoint.size, checkpoint.root) != (size, bytes(root)):
            report.add("head_differs", f"{name}: the row is not what the signed note says")
        if size > report.leaves:
            report.add("head_longer", f"{name}: there are only {report.leaves} leaves, events were taken away")
        elif size not in roots:
            report.add("head_unchecked", f"{name} cannot be compared: leaves before it are missing")
        elif roots[size] != checkpoint.root:
            report.add("head_wrong", f"{name} names another root: one of its first {size} events was rewritten")
    _check_last(report)


def _check_last(report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.size FROM audit.tree_top t JOIN audit.leaf l ON l.position = t.size - 1 "
            "JOIN audit.event e ON e.id = l.event WHERE e.created < clock_timestamp() - make_interval(secs => %s) "
            "AND NOT EXISTS (SELECT FROM audit.tree_head h WHERE h.size >= t.size)",
            [SEALED_WITHIN],
        )
        for (size,) in cursor.fetchall():
            message = f"the tree has {size} leaves and no head of that size: it was taken away, or nobody signs"
            report.add("head_missing", message)


def _check_days(report: Report) -> None:
    """A day on which heads were made keeps one, namely the newest of that moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.day, d.size, d.created, (SELECT max(h.size) FROM audit.tree_head h WHERE h.created < d.created) "
            "FROM audit.daily_head d ORDER BY d.day"
        )
        days = set()
        for day, size, created, newest in cursor.fetchall():
            days.add(day)
            if local_date(created) != day or size != newest:
                report.add("daily_head_wrong", f"the head of the day {day} is not the newest of that moment")
        report.daily_heads = len(days)
        cursor.execute(
            "SELECT min(created) FROM audit.tree_head GROUP BY (created AT TIME ZONE 'Asia/Shanghai')::date ORDER BY 1"
        )
        for (created,) in cursor.fetchall():
            day = local_date(created)
            if day not in days and local_date(created + _DAY_TURNS) not in days:
                report.add("daily_head_missing", f"the day {day} made heads and has none kept")
