"""Snapshots of the SQL of a page: a query too many shows as a difference."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

_TRANSACTION = re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK|BEGIN|COMMIT)")
_NOISE = [
    (re.compile(r" ORDER BY RANDOM\(\) ASC"), ""),
    (re.compile(r"'(?:[^']|'')*'(::\w+(\[\])?)?"), "?"),
    (re.compile(r"\b\d+\b(?!\")"), "?"),
    (re.compile(r"IN \(\?(?:, \?)*\)"), "IN (…)"),
    (re.compile(r"ARRAY\[\?(?:, \?)*\]"), "ARRAY[…]"),
]


class QuerySnapshots:
    """Compares the queries of a block with a stored file."""

    def __init__(self, test_file: Path) -> None:
        self._stem = test_file.parent / "snapshots" / test_file.stem

    @contextmanager
    def __call__(self, name: str, *, at_most: int | None = None) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        queries = [normalised(query["sql"]) for query in captured.captured_queries]
        queries = [query for query in queries if not _TRANSACTION.match(query)]
        if at_most is not None:
            assert len(queries) <= at_most, f"{len(queries)} queries, at most {at_most}:\n" + "\n".join(queries)
        text = f"-- {len(queries)} queries\n" + "".join(f"{query};\n" for query in queries)
        path = self._stem.with_name(f"{self._stem.name}.{name}.sql")
        if os.environ.get("UPDATE_SNAPSHOTS") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        assert path.exists(), f"no snapshot {path}: run once with UPDATE_SNAPSHOTS=1 and commit it"
        assert text == path.read_text(), f"the SQL differs from {path}; UPDATE_SNAPSHOTS=1 writes it anew"


def normalised(sql: str) -> str:
    """The statement without its values."""
    for pattern, replacement in _NOISE:
        sql = pattern.sub(replacement, sql)
    return " ".join(sql.split())
