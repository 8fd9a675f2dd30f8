"""The office of these tests, with roles in force."""

from __future__ import annotations

import pytest

from portal.accounts.grants import sync_roles
from portal.web import reference as loaders
from tests import factories as make
from tests.portal.readings.office import Office


@pytest.fixture
def office(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    for loader in loaders.loaders():
        if loader.name in ("permissions", "accounts"):
            loader.load()
    sync_roles()
    return Office()
