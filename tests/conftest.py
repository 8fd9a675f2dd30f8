"""Embedded servers, database roles and traps for all tests. Run with DATA_DIR=… to keep apart from other runs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from xdist.scheduler import LoadScopeScheduling

from portal.embedded.addresses import OWNER, database_settings
from portal.embedded.layout import Layout
from portal.embedded.session import joined
from tests import traps
from tests.snapshots import QuerySnapshots

_servers = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts (or joins) the embedded servers; xdist's workers join."""
    traps.refuse_network()
    if not settings.ENVIRONMENT.database_url and not config.option.collectonly:
        _servers.enter_context(joined(settings.DATA_DIR, want_redis=False))


def pytest_unconfigure() -> None:
    """The last one to leave stops them."""
    from django.db import connections

    connections.close_all()
    _servers.close()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Tests that share a portal share a worker: xdist's own groups go by a suffix of node ids that pytest 9 ignores."""
    return SharedPortals(config, log)


#: Files that share something dear: a portal, or a whole city.
WHOLE = ("tests/setup/", "tests/benchmarks/", "tests/chaos/", "tests/portal/demonstration/")


class SharedPortals(LoadScopeScheduling):
    """All browser tests in one worker, tests of processes by file, everything else wherever there is time."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if path.startswith("tests/e2e/"):
            return "e2e"
        return path if path.startswith(WHOLE) else nodeid


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come first, because they take longest."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner of the database: migrations, test databases and the emptying of `audit` are the owner's."""
    from django.db import connections

    connection = connections["default"]
    keys = ("USER", "PASSWORD")
    before = {key: connection.settings_dict[key] for key in keys}
    connection.close()
    if not settings.ENVIRONMENT.database_url:
        found = Layout.of(settings.DATA_DIR).secrets()
        assert found is not None
        connection.settings_dict.update(USER=OWNER, PASSWORD=found.owner)
    elif settings.ENVIRONMENT.database_owner_url:
        wanted = database_settings(settings.DATA_DIR, settings.ENVIRONMENT.database_owner_url)
        connection.settings_dict.update({key: wanted[key] for key in keys})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture(scope="session")
def django_db_setup(
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
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connections.close_all()
            with as_owner():
                teardown_databases(configuration, verbosity=0)


@pytest.fixture(scope="session")
def owner(django_db_setup: None) -> Callable[[], AbstractContextManager[None]]:
    """`with owner(): …` runs statements as the database's owner (closes the connection: not inside a transaction)."""
    return as_owner


@pytest.fixture(autouse=True)
def _shuffled_queries(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("ordered"):
        yield
        return
    with traps.shuffled_unordered_queries():
        yield


@pytest.fixture(autouse=True, scope="session")
def _undefined_template_variables_fail() -> None:
    traps.undefined_template_variables_fail()


@pytest.fixture
def frozen_clock(db: None) -> Iterator[Callable[[datetime], AbstractContextManager[datetime]]]:
    """`frozen_clock(instant)` stops the portal's clock there for the rest of the test, or for a `with` block."""
    from portal import clock

    with ExitStack() as stack:

        class Frozen(AbstractContextManager[datetime]):
            def __init__(self, instant: datetime) -> None:
                self._stack = ExitStack()
                self._instant = self._stack.enter_context(clock.shifted(instant))
                stack.callback(self._stack.close)

            def __enter__(self) -> datetime:
                return self._instant

            def __exit__(self, *_error: object) -> None:
                self._stack.close()

        yield Frozen


@pytest.fixture
def query_snapshot(request: pytest.FixtureRequest) -> QuerySnapshots:
    """`with query_snapshot("name", at_most=12): …` compares the SQL with `snapshots/<test file>.<name>.sql`.

    UPDATE_SNAPSHOTS=1 writes the files anew; the difference is then read in the commit.
    """
    return QuerySnapshots(Path(request.node.path))
