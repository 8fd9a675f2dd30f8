"""Every page for every audience, at 1280 and 390 px, and in the form for elder people."""

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page

from tests.e2e import desks, hall
from tests.e2e.desks import Inspect
from tests.e2e.inspecting import Inspector
from tests.e2e.places import (
    AFTER_A_CODE,
    AUDIENCES,
    CITIZEN,
    IN_A_JOB,
    IN_BETWEEN,
    LIKE_ANOTHER,
    NOT_PAGES,
    OF_A_CHANGE,
    OF_A_DECIDED_CHANGE,
    OF_A_FAILED_JOB,
    OF_ONE_WHO_WAITS,
    OF_WHO_REVOKES,
    OTHER_STAFF,
    PUBLIC,
    Place,
    elder,
)
from tests.test_access_matrix import patterns

pytestmark = pytest.mark.e2e
NewPage = Callable[..., Page]
OTHERS = ("approver", "organ_head", "supervisor", "inspector")
ADMINISTRATORS = ("system_admin", "audit_admin")


def look(page: Page, inspector: Inspector, addresses: Sequence[str], status: int = 200) -> list[str]:
    """Visit all of them; every fault with its address."""
    faults = []
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        if answer.status != status:
            faults.append(f"{address}: {answer.status}")
            continue
        faults += [f"{address}: {fault}" for fault in inspector.faults(page)]
    return faults


@pytest.mark.parametrize(("who", "of"), AUDIENCES, ids=[who or "stranger" for who, _of in AUDIENCES])
def test_every_page_is_sound_for(who: str, of: str, new_page: NewPage, inspector: Inspector, inspect: Inspect) -> None:
    page = new_page(who=who, of=of) if who else new_page()
    if who == "window_clerk":
        _receive_a_case(page, inspect)
    addresses = [place.address(page) for place in AUDIENCES[who, of]]
    faults = look(page, inspector, addresses)
    assert not faults, "\n".join(faults)
    if not who:
        # The sign-in and its neighbours set the token of their form; nothing else leaves a cookie.
        assert {str(cookie["name"]) for cookie in page.context.cookies()} <= {"csrftoken"}


def _receive_a_case(page: Page, inspect: Inspect) -> None:
    hall.register_firm(page, hall.newcomer(), inspect)
    hall.choose_item(page, "食品经营许可", inspect)
    hall.fill_food_details(page)
    desks.open_case(page, hall.receive(page, inspect))


@pytest.mark.parametrize(("who", "places"), [("", PUBLIC), ("citizen", CITIZEN)], ids=["stranger", "citizen"])
def test_every_page_is_sound_for_elder_people(
    who: str, places: tuple[Place, ...], new_page: NewPage, inspector: Inspector
) -> None:
    page = new_page(who=who) if who else new_page()
    faults = look(page, inspector, [elder(place.address(page)) for place in places])
    assert not faults, "\n".join(faults)
    assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "24px"


@pytest.mark.parametrize("who", [*OTHERS, *ADMINISTRATORS])
def test_every_other_persona_has_a_desk(who: str, new_page: NewPage, inspector: Inspector) -> None:
    page = new_page(who=who)
    faults = look(page, inspector, [place.address(page) for place in OTHER_STAFF])
    assert not faults, "\n".join(faults)


def test_pages_of_errors_are_sound(new_page: NewPage, inspector: Inspector) -> None:
    page = new_page()
    faults = look(page, inspector, ["/nowhere/", "/elder/nowhere/", "/items/140123026999/"], 404)
    faults += look(new_page(who="citizen"), inspector, ["/desk/cases/"], 403)
    assert not faults, "\n".join(faults)


def test_the_list_of_pages_is_complete() -> None:
    listed = {place.name for places in AUDIENCES.values() for place in (*places, *OTHER_STAFF)}
    known = listed | IN_A_JOB | LIKE_ANOTHER | AFTER_A_CODE | OF_A_FAILED_JOB | OF_ONE_WHO_WAITS | OF_WHO_REVOKES
    known |= IN_BETWEEN | NOT_PAGES | OF_A_CHANGE | OF_A_DECIDED_CHANGE
    names = {name for name, _pattern in patterns() if "unnamed" not in name}
    assert names - known == set(), "a page that nobody visits: say in tests/e2e/places.py where it stands"
    assert known - names == set(), "an address that is gone"
