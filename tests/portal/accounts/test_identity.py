"""Persons: who is verified, who is linked, and what knowing a number opens (nothing)."""

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts import queries, services
from portal.accounts.models import Mandate, Person, User
from portal.web.errors import BadInput, WrongState
from portal.web.grants import SYSTEM_ACTOR
from tests.portal.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

NUMBER = people.identity_number(7)
USCC = "91350100M000100Y43"


def test_the_hall_knows_a_person_once():
    first = people.person(number=NUMBER, mobile="13900000001")
    again = services.register_person_in_hall(
        name="李四光",
        identity_number=NUMBER.lower(),
        phone="13900000002",
        phone_reason="changed",
        actor=SYSTEM_ACTOR,
    )
    assert first.pk == again.pk
    assert Person.objects.get().phone == "13900000002"
    with pytest.raises(BadInput, match="另一个姓名"):
        people.person(name="别人", number=NUMBER)


def test_the_database_refuses_a_second_verified_person_with_a_number():
    people.person(number=NUMBER)
    other = people.citizen(number=NUMBER).person
    other.verified_at = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save(update_fields=["verified_at"])


def test_two_online_registrations_of_one_number_are_both_unverified_and_only_one_is_verified():
    first, second = people.citizen(number=NUMBER), people.citizen(number=NUMBER)
    services.verify_at_window(person=first.person, actor=SYSTEM_ACTOR)
    with pytest.raises(WrongState, match="已经有一个账号"):
        services.verify_at_window(person=second.person, actor=SYSTEM_ACTOR)
    assert Person.objects.filter(verified_at__isnull=False).count() == 1


def test_registering_with_a_known_number_opens_nothing_of_the_known_person():
    known = people.person(name="李四光", number=NUMBER)
    services.create_legal_person(name="甲公司", uscc=USCC, representative=known, actor=SYSTEM_ACTOR)
    attacker = people.citizen(name="李四光", number=NUMBER)
    assert attacker.person_id != known.pk
    assert not attacker.person.is_verified
    assert not queries.mandates_of(attacker).exists()


def test_the_window_moves_a_sign_in_to_the_known_person():
    known = people.person(name="李四光", number=NUMBER)
    user = people.citizen(name="李四光", number=NUMBER)
    assert services.verify_at_window(person=user.person, actor=SYSTEM_ACTOR).pk == known.pk
    user.refresh_from_db()
    assert user.person_id == known.pk


def test_linking_by_code_goes_to_the_recorded_phone_and_not_to_the_attacker(sign_in, code_to, sent):
    known = people.person(name="李四光", number=NUMBER, mobile="13911111111")
    user = people.citizen(name="李四光", number=NUMBER, mobile="13922222222")
    client = sign_in("13922222222")
    assert client.post("/my/profile/link/")["Location"] == "/my/profile/link/code/"
    assert not sent("13922222222")
    assert "不正确" in client.post("/my/profile/link/code/", {"code": "000000"}).content.decode()
    assert client.post("/my/profile/link/code/", {"code": code_to("13911111111")}).status_code == 302
    user.refresh_from_db()
    assert user.person_id == known.pk
    assert "身份已核验" in client.get("/my/profile/").content.decode()


def test_linking_says_the_same_whether_the_hall_knows_the_number_or_not(sign_in, sent):
    people.person(name="李四光", number=NUMBER, mobile="13911111111")
    pages = []
    for number, mobile, name in (
        (NUMBER, "13922222222", "李四光"),
        (NUMBER, "13933333333", "王麻子"),
        (people.identity_number(), "13944444444", "李四光"),
    ):
        people.citizen(name=name, number=number, mobile=mobile)
        client = sign_in(mobile)
        client.post("/my/profile/link/")
        page = client.get("/my/profile/link/code/").content.decode()
        pages.append(page[page.index("<h1>") : page.index('<form method="post" novalidate>')])
    assert len(set(pages)) == 1
    assert len(sent("13911111111")) == 1  # only for the same name and number


def test_a_code_for_one_sign_in_links_no_other(sign_in, code_to):
    people.person(name="李四光", number=NUMBER, mobile="13911111111")
    people.citizen(name="李四光", number=NUMBER, mobile="13922222222")
    other = people.citizen(name="李四光", number=NUMBER, mobile="13933333333")
    row = services.signing_in.begin_link(user=User.objects.exclude(pk=other.pk).get())
    with pytest.raises(BadInput):
        services.signing_in.finish_link(user=other, code_id=row.pk, typed=code_to("13911111111"))


def test_a_phone_can_be_registered_once():
    people.citizen(mobile="13900000001")
    with pytest.raises(WrongState, match="已经注册"):
        people.citizen(mobile="+86 13900000001")


@pytest.mark.parametrize("number", ["140602198501010017", "14060219850101001", "140602198513010016", "１２３"])
def test_a_wrong_identity_number_is_refused(number):
    with pytest.raises(BadInput):
        people.person(number=number)


def test_a_declared_legal_person_is_unverified_and_apart_from_the_verified_one():
    owner = people.verified_citizen()
    firm = services.create_legal_person(name="甲公司", uscc=USCC, representative=owner.person, actor=SYSTEM_ACTOR)
    attacker = people.citizen()
    declared = services.declare_legal_person(user=attacker, name="甲公司", uscc=USCC)
    assert declared.pk != firm.pk
    assert declared.verified_at is None
    assert [m.legal_person_id for m in queries.mandates_of(attacker)] == [declared.pk]
    with pytest.raises(WrongState):
        services.verify_legal_person(legal_person=declared, actor=SYSTEM_ACTOR)
    with pytest.raises(BadInput, match="已经添加"):
        services.declare_legal_person(user=attacker, name="甲公司", uscc=USCC)


def test_a_new_representative_takes_the_mandate_over():
    first, second = people.verified_citizen(), people.verified_citizen()
    firm = services.create_legal_person(name="甲公司", uscc=USCC, representative=first.person, actor=SYSTEM_ACTOR)
    same = services.create_legal_person(
        name="甲公司",
        uscc=USCC,
        representative=second.person,
        change_reason="registered",
        licence_seen=True,
        actor=SYSTEM_ACTOR,
    )
    assert same.pk == firm.pk
    assert not queries.mandates_of(first).exists()
    assert [m.legal_person_id for m in queries.mandates_of(second)] == [firm.pk]


def test_the_window_verifies_a_declared_legal_person():
    user = people.verified_citizen()
    declared = services.declare_legal_person(user=user, name="甲公司", uscc=USCC)
    assert services.verify_legal_person(legal_person=declared, actor=SYSTEM_ACTOR).verified_at is not None
    mandate = Mandate.objects.get()
    services.end_mandate(mandate=mandate, actor=SYSTEM_ACTOR)
    assert not queries.mandates_of(user).exists()


def test_the_profile_masks_numbers_and_takes_a_firm(sign_in):
    user = people.citizen(mobile="13900000001")
    client = sign_in("13900000001")
    page = client.get("/my/profile/").content.decode()
    assert user.person.identity_number not in page
    assert "13900000001" not in page
    wrong = client.post("/my/profile/legal-persons/add/", {"name": "甲公司", "uscc": "91350100M000100Y44"})
    assert "校验位不对" in wrong.content.decode()
    client.post("/my/profile/legal-persons/add/", {"name": "甲公司", "uscc": USCC})
    assert "待窗口核验" in client.get("/my/profile/").content.decode()
