"""The world of the attacks: made once for each module, taken back by a rollback at its end."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from portal import clock
from portal.settings.logging import logging_settings
from tests import factories as make
from tests.security.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Every call of `world.call` is undone, so that one city does for many attacks. Tests also ask for `db`."""
    folder = tmp_path_factory.mktemp("files")
    with (
        django_db_blocker.unblock(),
        override_settings(FILES_DIR=folder),
        transaction.atomic(),
        clock.shifted(make.at("2026-11-23 09:00")),
    ):
        cache.clear()
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def lines(settings: Any) -> Iterator[Callable[[], str]]:
    """Everything that is logged, as the portal writes it."""
    stream = io.StringIO()
    logging_settings("DEBUG")
    [formatter] = [
        each.formatter
        for each in logging.getLogger().handlers
        if isinstance(each.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    collector = logging.StreamHandler(stream)
    collector.setFormatter(formatter)
    logging.getLogger().addHandler(collector)
    yield stream.getvalue
    logging.getLogger().removeHandler(collector)
    logging_settings(settings.ENVIRONMENT.log_level)
