"""Rows streamed out of the database while they are checked, by COPY: server and checker work side by side."""

from collections.abc import Callable
from typing import Any, Final

from django.db import connection

_HEADER: Final = b"PGCOPY\n\xff\r\n\0"
_READ: Final = 1 << 18


class _Rows:
    """A file that takes binary COPY of one bytea column and hands on each value."""

    def __init__(self, handle: Callable[[bytes], None]) -> None:
        self._handle = handle
        # Joined at once: adding row by row to one long text would copy it each time.
        self._parts: list[bytes] = []
        self._length = 0
        self._begun = False

    def write(self, data: bytes) -> None:
        self._parts.append(data)
        self._length += len(data)
        if self._length >= _READ:
            self.flush()

    def flush(self) -> None:
        data, at, handle = b"".join(self._parts), 0, self._handle
        end = len(data)
        if not self._begun and data:
            if not data.startswith(_HEADER):
                raise ValueError("this is no binary COPY")
            at, self._begun = 19 + int.from_bytes(data[15:19], "big"), True
        # A row: number of columns (2 bytes, always 1), length (4 bytes), value; the trailer is -1 columns.
        while at + 6 <= end:
            begin = at + 6
            after = begin + int.from_bytes(data[at + 2 : begin], "big")
            if after > end:
                break
            handle(data[begin:after])
            at = after
        rest = data[at:]
        self._parts, self._length = [rest], len(rest)


def stream(query: str, handle: Callable[[bytes], None]) -> None:
    """Run a query of one bytea column without NULLs and hand each value to `handle`; holds but a few rows."""
    rows: Any = _Rows(handle)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", rows)
    rows.flush()
