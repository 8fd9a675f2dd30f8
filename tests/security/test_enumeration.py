"""Nobody learns who is registered: known and unknown get the same answer for the same work.

Work is compared by hasher calls and queries, not by time, which on a shared machine says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.portal.accounts import people
from tests.security.world import browser

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13900000001", "13900000002"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each password that is hashed."""
    calls: list[int] = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *a, **k: calls.append(1) or encode(*a, **k))
    return calls


def registration(phone: str) -> dict[str, str]:
    password = {"password1": people.PASSWORD, "password2": people.PASSWORD}
    return {"name": "王五", "identity_number": people.identity_number(7), "phone": phone, "agree": "on", **password}


#: What is asked, with something known and something unknown.
QUESTIONS: dict[str, tuple[str, Callable[[str], dict[str, str]], tuple[str, str]]] = {
    "sign-in by phone": ("/accounts/login/", lambda w: {"login": w, "password": "wrong-password-1"}, (PHONE, OTHER)),
    "sign-in by number": ("/accounts/login/", lambda w: {"login": w, "password": "wrong-password-1"}, ("A1", "A2")),
    "sign-in of a leaver": ("/accounts/login/", lambda w: {"login": w, "password": "wrong-password-1"}, ("L1", "A2")),
    "reset by phone": ("/accounts/password/reset/", lambda w: {"login": w}, (PHONE, OTHER)),
    "reset by number": ("/accounts/password/reset/", lambda w: {"login": w}, ("A1", "A2")),
    "registration": ("/accounts/signup/", registration, (PHONE, OTHER)),
    "case query": ("/progress/", lambda w: {"number": w, "code": "000000"}, ("known", "1406009999261123000011")),
    "verification": ("/verify/", lambda w: {"code": w}, ("ABCDEFGHJK", "ABCDEFGHJM")),
}


def plain(response: Any, *typed: str) -> str:
    """What the visitor reads, without tokens and without what was typed."""
    text = re.sub(r'value="[^"]{20,}"', "", response.content.decode())
    for word in typed:
        text = text.replace(word, "…")
    return text


@pytest.mark.parametrize("what", sorted(QUESTIONS))
def test_ASVS_6_3_8_known_and_unknown_cost_and_answer_the_same(what: str, hashed: list[int]) -> None:
    people.load_organisation()
    people.citizen(mobile=PHONE)
    people.staff(number="A1")
    left = people.staff(number="L1")
    left.user.is_active = False
    left.user.save()
    address, data, typed = QUESTIONS[what]
    if what == "case query":
        case = make.online_case(make.item(people.department()))
        case.query_code = "123456"
        case.save()
        typed = (case.number, typed[1])
    seen = []
    for word in typed:
        cache.clear()
        client = browser()
        client.get(address)
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address, data(word)) if what != "verification" else client.get(address, data(word))
        seen.append((answer.status_code, answer.get("Location"), len(hashed), len(queries), plain(answer, *typed)))
    assert seen[0] == seen[1]


def test_the_comparison_sees_a_difference(hashed: list[int]) -> None:
    """A right password is another answer: otherwise equal answers would prove nothing."""
    people.load_organisation()
    people.staff(number="A1")
    answer = browser().post("/accounts/login/", {"login": "A1", "password": people.PASSWORD})
    assert answer.status_code == 302 and hashed
