"""How a member of staff signs: the name, and where they work today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from portal.accounts.models import Posting, Staff
from portal.organizations.models import Window

# One statement, because it is part of every act.
_SIGNATURE: Final = f"""
    SELECT staff.name, staff.title, posting.post, posting.code
    FROM {Staff._meta.db_table} AS staff
    LEFT JOIN LATERAL (
        SELECT p.post, w.code
        FROM {Posting._meta.db_table} AS p JOIN {Window._meta.db_table} AS w ON w.id = p.window_id
        WHERE p.staff_id = staff.id AND p.valid_until IS NULL
        ORDER BY p.valid_from DESC LIMIT 1
    ) AS posting ON true
    WHERE staff.user_id = %s
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """A name with the window of the posting, else the title."""

    name: str
    post: str


def signature_of(user_id: UUID) -> Signature | None:
    """The signature of a user who is staff; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SIGNATURE, [user_id])
        row = cursor.fetchone()
    if row is None:
        return None
    name, title, post, window = row
    return Signature(name, title if post is None else f"{window} 窗口，{Posting.Post(post).label}")
