"""The owner's hand on the ledger, for tests that attack it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from portal.embedded.addresses import OWNER
from portal.embedded.layout import Layout
from portal.ledger.checking.guards import TABLES, TRIGGERS


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Any]:
    """A cursor of the database's owner in a connection of its own, in autocommit; the ledger is emptied after."""
    secrets = Layout.of(settings.DATA_DIR).secrets()
    parameters = connection.get_connection_params()
    if not settings.ENVIRONMENT.database_url and secrets is not None:
        parameters.update(user=OWNER, password=secrets.owner)
    parameters = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if key in parameters}
    raw = psycopg2.connect(**parameters)
    raw.autocommit = True
    with closing(raw), raw.cursor() as cursor:
        _empty(cursor)
        yield cursor
        _empty(cursor)


def _empty(cursor: Any) -> None:
    for table in TABLES:
        cursor.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER ALL")
    cursor.execute("TRUNCATE " + ", ".join(f"audit.{table}" for table in TABLES))
    cursor.execute("INSERT INTO audit.tree_top (size, root, frontier) VALUES (0, sha256(''), '{}')")
    for table, trigger in TRIGGERS:
        cursor.execute(f"ALTER TABLE audit.{table} ENABLE ALWAYS TRIGGER {trigger}")


@contextmanager
def triggers_off(cursor: Any, *tables: str) -> Iterator[None]:
    """What an owner of the database does who wants to change history: off, and on again as they were."""
    for table in tables:
        cursor.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER ALL")
    yield
    for table, trigger in TRIGGERS:
        if table in tables:
            cursor.execute(f"ALTER TABLE audit.{table} ENABLE ALWAYS TRIGGER {trigger}")


@pytest.fixture
def cluster_superuser(transactional_db: None) -> Iterator[Any]:
    """A cursor of the embedded cluster's superuser."""
    secrets = Layout.of(settings.DATA_DIR).secrets()
    if settings.ENVIRONMENT.database_url or secrets is None:
        pytest.skip("the superuser of an outside server is not ours")
    parameters = connection.get_connection_params()
    parameters = {key: parameters[key] for key in ("dbname", "host", "port") if key in parameters}
    raw = psycopg2.connect(user="postgres", password=secrets.superuser, **parameters)
    raw.autocommit = True
    with closing(raw), raw.cursor() as cursor:
        yield cursor
