"""Guessing is stopped, and stopping it keeps nobody out of their own account."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal import clock
from portal.accounts import lockout, services
from portal.accounts.roles import Role
from portal.web.grants import SYSTEM_ACTOR
from tests.pages import check_page
from tests.portal.accounts import people
from tests.portal.accounts.test_security import LOGIN

PHONE = "13900000001"
OWN, STRANGER = "192.0.2.7", "198.51.100.9"
FORMS = {
    "/my/profile/phone/": ("password", {"phone": "13900000009"}),
    "/accounts/password/change/": ("oldpassword", {"password1": "another-horse-8", "password2": "another-horse-8"}),
    "/accounts/confirm/": ("password", {}),
    "/my/profile/data/close/": ("password", {"understood": "on"}),
    "/my/profile/data/erase/": ("password", {"understood": "on"}),
}


def attempt(login, address, password="wrong-password-1"):
    return Client(REMOTE_ADDR=address).post(LOGIN, {"login": login, "password": password})


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize("path", sorted(FORMS))
def test_ASVS_6_3_1_every_form_that_asks_for_the_password_again_counts_in_one_lock(path, sign_in):
    people.citizen(mobile=PHONE)
    client = sign_in(PHONE)
    others = [other for other in FORMS if other != path]
    for n in range(lockout.FAILURES):
        field, data = FORMS[others[n % len(others)]]
        client.post(others[n % len(others)], {**data, field: "wrong-password-1"})
    field, data = FORMS[path]
    answer = client.post(path, {**data, field: people.PASSWORD})
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "次数太多" in check_page(answer)


@pytest.mark.parametrize("one_more", [False, True])
def test_ASVS_6_3_1_tries_that_come_together_are_counted_before_they_are_looked_at(one_more):
    """Nobody is told right or wrong meanwhile, as if each were still being hashed."""

    def enter(_n):
        try:
            lockout.enter("somebody")
        except ValidationError:
            return False
        return True

    if one_more:
        lockout.enter("somebody")
    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(enter, range(16))) == lockout.FAILURES - one_more


def test_a_right_try_gives_the_count_back_even_when_it_was_the_last():
    for _ in range(3):
        for _ in range(lockout.FAILURES):
            lockout.enter("somebody")
        lockout.forget("somebody")


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
@pytest.mark.parametrize("kind", ["staff", "citizen"])
def test_ASVS_6_3_1_a_stranger_does_not_lock_the_owner_out_at_an_address_of_the_last_month(kind):
    login = people.staff(Role.REVIEWER).number if kind == "staff" else people.citizen(mobile=PHONE).phone
    assert attempt(login, OWN, people.PASSWORD).status_code == 302
    for _ in range(lockout.FAILURES):
        attempt(login, STRANGER)
    assert attempt(login, STRANGER, people.PASSWORD).status_code == 429
    assert attempt(login, "203.0.113.5", people.PASSWORD).status_code == 429, "all that are unknown share a count"
    assert attempt(login.lower(), OWN, people.PASSWORD).status_code == 302
    for _ in range(lockout.FAILURES):
        attempt(login, OWN)
    assert attempt(login, OWN, people.PASSWORD).status_code == 429, "there, too, five and no more"


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_an_address_is_known_for_thirty_days_and_to_its_own_account_only():
    login, other = people.staff().number, people.staff().number
    attempt(login, OWN, people.PASSWORD)
    assert lockout.key_of_sign_in(login, OWN) != lockout.key_of_sign_in(login, STRANGER)
    assert lockout.key_of_sign_in(other, OWN) == lockout.key_of_sign_in(other, STRANGER)
    with clock.shifted(clock.now() + dt.timedelta(days=30, seconds=1)):
        assert lockout.key_of_sign_in(login, OWN) == lockout.key_of_sign_in(login, STRANGER)


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_a_new_initial_password_lifts_the_lock():
    member = people.staff(Role.REVIEWER)
    assert attempt(member.number, OWN, people.PASSWORD).status_code == 302
    for address in (OWN, STRANGER):
        for _ in range(lockout.FAILURES):
            attempt(member.number, address)
        assert attempt(member.number, address, people.PASSWORD).status_code == 429
    services.set_initial_password(staff=member, password="Blue-Kite-82", actor=SYSTEM_ACTOR)
    for address in (OWN, STRANGER):
        assert attempt(member.number, address, "Blue-Kite-82").status_code == 302
