"""The city's published catalogue for a whole test module: loaded once, taken back by a rollback at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.db import transaction

from portal.organizations.models import Department, Region
from portal.web import reference


@pytest.fixture(scope="module")
def catalogue(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Calendar, organisation and items as `manage.py load_reference` makes them. Tests also ask for `db`."""
    with django_db_blocker.unblock(), transaction.atomic():
        for loader in reference.loaders():
            if loader.floor > reference.CATALOG:
                break
            if loader.floor == reference.CATALOG:
                _departments()
            loader.load()
        yield
        transaction.set_rollback(True)


def _departments() -> None:
    """The departments of the data file, where no loader has made them."""
    if Department.objects.exists():
        return
    start = dt.date(2015, 1, 1)
    region = Region.objects.create(code="140600", name="朔州市", kind=Region.Kind.CITY, valid_from=start)
    data = yaml.safe_load(
        (settings.BASE_DIR / "portal/organizations/data/departments.yaml").read_text(encoding="utf-8")
    )
    for row in data["departments"]:
        Department.objects.create(
            number=row["number"],
            name=row["name"],
            short_name=row["short_name"],
            uscc=row["uscc"],
            approving=row.get("approving", False),
            region=region,
            valid_from=start,
        )
