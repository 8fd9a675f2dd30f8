"""核验身份: only a window that has seen the document makes an online registration a verified person."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import services
from portal.accounts.models import Mandate, Person
from portal.accounts.roles import Role
from portal.ledger.queries import events_of
from tests.pages import check_page
from tests.portal.accounts import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def window() -> Client:
    people.load_organisation()
    browser = Client()
    browser.force_login(people.staff(Role.WINDOW_CLERK, of="904", city=True).user)
    return browser


def document(user) -> dict[str, str]:
    """What the clerk types from the identity card."""
    return {"name": user.person.name, "identity_number": user.person.identity_number, "seen": "on"}


def test_a_registration_is_found_by_its_phone_and_verified_with_the_document(window):
    user = people.citizen()
    page = check_page(window.get(reverse("accounts:verification")))
    assert "核验身份" in page
    found = window.post(reverse("accounts:verification"), {"sought": user.phone})
    assert found["Location"] == reverse("accounts:verify_person", args=[user.person.pk])
    page = check_page(window.get(found["Location"]))
    assert user.person.identity_number not in page and user.person.name not in page
    done = window.post(found["Location"], document(user))
    assert "已核验" in check_page(window.get(done["Location"]))
    assert Person.objects.get(pk=user.person.pk).is_verified
    assert [event.kind for event in events_of(user.person.pk)][-1] == "accounts.person_verified"


def test_another_number_or_name_on_the_document_verifies_nobody_and_keeps_what_was_typed(window):
    user = people.citizen(name="张三丰")
    address = reverse("accounts:verify_person", args=[user.person.pk])
    page = check_page(window.post(address, {**document(user), "identity_number": people.identity_number()}))
    assert "与网上登记的号码不一致" in page and 'value="张三丰"' in page
    page = check_page(window.post(address, {**document(user), "name": "张三峰"}))
    assert "与网上登记的姓名不一致" in page
    page = check_page(window.post(address, {**document(user), "seen": ""}))
    assert "看过原件" in page
    assert not Person.objects.get(pk=user.person.pk).is_verified


def test_a_registration_of_somebody_whom_the_hall_knows_moves_to_the_known_person(window):
    user = people.citizen()
    known = people.person(name=user.person.name, number=user.person.identity_number)
    done = window.post(reverse("accounts:verify_person", args=[user.person.pk]), document(user))
    user.refresh_from_db()
    assert user.person_id == known.pk
    assert done["Location"] == reverse("accounts:verify_person", args=[known.pk])


def test_the_same_click_twice_verifies_once(window):
    user = people.citizen()
    address = reverse("accounts:verify_person", args=[user.person.pk])
    window.post(address, document(user))
    check_page(window.post(address, document(user)))
    kinds = [event.kind for event in events_of(user.person.pk)]
    assert kinds.count("accounts.person_verified") == 1


def test_what_is_unknown_or_verified_already_is_not_found(window):
    known = people.verified_citizen()
    for sought in (people.phone(), known.phone, "91350100M000100Y43"):
        page = check_page(window.post(reverse("accounts:verification"), {"sought": sought}))
        assert "没有等待核验的登记" in page
    page = check_page(window.post(reverse("accounts:verification"), {"sought": "123"}))
    assert "手机号应为 11 位" in page and 'value="123"' in page


def test_a_declared_firm_is_verified_after_its_representative(window):
    user = people.citizen()
    firm = services.declare_legal_person(user=user, name="朔州试验餐饮有限公司", uscc="91350100M000100Y43")
    found = window.post(reverse("accounts:verification"), {"sought": firm.uscc})
    assert found["Location"] == reverse("accounts:verify_firm", args=[firm.pk])
    licence = {"name": firm.name, "uscc": firm.uscc, "seen": "on"}
    assert "请先核验法定代表人的身份" in check_page(window.post(found["Location"], licence))
    window.post(reverse("accounts:verify_person", args=[user.person.pk]), document(user))
    assert "名称不一致" in check_page(window.post(found["Location"], {**licence, "name": "另一家公司"}))
    window.post(found["Location"], licence)
    firm.refresh_from_db()
    assert firm.verified_at is not None
    assert Mandate.objects.filter(legal_person=firm, valid_until=None).count() == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR])
def test_nobody_but_the_window_verifies(role):
    people.load_organisation()
    user = people.citizen()
    browser = Client()
    browser.force_login(people.staff(role).user)
    for address in (reverse("accounts:verification"), reverse("accounts:verify_person", args=[user.person.pk])):
        assert browser.post(address, document(user)).status_code == 403
    assert not Person.objects.get(pk=user.person.pk).is_verified
