"""A password that somebody else set opens no account that needs a second factor, before a second person agreed."""

import datetime as dt
import time

import pytest
from django.db import connection
from django.test import Client

from portal import clock
from portal.accounts import services, session_rules
from portal.accounts.models import Handover, User
from portal.accounts.roles import Role
from portal.accounts.services import enrolment, factor_resets, second_factor
from portal.ledger.models import LedgerEvent
from portal.messaging.models import Message
from portal.web.errors import BadInput, WrongState
from portal.web.grants import SYSTEM_ACTOR, Actor
from tests.pages import check_page
from tests.portal.accounts import people
from tests.portal.accounts.test_security import FACTOR, age, appoint, password_step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
HANDED, OWN = "Handed-over-73", "Blue-Kite-82-own"


def acting(member):
    return Actor(member.user_id, member.name)


def change_password(client, old, new):
    data = {"oldpassword": old, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", data).status_code == 302


def at_the_factor(member, password=HANDED):
    """Sign in with a handed-over password, change it, sign in again: what waits is the second factor."""
    first, _ = password_step(member, password)
    change_password(first, password, OWN)
    client, _ = password_step(member, OWN)
    assert client.get("/my/profile/")["Location"] == FACTOR
    return client


def right_code(client):
    secret = client.session["accounts.new_secret"]
    return second_factor.format_hotp_value(second_factor.hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def system():
    return people.staff(Role.SYSTEM_ADMIN, of="904")


@pytest.fixture
def security():
    return people.staff(Role.SECURITY_ADMIN, of="904")


@pytest.fixture
def appointed(system):
    """Just appointed, without a factor, and with a password that the system administrator has set."""
    member = people.staff(Role.APPROVER, factor=False, phone="13900000031")
    services.set_initial_password(staff=member, password=HANDED, actor=acting(system))
    return member


def test_ASVS_6_4_4_who_sets_a_password_does_not_come_into_an_account_that_needs_a_factor(
    appointed, system, security, sign_in
):
    thief = at_the_factor(appointed)
    page = check_page(thief.get(FACTOR))
    assert "安全管理员处当面领取启用码" in page
    for handed_over, words in (("", "请填写启用码"), ("AAAAA-AAAAA", "启用码不正确或已过期")):
        answer = thief.post(FACTOR, {"code": right_code(thief), "handed_over": handed_over})
        assert words in answer.content.decode()
    assert not second_factor.has_one(appointed.user)
    assert thief.get("/my/profile/")["Location"] == FACTOR
    path = f"/operations/staff/{appointed.pk}/factor-code/"
    assert sign_in(system.number).get(path).status_code == 403
    office = sign_in(security.number)
    assert path in office.get(f"/operations/staff/{appointed.pk}/").content.decode()
    check_page(office.get(path))
    answer = office.post(path)
    page = check_page(answer)
    code = answer.context["code"]
    assert code in page and "只显示这一次" in page
    assert code not in office.get(path).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(h)::text FROM accounts_handover h")
        stored = cursor.fetchone()[0]
    assert code not in stored and code.replace("-", "") not in stored
    events = LedgerEvent.objects.filter(subject=appointed.pk, kind="accounts.enrolment_code_issued")
    assert events.count() == 1 and code.encode() not in bytes(events.get().canon)
    check_page(thief.post(FACTOR, {"code": right_code(thief), "handed_over": code.lower().replace("-", " ")}))
    assert second_factor.has_one(appointed.user)
    assert not Handover.objects.exists()


def test_ASVS_6_4_4_a_code_ends_after_a_day_after_five_tries_and_with_the_next_one(appointed, security):
    user = appointed.user

    def enrol(code):
        return enrolment.enrol(user=user, secret=people.SECRET, code=people_code(), handed_over=code)

    first = enrolment.issue_code(staff=appointed, actor=acting(security))
    second = enrolment.issue_code(staff=appointed, actor=acting(security))
    with pytest.raises(BadInput, match="启用码"):
        enrol(first)
    with clock.shifted(clock.now() + enrolment.LIFETIME), pytest.raises(BadInput, match="启用码"):
        enrol(second)
    third = enrolment.issue_code(staff=appointed, actor=acting(security))
    for _ in range(enrolment.ATTEMPTS):
        with pytest.raises(BadInput, match="启用码"):
            enrol("AAAAA-AAAAA")
    with pytest.raises(BadInput, match="启用码"):
        enrol(third)
    with pytest.raises(BadInput, match="动态验证码不正确"):
        enrolment.enrol(
            user=user, secret=people.SECRET, code="1",
            handed_over=(last := enrolment.issue_code(staff=appointed, actor=acting(security))),
        )  # fmt: skip
    assert len(enrol(last)) == 10


def people_code():
    return second_factor.format_hotp_value(second_factor.hotp_value(people.SECRET, int(time.time()) // 30))


def test_ASVS_6_4_4_neither_who_set_the_password_nor_who_asked_for_the_reset_issues_the_code():
    member, third = people.staff(Role.APPROVER), people.staff()
    both, other = people.staff(Role.CENTRE_MANAGER), people.staff(Role.SECURITY_ADMIN)
    reset = factor_resets.request_reset(staff=member, reason="丢失", actor=acting(both))
    factor_resets.confirm_reset(reset=reset, actor=acting(other))
    services.set_initial_password(staff=member, password=HANDED, actor=acting(third))
    with pytest.raises(WrongState, match="密码是您设置的"):
        enrolment.issue_code(staff=member, actor=acting(third))
    with pytest.raises(WrongState, match="重设是您申请的"):
        enrolment.issue_code(staff=member, actor=acting(both))
    with pytest.raises(WrongState, match="给自己"):
        enrolment.issue_code(staff=member, actor=acting(member))
    assert enrolment.issue_code(staff=member, actor=acting(other))


def test_ASVS_6_4_4_who_had_a_part_in_a_reset_sets_no_password_for_a_day():
    member, asking, agreeing = people.staff(Role.APPROVER), people.staff(), people.staff()
    reset = factor_resets.request_reset(staff=member, reason="丢失", actor=acting(asking))
    factor_resets.confirm_reset(reset=reset, actor=acting(agreeing))
    for part in (asking, agreeing):
        with pytest.raises(WrongState, match="24 小时内不能设密码"):
            services.set_initial_password(staff=member, password=HANDED, actor=acting(part))
    services.set_initial_password(staff=member, password=HANDED, actor=acting(people.staff()))
    with clock.shifted(clock.now() + dt.timedelta(hours=24)):
        services.set_initial_password(staff=member, password="Blue-Kite-99", actor=acting(asking))


def test_ASVS_6_4_4_a_password_set_before_the_reset_still_wants_the_code(system, security):
    member = people.staff(Role.APPROVER)
    services.set_initial_password(staff=member, password=HANDED, actor=acting(system))
    reset = factor_resets.request_reset(staff=member, reason="丢失", actor=acting(system))
    factor_resets.confirm_reset(reset=reset, actor=acting(security))
    client = at_the_factor(member)
    assert "启用码" in client.get(FACTOR).content.decode()


def test_ASVS_6_4_4_changing_the_handed_over_password_many_times_does_not_make_it_ones_own(appointed):
    for n in range(7):
        services.passwords.set_password(user=appointed.user, password=f"Blue-Kite-{n}0")
    assert enrolment.wants_code(appointed.user)


def test_ASVS_6_4_4_a_role_that_begins_tomorrow_counts_today(system):
    member = people.staff(factor=False)
    services.assign_role(
        staff=member, role=Role.APPROVER, department=people.department(), actor=SYSTEM_ACTOR,
        valid_from=clock.today() + dt.timedelta(days=1),
    )  # fmt: skip
    services.set_initial_password(staff=member, password=HANDED, actor=acting(system))
    services.passwords.set_password(user=member.user, password=OWN)
    assert enrolment.wants_code(member.user)


def test_whoever_chose_the_password_and_gets_a_role_sets_the_factor_up_without_a_code(system):
    member = people.staff(Role.REVIEWER)
    services.set_initial_password(staff=member, password=HANDED, actor=acting(system))
    first, _ = password_step(member, HANDED)
    change_password(first, HANDED, OWN)
    services.assign_role(staff=member, role=Role.APPROVER, department=people.department(), actor=SYSTEM_ACTOR)
    client, _ = password_step(member, OWN)
    assert "启用码" not in client.get(FACTOR).content.decode()
    check_page(client.post(FACTOR, {"code": right_code(client)}))
    assert second_factor.has_one(member.user)


def test_who_shows_a_factor_with_the_new_password_has_it_as_their_own(system):
    member = people.staff(Role.APPROVER)
    services.set_initial_password(staff=member, password=HANDED, actor=acting(system))
    assert enrolment.wants_code(member.user)
    client, _ = password_step(member, HANDED)
    client.post("/accounts/code/", {"code": people.code_of(member)})
    change_password(client, HANDED, OWN)
    assert not enrolment.wants_code(member.user)


def test_ASVS_7_5_3_a_factor_is_set_up_with_a_recent_proof_even_as_a_duty():
    member = people.staff(Role.APPROVER, factor=False)
    client, _ = password_step(member)
    client.get(FACTOR)
    code = right_code(client)
    age(client, proved=session_rules.RECENT_FOR_SENDING)
    assert client.get(FACTOR)["Location"] == f"/accounts/confirm/?next={FACTOR}"
    assert client.post(FACTOR, {"code": code})["Location"].startswith("/accounts/confirm/")
    assert not second_factor.has_one(member.user)
    page = client.get(FACTOR)["Location"]
    check_page(client.get(page))
    assert client.post(page, {"password": people.PASSWORD})["Location"] == FACTOR
    check_page(client.post(FACTOR, {"code": code}))
    assert second_factor.has_one(member.user)


def test_ASVS_7_5_3_passwords_roles_and_resets_of_others_want_a_recent_proof(system, security, sign_in):
    member = people.staff(Role.REVIEWER)
    role = member.roles.get().pk
    doors = {
        system: [f"staff/{member.pk}/password/", f"staff/{member.pk}/factor/"],
        security: [f"staff/{member.pk}/roles/add/", f"roles/{role}/end/", f"staff/{member.pk}/factor-code/"],
    }
    for who, paths in doors.items():
        client = sign_in(who.number)
        for path in paths:
            assert client.get(f"/operations/{path}").status_code == 200
        age(client, proved=session_rules.RECENT_FOR_SENDING)
        for path in paths:
            for method in (client.get, client.post):
                assert method(f"/operations/{path}")["Location"].startswith("/accounts/confirm/"), path


def test_ASVS_6_3_7_the_person_is_told_of_a_password_and_of_a_factor(appointed, security, sent):
    code = enrolment.issue_code(staff=appointed, actor=acting(security))
    enrolment.enrol(user=appointed.user, secret=people.SECRET, code=people_code(), handed_over=code)
    titles = set(Message.objects.filter(user=appointed.user).values_list("title", flat=True))
    assert titles == {"管理员为您设置了新密码", "您的账号设置了动态验证码"}
    assert [text.split("】")[1][:9] for text in sent("13900000031")] == ["管理员为您设置了新", "您的账号刚刚设置了"]


def test_a_code_is_issued_only_where_one_is_needed(security):
    for member in (people.staff(Role.APPROVER), people.staff(Role.APPROVER, factor=False)):
        with pytest.raises(WrongState, match="不需要启用码"):
            enrolment.issue_code(staff=member, actor=acting(security))


def test_the_first_administrator_sets_the_factor_up_with_what_appoint_prints():
    password, code = (line.split("：")[-1].strip() for line in appoint("X1", "林一", "security_admin").splitlines()[1:])
    user = User.objects.get(username="X1")
    client = at_the_factor(user.staff, password)
    client.get(FACTOR)
    check_page(client.post(FACTOR, {"code": right_code(client), "handed_over": code}))
    assert client.get("/operations/staff/").status_code == 200
    assert Client().get("/operations/staff/").status_code == 302
