"""A new master key, and everything that the old ones closed brought under it: in batches, at any time, again and again.

Each batch is a transaction of its own and a value is replaced only while it is what was read, so that the portal works
on meanwhile and a rotation that was killed goes on where it stood. Values under persons' keys stay as they are: only
the wrapping of those keys changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction

from portal.privacy import cipher, keys
from portal.privacy.fields import EncryptedTextField, encrypted_fields
from portal.privacy.models import WRAPPING, PersonKey

BATCH: Final = 500

#: For values that stand elsewhere than in encrypted columns: gets ids of old masters and a limit, returns how many
#: it brought under the current one.
Resealer = Callable[[frozenset[UUID], int], int]
_resealers: dict[str, Resealer] = {}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may hold values under a master key, with the associated data of a row."""

    table: str
    key: str
    column: str
    row: str
    context: str

    def associated(self, row: object) -> bytes:
        return f"{self.context}|{row}".encode()


def register(name: str, resealer: Resealer) -> None:
    """Let an app bring values of its own under the current master."""
    _resealers[name] = resealer


def columns() -> list[Column]:
    """The wrapped keys of persons, then every encrypted column of every table, those of history included."""
    person_keys = PersonKey._meta
    found = [Column(person_keys.db_table, "id", "wrapped", "id", WRAPPING)]
    for model in apps.get_models():
        if model._meta.managed:
            found += [_column(model, field) for field in encrypted_fields(model)]
    return found


def _column(model: type[models.Model], field: EncryptedTextField) -> Column:
    key, column = str(model._meta.pk.column), str(field.column)
    names = {f.column for f in model._meta.concrete_fields}
    return Column(
        model._meta.db_table,
        key,
        column,
        "id" if "id" in names else key,  # as EncryptedTextField binds a value to its row
        field.context or f"{model._meta.db_table}.{column}",
    )


def rotate(*, batch: int = BATCH) -> Iterator[int]:
    """Bring everything under the current master; yields after each batch how many values it changed."""
    for column in columns():
        last: UUID | int | None = None
        while True:
            last, changed = _batch(column, last, batch)
            if not changed:
                break
            yield changed
    for resealer in _resealers.values():
        while changed := resealer(keys.key_ring().old, batch):
            yield changed


def left() -> int:
    """How many values still stand under an old master."""
    old = keys.key_ring().old
    total = 0
    with connection.cursor() as cursor:
        for column in columns():
            cursor.execute(f'SELECT count(*) FROM "{column.table}" WHERE {_under(column)}', [_ids(old)])
            total += cursor.fetchone()[0]
    return total


@transaction.atomic
def _batch(column: Column, last: UUID | int | None, limit: int) -> tuple[UUID | int | None, int]:
    """The next values by key after `last`; returns the last key and how many there were."""
    after = f'AND "{column.key}" > %s' if last is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{column.key}", "{column.row}", "{column.column}" FROM "{column.table}" '
            f'WHERE {_under(column)} {after} ORDER BY "{column.key}" LIMIT %s FOR NO KEY UPDATE',
            [_ids(keys.key_ring().old), *([] if last is None else [last]), limit],
        )
        rows = cursor.fetchall()
        for key, row, value in rows:
            associated = column.associated(row)
            text = cipher.unseal_by_master(bytes(value), associated)
            cursor.execute(
                f'UPDATE "{column.table}" SET "{column.column}" = %s WHERE "{column.key}" = %s',
                [cipher.seal_by_master(text, associated), key],
            )
    return (rows[-1][0] if rows else last), len(rows)


def _under(column: Column) -> str:
    return f'substring("{column.column}" from 1 for 17) = ANY(%s)'


def _ids(old: frozenset[UUID]) -> list[bytes]:
    return [b"\x01" + key_id.bytes for key_id in sorted(old)]
