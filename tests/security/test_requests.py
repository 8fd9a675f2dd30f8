"""Reading changes nothing, a form changes only what it is for, and no text that somebody types is a crash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models

from portal.accounts.models import Person, RoleAssignment, Staff, User
from tests.security.pageforms import PageForm, forms_of
from tests.security.world import NAMES, World, changed, fingerprint

pytestmark = pytest.mark.django_db

SIGNED_IN = frozenset({"django_session", "accounts_signin"})


def doors(world: World, most: int = 3) -> Iterator[tuple[str, str, str]]:
    """Every address with somebody who may open it."""
    for name in NAMES:
        addresses = world.addresses(name)
        for who in world.who_may(name)[:1]:
            for address in addresses[:: max(1, len(addresses) // most)]:
                yield name, who, address


#: What reading may write, and why.
READING_WRITES = {
    # The secret that the picture shows has to be the one that the next POST proves.
    "accounts:second_factor": {"django_session"},
    # Opening a message is reading it.
    "messaging:message": {"messaging_message"},
    "messaging:desk_message": {"messaging_message"},
}


@pytest.mark.parametrize("method", ["get", "head"])
def test_ASVS_3_5_3_reading_changes_no_row(method: str, world: World) -> None:
    found = []
    before = fingerprint()
    for name, who, address in doors(world, 2 if method == "get" else 1):
        with world.undone(who):
            status = getattr(world.clients[who], method)(address).status_code
            moved = changed(before, fingerprint()) - READING_WRITES.get(name, set())
        if moved or status == 500:
            found.append(f"{method} {address} ({name}) {status}: {sorted(moved)}")
    assert not found, "\n".join(found)


def names_of_fields() -> dict[str, str]:
    """Every field of every model, with a value that would hurt where it were taken."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            match field:
                case models.BooleanField():
                    value = "on"
                case models.DateTimeField():
                    value = "2015-01-01T00:00"
                case models.DateField():
                    value = "2031-01-01"
                case models.UUIDField() | models.ForeignKey():
                    value = str(UUID(int=7))
                case models.IntegerField():
                    value = "1"
                case _:
                    value = "attacked"
            found.setdefault(field.name, value)
            found.setdefault(field.attname, value)
    return found


def right(form: PageForm) -> dict[str, str]:
    """What a friendly visitor would have sent."""
    words = {"name": "王小明", "number": "X9001", "phone": "13900000077", "password": "correct-horse-7"}
    return {
        name: value or words.get(name, "试试" if name in form.typed else "")
        for name, value in form.values.items()
        if name != "csrfmiddlewaretoken"
    }


def posts(world: World, name: str, who: str, address: str) -> Iterator[dict[str, str]]:
    """What the forms of a page would send to it; an act without a page of its own gets nothing of its own."""
    page = world.call(who, "get", address)
    if page.status_code == 200 and page.get("Content-Type", "").startswith("text/html"):
        forms = [form for form in forms_of(page.content.decode()) if form.method == "post"]
        yield from (right(form) for form in forms if form.action in {"", address})
    if page.status_code == 405:
        yield {}


#: What each form is for: the tables that its page may change, besides the ledger, the history and the outbox of the act.
ALWAYS = frozenset({"audit.event", "outbox_job", "applications_act"}) | SIGNED_IN


def collect(world: World, extra: dict[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    before = fingerprint()
    for name, who, address in doors(world, 8 if True else 3):
        for data in posts(world, name, who, address):
            with world.undone(who):
                response = world.clients[who].post(address, {**extra, **data})
                moved = changed(before, fingerprint())
            found.setdefault(name, set()).update(moved)
            if response.status_code == 500:
                found[name].add(f"CRASH {address} {response.exc_info[1]!r}")
    return found


def test_probe(world: World) -> None:
    a = collect(world, {})
    b = collect(world, names_of_fields())
    for name in b:
        if a.get(name) or b[name]:
            print(name, sorted(a.get(name, ())), "EXTRA", sorted(b[name] - a.get(name, set())))
