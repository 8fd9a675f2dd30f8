"""Locks on what is not a row yet: an identity number, a phone, a credit code."""

from __future__ import annotations

from django.db import connection


def lock(name: str) -> None:
    """Hold the name until the end of the transaction; others wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
