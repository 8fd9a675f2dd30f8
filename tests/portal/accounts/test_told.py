"""What a window changes of a known person or firm: with a reason, told to whom it was before, and slow to link."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.accounts import queries, services
from portal.accounts.models import LegalPerson, Person
from portal.accounts.roles import Role
from portal.ledger.queries import events_of
from portal.messaging.models import Message
from portal.privacy.services import commitment
from portal.web.errors import BadInput
from portal.web.grants import SYSTEM_ACTOR
from tests import factories as make
from tests.pages import check_page
from tests.portal.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

NUMBER = people.identity_number(7)
USCC = "91350100M000100Y43"
OLD, NEW = "13911111111", "13922222222"
FRIDAY = make.at("2026-11-20 10:00")


@pytest.fixture
def window() -> Client:
    browser = Client()
    browser.force_login(people.staff(Role.WINDOW_CLERK, of="904", city=True).user)
    return browser


def change_phone(to: str, reason: str = "changed") -> Person:
    return services.register_person_in_hall(
        name="李四光", identity_number=NUMBER, phone=to, phone_reason=reason, actor=SYSTEM_ACTOR
    )


# --- the phone of a known person ---------------------------------------------------------------------


def test_a_known_phone_is_changed_with_a_reason_only_and_the_form_keeps_what_was_typed(window):
    known = people.person(number=NUMBER, mobile=OLD)
    typed = {"name": "李四光", "identity_number": NUMBER, "phone": NEW}
    page = window.post(reverse("applications:intake_person"), typed)
    assert page.status_code == 422 and "请选择为什么改" in check_page(page) and f'value="{NEW}"' in check_page(page)
    known.refresh_from_db()
    assert known.phone == OLD
    window.post(reverse("applications:intake_person"), {**typed, "phone_reason": "changed"})
    known.refresh_from_db()
    assert known.phone == NEW
    last = list(events_of(known.pk))[-1]
    assert last.kind == "accounts.person_contact_changed"
    assert (last.data["what"], last.data["reason"]) == ("phone", "changed")


def test_ASVS_6_3_7_the_old_phone_is_told_that_the_hall_has_another_one(sent):
    people.person(number=NUMBER, mobile=OLD)
    change_phone(NEW)
    [told] = sent(OLD)
    assert "电话已改为尾号 2222" in told and "不是本人办理的" in told and NEW not in told
    assert not sent(NEW)


def test_ASVS_6_3_7_who_has_a_sign_in_finds_it_in_the_inbox_too(sent):
    user = people.verified_citizen(name="李四光", number=NUMBER, mobile=OLD)
    change_phone(NEW)
    message = Message.objects.get(user=user)
    assert message.kind == "account_phone_changed" and "尾号 2222" in message.body


def test_ASVS_6_6_2_for_three_working_days_a_changed_phone_links_nobody(sign_in, sent, frozen_clock):
    frozen_clock(FRIDAY)
    people.person(name="李四光", number=NUMBER, mobile=OLD)
    change_phone(NEW)
    people.citizen(name="李四光", number=NUMBER, mobile="13933333333")
    for day in (FRIDAY, FRIDAY + dt.timedelta(days=5)):  # Wednesday is the third working day
        frozen_clock(day)
        cache.clear()  # one code a minute
        sign_in("13933333333").post("/my/profile/link/")
    assert not sent(NEW) and sum("验证码" in text for text in sent(OLD)) == 2
    frozen_clock(FRIDAY + dt.timedelta(days=6))
    cache.clear()
    sign_in("13933333333").post("/my/profile/link/")
    assert sum("验证码" in text for text in sent(NEW)) == 1


def test_the_code_of_the_old_phone_links_at_once(sign_in, code_to):
    known = people.person(name="李四光", number=NUMBER, mobile=OLD)
    change_phone(NEW)
    user = people.citizen(name="李四光", number=NUMBER, mobile="13933333333")
    client = sign_in("13933333333")
    client.post("/my/profile/link/")
    assert "三个工作日以内验证码仍发到原来的号码" in check_page(client.get("/my/profile/link/code/"))
    client.post("/my/profile/link/code/", {"code": code_to(OLD)})
    user.refresh_from_db()
    assert user.person_id == known.pk


def test_a_second_change_does_not_make_the_first_one_count(sign_in, sent):
    people.person(name="李四光", number=NUMBER, mobile=OLD)
    change_phone(NEW)
    change_phone("13944444444", "lost")
    people.citizen(name="李四光", number=NUMBER, mobile="13933333333")
    sign_in("13933333333").post("/my/profile/link/")
    assert not any("验证码" in text for text in sent(NEW) + sent("13944444444"))
    assert any("验证码" in text for text in sent(OLD))
    assert any("尾号 4444" in text for text in sent(OLD)) and any("尾号 4444" in text for text in sent(NEW))


def test_the_window_links_at_once_whatever_the_phone(window):
    known = people.person(name="李四光", number=NUMBER, mobile=OLD)
    change_phone(NEW)
    user = people.citizen(name="李四光", number=NUMBER)
    registered = user.person
    seen = {"name": "李四光", "identity_number": NUMBER, "seen": "on"}
    window.post(reverse("accounts:verify_person", args=[registered.pk]), seen)
    user.refresh_from_db()
    registered.refresh_from_db()
    assert user.person_id == known.pk
    assert registered.is_confirmed and not registered.is_verified


# --- the representative of a known firm --------------------------------------------------------------


@pytest.fixture
def firm() -> LegalPerson:
    owner = people.verified_citizen(name="李四光", number=NUMBER, mobile=OLD)
    return services.create_legal_person(name="甲公司", uscc=USCC, representative=owner.person, actor=SYSTEM_ACTOR)


def test_a_representative_is_replaced_with_a_reason_and_the_licence_only(firm):
    new = people.person(name="王五")
    for given in (
        {},
        {"change_reason": "registered"},
        {"licence_seen": True},
        {"change_reason": "x", "licence_seen": True},
    ):
        with pytest.raises(BadInput) as refused:
            services.create_legal_person(name="甲公司", uscc=USCC, representative=new, actor=SYSTEM_ACTOR, **given)
        assert refused.value.field in ("change_reason", "licence_seen")
    firm.refresh_from_db()
    assert firm.representative.name == "李四光"


def test_the_window_form_asks_why_and_changes_nothing_before(window, firm):
    typed = {
        "name": "甲公司", "uscc": USCC, "representative_name": "王五",
        "representative_identity": people.identity_number(8), "representative_phone": "13955555555",
    }  # fmt: skip
    page = check_page(window.post(reverse("applications:intake_firm"), typed))
    assert "大厅登记的法定代表人是另一个人" in page and "王五" in page
    assert not Person.objects.filter(name="王五").exists()
    done = window.post(
        reverse("applications:intake_firm"), {**typed, "change_reason": "registered", "licence_seen": "on"}
    )
    assert done.status_code == 302
    firm.refresh_from_db()
    assert firm.representative.name == "王五"


def test_ASVS_8_3_2_the_former_representative_is_told_and_the_ledger_says_who_was_and_who_is(firm, sent):
    former, new = firm.representative, people.person(name="王五")
    services.create_legal_person(
        name="甲公司", uscc=USCC, representative=new, change_reason="registered", licence_seen=True, actor=SYSTEM_ACTOR
    )
    [told] = sent(OLD)
    assert "您不再是甲公司的法定代表人" in told and "不是本人办理的" in told
    message = Message.objects.get(user=former.user)
    assert message.title == "您不再是甲公司的法定代表人"
    last = list(events_of(firm.pk))[-1]
    assert last.data["old"] == commitment(former.key_id, former.identity_number)
    assert last.data["new"] == commitment(new.key_id, new.identity_number)
    assert (last.data["reason"], last.data["licence"]) == ("registered", "seen")
    assert not queries.mandates_of(former.user).exists()


def test_confirming_a_declared_firm_replaces_nobody_without_a_reason(window, firm, sent):
    other = people.verified_citizen(name="王五")
    declared = services.declare_legal_person(user=other, name="甲公司", uscc=USCC)
    address = reverse("accounts:verify_firm", args=[declared.pk])
    assert "大厅登记的法定代表人是 李*光" in check_page(window.get(address))
    licence = {"name": "甲公司", "uscc": USCC, "seen": "on"}
    assert "请选择为什么改" in check_page(window.post(address, licence))
    firm.refresh_from_db()
    assert firm.representative.name == "李四光"
    assert window.post(address, {**licence, "change_reason": "registered"}).status_code == 302
    firm.refresh_from_db()
    declared.refresh_from_db()
    assert firm.representative.name == "王五" and declared.confirmed_as_id == firm.pk
    assert any("您不再是甲公司" in text for text in sent(OLD))


def test_the_representative_is_told_when_somebody_declares_the_firm(firm, sent):
    services.declare_legal_person(user=people.citizen(name="王五"), name="甲公司", uscc=USCC)
    [told] = sent(OLD)
    assert "有人在网上说自己是甲公司的法定代表人" in told and "王五" not in told
    assert Message.objects.get(user=firm.representative.user).kind == "account_firm_declared"
    services.declare_legal_person(user=people.citizen(), name="乙公司", uscc="91140600MA9Y000129")
    assert len(sent(OLD)) == 1


def test_a_firm_that_was_declared_before_linking_belongs_to_the_linked_person():
    known = people.person(name="李四光", number=NUMBER)
    user = people.citizen(name="李四光", number=NUMBER)
    declared = services.declare_legal_person(user=user, name="甲公司", uscc=USCC)
    services.verify_at_window(person=user.person, actor=SYSTEM_ACTOR)
    user.refresh_from_db()
    declared.refresh_from_db()
    assert declared.representative_id == known.pk
    assert [mandate.legal_person_id for mandate in queries.mandates_of(user)] == [declared.pk]
    assert services.verify_legal_person(legal_person=declared, actor=SYSTEM_ACTOR).is_verified
