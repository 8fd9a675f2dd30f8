"""Who watches the running portal."""

import pytest
from django.test import Client

from portal.accounts.roles import Role
from tests.portal.accounts import people


@pytest.fixture
def administrator(db) -> Client:
    """A system administrator who is signed in."""
    people.load_organisation()
    browser = Client()
    browser.force_login(people.staff(Role.SYSTEM_ADMIN, of="904", city=True).user)
    return browser
