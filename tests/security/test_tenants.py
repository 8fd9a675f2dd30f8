"""What lies in department B is nowhere in an answer to department A's people, and nothing of it moves at their call."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLResolver, get_resolver

from portal.web.permissions import permissions_of_role
from tests.access_matrix import MATRIX
from tests.security.world import MARK, NAMES, World, changed, written

pytestmark = pytest.mark.django_db

PEOPLE = ("window_clerk_a", "reviewer_a", "approver_a", "organ_head_a")
#: Their answers are the same for everybody, A included (test_headers holds them to it).
PUBLIC = frozenset(name for name, audience in MATRIX.items() if audience == "public")
#: Lists show more by another question; of the last kind the page repeats the question, so B's cases are looked for.
QUESTIONS = {
    "applications:work_list": ("?q=乙密人", "?status=closed", "?status=paused&tab=all", "?status=open&tab=all"),
    "applications:intake_search": ("?q=乙密人", "?q=演示"),
    "applications:intake_queue": ("?channel=online",),
}
#: The guide of an item leads everybody to an application for it.
SAME_FOR_ALL = frozenset({"applications:apply_begin"})
#: The world holds one of each, and it is not B's.
OF_THE_WHOLE_CITY = frozenset(
    {
        "accounts:verify_firm",
        "accounts:verify_person",
        "operations:ending_confirm",
        "operations:ending_refuse",
        "operations:factor_reset_confirm",
        "operations:factor_reset_refuse",
        "operations:job_again",
        "operations:job_give_up",
    }
)
WALKED = sorted(set(NAMES) - PUBLIC - SAME_FOR_ALL - OF_THE_WHOLE_CITY)
#: A sign-in that is noted as seen.
SESSIONS = frozenset({"django_session", "accounts_signin"})


def open_to(who: str, world: World) -> list[str]:
    """What the person's role opens at all; tests/test_access_matrix.py sees that the rest is refused."""
    held = {str(p) for p in permissions_of_role(world.roles[who])} if who in world.roles else set()
    return [name for name in WALKED if MATRIX[name] == "signed_in" or held & set(MATRIX[name])]


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + str(response.headers)


def test_the_marker_is_in_the_answers_to_b_itself(world: World) -> None:
    """Otherwise the other tests would prove nothing."""
    for name, who in (
        ("applications:desk_case", "reviewer_b"),
        ("applications:desk_case_print", "reviewer_b"),
        ("messaging:desk_inbox", "reviewer_b"),
        ("files:preview", "window_clerk_b"),
    ):
        seen = [text_of(world.call(who, "get", address)) for address in world.addresses(name, "b")]
        assert any(MARK in text for text in seen), name
    assert MARK in text_of(world.call("citizen_b", "get", world.addresses("applications:my_case", "b")[0]))
    assert str(world.b.cases["reviewing"].pk) in text_of(world.call("reviewer_b", "get", "/desk/cases/"))


@pytest.mark.parametrize("who", PEOPLE)
def test_ASVS_8_2_2_ASVS_8_4_1_no_answer_to_department_a_holds_anything_of_b(who: str, world: World) -> None:
    found = []
    for name in open_to(who, world):
        of_b = bool(world.arguments(name, "b")[0])
        addresses = world.addresses(name, "b")
        for address in addresses[:: max(1, len(addresses) // 4)] if of_b else addresses:
            for question in ("", *QUESTIONS.get(name, ())):
                response = world.call(who, "get", address + question)
                text = text_of(response)
                if name == "accounts:stationing":  # who stands at which window hangs in the hall, for everybody to see
                    for member in (world.b.clerk_staff, world.b.head_staff):
                        text = text.replace(member.name, "")
                secrets = [case.number for case in world.b.cases.values()] + [MARK] * (MARK not in question)
                secrets += [] if of_b else [str(case.pk) for case in world.b.cases.values()]
                if any(secret in text for secret in secrets):
                    found.append(f"{address}{question} ({name}) {response.status_code}")
                elif of_b and response.status_code == 200:
                    found.append(f"{address} ({name}) opens")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("who", [*PEOPLE, "citizen"])
def test_ASVS_8_4_1_nobody_of_a_moves_anything_of_b(who: str, world: World) -> None:
    found = []
    key = "0197d000-0000-7000-8000-000000000001"
    words = dict.fromkeys(("reason", "opinion", "facts", "reasons", "legal_basis"), "试试")
    data = {"key": key, "recommendation": "grant", "confirmed": "on", "declared": "on"} | words
    for name in open_to(who, world):
        if not world.arguments(name, "b")[0]:
            continue
        addresses = world.addresses(name, "b")
        step = 5 if name == "applications:act" else 3  # five and the number of acts have no common divisor
        with world.undone(who):
            before = written()
            texts = [text_of(world.clients[who].post(address, data)) for address in addresses[::step]]
            moved = changed(before, written()) - SESSIONS
        if moved or any(MARK in text for text in texts):
            found.append(f"{name}: {sorted(moved)}")
    assert not found, "\n".join(found)


def test_every_address_of_the_resolver_was_asked() -> None:
    """An included group of addresses that the walk does not know would be a hole in it."""

    def count(resolver: URLResolver) -> int:
        return sum(count(entry) if isinstance(entry, URLResolver) else 1 for entry in resolver.url_patterns)

    assert count(get_resolver()) == len(NAMES)
