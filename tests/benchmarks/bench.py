"""What every group works with: the options, the servers, a web server when one is needed, the seeded people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cached_property
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from portal.accounts.models import User
from portal.embedded.session import Servers
from tests.benchmarks.options import Options
from tests.benchmarks.seeding import people
from tests.benchmarks.server import serving


class Bench:
    """One run. Close it to end the web server."""

    def __init__(self, options: Options, servers: Servers) -> None:
        self.options = options
        self.servers = servers
        self._stack = ExitStack()

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    @property
    def rounds(self) -> int:
        return self.options.rounds

    @cached_property
    def port(self) -> int:
        """Where the portal is served; started at first use."""
        return self._stack.enter_context(serving())

    @cached_property
    def teams(self) -> list[people.Team]:
        """The department with the most open cases first."""
        return people.teams()

    def session_of(self, user: User) -> str:
        """A sign-in, as allauth leaves it."""
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        return str(session.session_key)


def timed(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def select_1(times: int) -> Iterable[float]:
    """Seconds of the cheapest query there is: the baseline of what is asked of the database."""
    with connection.cursor() as cursor:
        for _ in range(times):
            begin = time.perf_counter()
            cursor.execute("SELECT 1")
            cursor.fetchone()
            yield time.perf_counter() - begin
