"""Fixtures and traps for all tests."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.conf import settings

from portal.embedded.addresses import OWNER
from portal.embedded.layout import Layout
from portal.embedded.session import joined

_servers = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts (or joins) the embedded servers; xdist's workers join."""
    if not settings.ENVIRONMENT.database_url and not config.option.collectonly:
        _servers.enter_context(joined(settings.DATA_DIR, want_redis=False))


def pytest_unconfigure() -> None:
    """The last one to leave stops them."""
    from django.db import connections

    connections.close_all()
    _servers.close()


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner of the database: migrations and test databases are the owner's."""
    from django.db import connections

    found = Layout.of(settings.DATA_DIR).secrets()
    connection = connections["default"]
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    if found is not None and not settings.ENVIRONMENT.database_url:
        connection.settings_dict.update(USER=OWNER, PASSWORD=found.owner)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Test databases made by the owner; tests connect as the application's role."""
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    from portal.operations.grants import grant

    with django_db_blocker.unblock(), as_owner():
        configuration = setup_databases(
            verbosity=0,
            interactive=False,
            keepdb=django_db_keepdb and not django_db_createdb,
            aliases={"default"},
            serialized_aliases=set(),
        )
        grant(for_tests=True)
        name = connections["default"].settings_dict["NAME"]
        with connections["default"].cursor() as cursor:
            cursor.execute(f'GRANT CONNECT ON DATABASE "{name}" TO PUBLIC')
    yield
    with django_db_blocker.unblock(), as_owner():
        if not django_db_keepdb:
            teardown_databases(configuration, verbosity=0)
