"""The owner's hand on the ledger, for tests that attack it."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from portal.embedded.addresses import OWNER
from portal.embedded.layout import Layout

RESTORE = [
    "ALTER TABLE audit.event ENABLE ALWAYS TRIGGER event_chain",
    "ALTER TABLE audit.event ENABLE ALWAYS TRIGGER event_append_only",
    "ALTER TABLE audit.chain_head ENABLE ALWAYS TRIGGER chain_head_moves_on",
    "ALTER TABLE audit.chain_head ENABLE ALWAYS TRIGGER chain_head_stays",
]


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
    cursor.execute("ALTER TABLE audit.event DISABLE TRIGGER ALL")
    cursor.execute("ALTER TABLE audit.chain_head DISABLE TRIGGER ALL")
    cursor.execute("TRUNCATE audit.event, audit.chain_head")
    for statement in RESTORE:
        cursor.execute(statement)


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
