"""Permission × URL, generated from the resolver: an address that the table does not know fails."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.web.access import Audience, access_of
from tests.access_matrix import MATRIX, Expected

SAMPLES = {"UUIDConverter": uuid.UUID(int=1), "IntConverter": 1, "StringConverter": "x", "SlugConverter": "x"}


def patterns(resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern with its full name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, inner)
        else:
            yield ":".join((*namespaces, entry.name or f"unnamed {entry.pattern}")), entry


ALL = sorted(patterns(), key=lambda pair: pair[0])


def expected_of(name: str) -> Expected | None:
    for known, audience in MATRIX.items():
        if name == known or (known.endswith("*") and name.startswith(known[:-1])):
            return audience
    return None


def test_ASVS_8_2_1_every_address_is_in_the_table() -> None:
    unknown = sorted({name for name, _pattern in ALL if expected_of(name) is None})
    assert not unknown, f"say in tests/access_matrix.py who may open: {unknown}"


def test_the_table_names_no_address_that_is_gone() -> None:
    names = {name for name, _pattern in ALL}
    gone = [known for known in MATRIX if known not in names and not known.endswith("*")]
    assert not gone


@pytest.mark.parametrize(("name", "pattern"), ALL, ids=[name for name, _pattern in ALL])
def test_ASVS_8_2_1_the_mark_of_the_view_is_what_the_table_says(name: str, pattern: URLPattern) -> None:
    mark = access_of(pattern.callback, name)
    assert mark is not None, "the view has no mark and is refused"
    if mark.audience is Audience.PERMITTED:
        assert tuple(sorted(permission.value for permission in mark.permissions)) == expected_of(name)
    else:
        assert mark.audience.value == expected_of(name)


def address(name: str, pattern: URLPattern) -> str | None:
    arguments: dict[str, Any] = {
        key: SAMPLES.get(type(converter).__name__, "x") for key, converter in pattern.pattern.converters.items()
    }
    if not hasattr(pattern.pattern, "_route") or name.rpartition(":")[2].startswith("unnamed"):
        return None
    return reverse(name, kwargs=arguments)


CLOSED = [(name, pattern) for name, pattern in ALL if expected_of(name) not in {"public", None}]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "pattern"), CLOSED, ids=[name for name, _pattern in CLOSED])
def test_ASVS_8_2_1_a_closed_address_refuses_strangers_and_those_without_the_permission(
    name: str, pattern: URLPattern, client: Client
) -> None:
    url = address(name, pattern)
    if url is None:
        pytest.skip("an address by regular expression; its mark is tested above")
    for method in (client.get, client.post):
        answer = method(url)
        assert answer.status_code in {302, 401, 403}, "a stranger gets in"
        assert "no-store" in answer.headers.get("Cache-Control", "")
    if expected_of(name) == "signed_in":
        return
    client.force_login(get_user_model().objects.create(username="nobody"))
    for method in (client.get, client.post):
        assert method(url).status_code == 403, "a user without the permission gets in"
