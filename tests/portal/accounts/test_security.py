"""Second factor, sessions, lock-out, passwords, separation: the rules of domain.md 11.1 and ASVS, by the pages."""

import datetime as dt
import io
import time
import uuid

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts import lockout, passwords, services, session_rules
from portal.accounts.jobs import SWEEPERS
from portal.accounts.models import FactorReset, PasswordRecord, RoleAssignment, SignIn, Staff, User
from portal.accounts.recent import recently_authenticated
from portal.accounts.roles import ADMINISTRATORS, NEEDS_SECOND_FACTOR, Role
from portal.accounts.services import factor_resets, second_factor, sessions, two_people
from portal.messaging.models import Message
from portal.privacy import keys
from portal.web.errors import BadInput, NotFound, WrongState
from portal.web.grants import SYSTEM_ACTOR, Actor
from portal.web.permissions import permissions_of_role
from tests.pages import check_page
from tests.portal.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
LOGIN, CODE, FACTOR = "/accounts/login/", "/accounts/code/", "/my/second-factor/"


def password_step(member, password=people.PASSWORD):
    client = Client()
    answer = client.post(LOGIN, {"login": member.number, "password": password})
    return client, answer


def age(client, **seconds):
    """Let a session have begun, been seen, been proved so many seconds earlier."""
    session = client.session
    notes = session[session_rules.NOTES]
    for name, by in seconds.items():
        notes[name] -= by
    session[session_rules.NOTES] = notes
    session.save()


def test_ASVS_6_3_3_no_session_stands_between_password_and_code():
    member = people.staff(Role.APPROVER)
    client, answer = password_step(member)
    assert answer["Location"] == CODE
    assert client.get("/my/profile/").status_code == 302
    check_page(client.get(CODE))
    assert "不正确" in client.post(CODE, {"code": "000000"}).content.decode()
    assert client.post(CODE, {"code": people.code_of(member)})["Location"] == "/desk/"
    assert client.get("/my/profile/").status_code == 200


def test_ASVS_6_5_1_a_code_counts_once_even_when_the_cache_forgets():
    member = people.staff(Role.APPROVER)
    code = people.code_of(member)
    first, _ = password_step(member)
    assert first.post(CODE, {"code": code}).status_code == 302
    cache.clear()
    second, _ = password_step(member)
    assert "已经用过" in second.post(CODE, {"code": code}).content.decode()
    assert second.get("/my/profile/").status_code == 302


def test_ASVS_6_5_5_old_codes_are_refused(monkeypatch):
    member = people.staff(Role.APPROVER)
    code = people.code_of(member)
    real = time.time
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: real() + 90)
    with pytest.raises(BadInput, match="不正确"):
        second_factor.verify(user=member.user, code=code)


def test_ASVS_6_3_1_five_wrong_codes_lock_the_second_step():
    member = people.staff(Role.APPROVER)
    client, _ = password_step(member)
    for _ in range(lockout.FAILURES):
        client.post(CODE, {"code": "000000"})
    assert "次数太多" in client.post(CODE, {"code": people.code_of(member)}).content.decode()


@pytest.mark.parametrize("role", sorted(NEEDS_SECOND_FACTOR))
def test_ASVS_6_3_3_whoever_approves_supervises_or_administers_sets_the_factor_up_before_anything_else(role):
    client, answer = password_step(people.staff(role, factor=False))
    assert answer["Location"] == "/desk/"
    for path in ("/desk/", "/my/profile/", "/operations/staff/"):
        answer = client.get(path)
        assert answer.status_code in {302, 403}
        assert answer.status_code == 403 or answer["Location"] == FACTOR
    assert client.get("/my/profile/", headers={"HX-Request": "true"})["HX-Redirect"] == FACTOR


def test_others_need_no_second_factor():
    client, _ = password_step(people.staff(Role.REVIEWER))
    assert client.get("/my/profile/").status_code == 200


def test_ASVS_6_5_2_setting_up_shows_secret_and_recovery_codes_once_and_each_works_once():
    member = people.staff(Role.SUPERVISOR, factor=False)
    client, _ = password_step(member)
    page = check_page(client.get(FACTOR))
    assert "data:image/svg+xml" in page
    secret = client.session["accounts.new_secret"]
    assert " ".join(secret[i : i + 4] for i in range(0, 32, 4)) in page
    assert "不正确" in client.post(FACTOR, {"code": "000000"}).content.decode()
    assert client.session["accounts.new_secret"] == secret, "a wrong code keeps the picture that was scanned"
    code = second_factor.format_hotp_value(second_factor.hotp_value(secret, int(time.time()) // 30))
    answer = client.post(FACTOR, {"code": code})
    check_page(answer)
    codes = answer.context["codes"]
    assert len(codes) == 10
    assert client.get("/my/profile/").status_code == 200
    later = client.get(FACTOR).content.decode()
    assert "还有 10 个备用码" in later
    assert codes[0] not in later
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert secret not in str(cursor.fetchall()), "sealed at rest"
    for expected in (302, 200):
        other, _ = password_step(member)
        assert other.post(CODE, {"code": codes[0]}).status_code == expected


def test_new_recovery_codes_end_the_old_ones_and_want_a_recent_proof(sign_in):
    member = people.staff(Role.SUPERVISOR)
    client = sign_in(member.number)
    age(client, proved=session_rules.RECENT)
    answer = client.get("/my/second-factor/codes/")
    assert answer["Location"].startswith("/accounts/confirm/?next=")
    page = answer["Location"]
    assert "密码不正确" in client.post(page, {"password": "no"}).content.decode()
    assert client.post(page, {"password": people.PASSWORD})["Location"] == "/my/second-factor/codes/"
    check_page(client.get("/my/second-factor/codes/"))
    old = client.post("/my/second-factor/codes/").context["codes"][0]
    client.post("/my/second-factor/codes/")
    with pytest.raises(BadInput):
        second_factor.verify(user=member.user, code=old)


def test_a_second_set_up_and_codes_without_a_factor_are_refused():
    member = people.staff(Role.SUPERVISOR)
    with pytest.raises(WrongState):
        second_factor.activate(user=member.user, secret=people.SECRET, code="1")
    with pytest.raises(WrongState):
        second_factor.renew_recovery_codes(user=people.staff().user)


def test_citizens_have_no_page_for_a_second_factor(sign_in):
    people.citizen(mobile="13900000001")
    assert sign_in("13900000001").get(FACTOR).status_code == 404


def test_ASVS_6_4_4_a_lost_factor_is_reset_by_two_people_and_the_person_is_told(sign_in):
    member = people.staff(Role.APPROVER)
    system, security = people.staff(Role.SYSTEM_ADMIN, of="904"), people.staff(Role.SECURITY_ADMIN, of="904")
    theirs, asking, deciding = (sign_in(one.number) for one in (member, system, security))
    path = f"/operations/staff/{member.pk}/factor/"
    assert "请填写原因" in asking.post(path, {"reason": ""}).content.decode()
    asking.post(path, {"reason": "手机丢失"})
    asking.post(path, {"reason": "手机丢失"})
    reset = FactorReset.objects.get()
    confirm = f"/operations/factor-resets/{reset.pk}/confirm/"
    assert asking.get(confirm).status_code == 403
    assert "手机丢失" in check_page(deciding.get("/operations/factor-resets/"))
    check_page(deciding.get(confirm))
    assert second_factor.has_one(member.user)
    assert deciding.post(confirm).status_code == 302
    assert not second_factor.has_one(member.user)
    assert "ended=factor" in theirs.get("/desk/")["Location"]
    assert "动态验证码已经重设" in Message.objects.get(user=member.user).title
    with connection.cursor() as cursor:
        sql = "SELECT convert_from(canon, 'UTF8')::json->>'kind' FROM audit.event WHERE subject = %s"
        cursor.execute(sql, [member.pk])
        kinds = {row[0] for row in cursor.fetchall()}
    assert {"accounts.factor_reset_requested", "accounts.factor_reset_confirmed"} <= kinds
    assert "已经办理" in deciding.post(confirm).content.decode(), "the same click twice"


def test_ASVS_6_4_4_one_person_alone_resets_nothing_nor_their_own():
    member, admin = people.staff(Role.APPROVER), people.staff(Role.SYSTEM_ADMIN)
    actor = Actor(admin.user_id, admin.name)
    reset = factor_resets.request_reset(staff=member, reason="x", actor=actor)
    for who, words in ((actor, "另一位"), (Actor(member.user_id, ""), "自己")):
        with pytest.raises(WrongState, match=words):
            factor_resets.confirm_reset(reset=reset, actor=who)
    with pytest.raises(WrongState, match="自己"):
        factor_resets.request_reset(staff=admin, reason="x", actor=actor)
    with pytest.raises(WrongState, match="没有设置"):
        factor_resets.request_reset(staff=people.staff(), reason="x", actor=actor)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        FactorReset.objects.filter(pk=reset.pk).update(
            outcome="confirmed", decided_by=admin.user, decided_at=clock.now()
        )
    assert second_factor.has_one(member.user)


def test_a_reset_that_nobody_decides_on_expires_and_one_that_is_refused_changes_nothing():
    member, admin, other = people.staff(Role.APPROVER), people.staff(), people.staff()
    actor, second = Actor(admin.user_id, ""), Actor(other.user_id, "")
    reset = factor_resets.request_reset(staff=member, reason="x", actor=actor)
    with clock.shifted(clock.now() + two_people.LIFETIME):
        with pytest.raises(WrongState, match="过期"):
            factor_resets.confirm_reset(reset=reset, actor=second)
        assert SWEEPERS["accounts.factor_resets"](10) == 1
    again = factor_resets.request_reset(staff=member, reason="x", actor=actor)
    factor_resets.refuse_reset(reset=again, actor=second)
    assert second_factor.has_one(member.user)


def test_a_role_that_wants_a_factor_ends_the_session_of_one_who_has_none(sign_in):
    member = people.staff(Role.REVIEWER)
    client = sign_in(member.number)
    services.assign_role(staff=member, role=Role.APPROVER, department=people.department(), actor=SYSTEM_ACTOR)
    assert "ended=roles" in client.get("/desk/")["Location"]


@pytest.mark.parametrize(("staff", "limit"), [(True, session_rules.STAFF_IDLE), (False, session_rules.CITIZEN_IDLE)])
def test_ASVS_7_3_1_idle_sessions_end_and_the_page_says_so(staff, limit, sign_in):
    people.citizen(mobile="13900000001")
    client = sign_in(people.staff(Role.REVIEWER).number if staff else "13900000001")
    key = client.session.session_key
    age(client, seen=limit - 5)
    assert client.get("/my/profile/").status_code == 200
    age(client, seen=limit)
    answer = client.get("/my/profile/?done=x")
    assert answer["Location"] == "/accounts/login/?next=/my/profile/%3Fdone%3Dx&ended=idle"
    page = check_page(client.get(answer["Location"]))
    assert "分钟没有操作" in page
    client.cookies["sessionid"] = key
    assert client.get("/my/profile/").status_code == 302, "the old cookie is dead"


def test_ASVS_7_3_2_a_session_ends_after_twelve_hours_whatever_one_does(sign_in):
    client = sign_in(people.staff().number)
    age(client, began=session_rules.LONGEST)
    assert "ended=expired" in client.get("/my/profile/")["Location"]


def test_a_form_that_is_sent_too_late_says_that_it_was_not_saved_and_leads_back(sign_in):
    people.citizen(mobile="13900000001")
    client = sign_in("13900000001")
    age(client, seen=session_rules.CITIZEN_IDLE)
    answer = client.post(
        "/my/profile/link/", {}, headers={"Referer": "http://testserver/my/profile/?a=1"}
    )
    assert answer["Location"] == "/accounts/login/?next=/my/profile/%3Fa%3D1&ended=idle&unsaved=1"
    assert "没有保存" in client.get(answer["Location"]).content.decode()
    answer = client.post(answer["Location"], {"login": "13900000001", "password": people.PASSWORD})
    assert answer["Location"] == "/my/profile/?a=1"


def test_ASVS_7_4_1_a_form_sent_after_signing_out_in_another_tab_says_so_and_leads_back(sign_in):
    people.citizen(mobile="13900000001")
    client = sign_in("13900000001")
    client.post("/accounts/logout/")
    answer = client.post("/my/profile/link/", {}, headers={"Referer": "http://testserver/my/profile/"})
    assert answer["Location"] == "/accounts/login/?next=/my/profile/&ended=signed_out&unsaved=1"
    page = client.get(answer["Location"]).content.decode()
    assert "在浏览器的另一个页面退出" in page and "没有保存" in page
    again = client.post(answer["Location"], {"login": "13900000001", "password": people.PASSWORD})
    assert again["Location"] == "/my/profile/"
    assert "ended" not in Client().get("/my/profile/")["Location"]


def test_ASVS_3_7_2_a_foreign_referer_is_not_where_one_returns(sign_in):
    client = sign_in(people.staff().number)
    age(client, seen=session_rules.STAFF_IDLE)
    answer = client.post("/my/sign-ins/end/", headers={"Referer": "https://evil.example/x"})
    assert "next=/my/sign-ins/end/" in answer["Location"]


def test_staff_have_one_session_and_the_older_is_told_why(sign_in):
    member = people.staff(Role.REVIEWER)
    old, new = sign_in(member.number), sign_in(member.number)
    answer = old.get("/my/profile/")
    assert "ended=replaced" in answer["Location"]
    assert "在另一处登录了" in old.get(answer["Location"]).content.decode()
    assert new.get("/my/profile/").status_code == 200


def test_ASVS_7_5_2_citizens_see_their_sessions_and_end_them_elsewhere(sign_in):
    people.citizen(mobile="13900000001")
    here, there, third = (sign_in("13900000001") for _ in range(3))
    page = check_page(here.get("/my/sign-ins/"))
    assert page.count("就是这里") == 1
    row = SignIn.objects.get(session_key=there.session.session_key)
    here.post(f"/my/sign-ins/{row.pk}/end/")
    here.post(f"/my/sign-ins/{row.pk}/end/")
    assert "ended=elsewhere" in there.get("/my/profile/")["Location"]
    assert third.get("/my/profile/").status_code == 200
    here.post("/my/sign-ins/end/")
    assert third.get("/my/profile/").status_code == 302
    assert here.get("/my/sign-ins/").status_code == 200


def test_ASVS_8_2_2_the_session_of_another_is_not_found():
    first, second = people.citizen(mobile="13900000001"), people.citizen(mobile="13900000002", name="赵六")
    client = Client()
    client.force_login(first)
    with pytest.raises(NotFound):
        sessions.end_one(user=second, sign_in=SignIn.objects.get().pk)
    other = Client()
    other.force_login(second)
    assert other.post(f"/my/sign-ins/{SignIn.objects.get(user=first).pk}/end/").status_code == 404
    assert other.post(f"/my/sign-ins/{uuid.uuid4()}/end/").status_code == 404


def test_ASVS_7_4_1_a_session_that_a_cache_brought_back_dies_within_a_minute(sign_in):
    client = sign_in(people.staff().number)
    SignIn.objects.update(ended_at=clock.now(), ending=SignIn.Ending.REPLACED)
    age(client, seen=session_rules.STEP)
    assert "ended=replaced" in client.get("/my/profile/")["Location"]


@pytest.mark.parametrize("how", ["sign_out", "leave", "password"])
def test_ASVS_7_4_1_the_old_cookie_is_dead(how, sign_in):
    member = people.staff(Role.REVIEWER)
    client = sign_in(member.number)
    key = client.session.session_key
    if how == "sign_out":
        client.post("/accounts/logout/")
    elif how == "leave":
        services.end_staff(staff=member, left_on=clock.today(), actor=SYSTEM_ACTOR)
    else:
        services.set_initial_password(staff=member, password="Long-enough-1", actor=SYSTEM_ACTOR)
    thief = Client()
    thief.cookies["sessionid"] = key
    answer = thief.get("/my/profile/")
    assert f"ended={ {'sign_out': 'signed_out', 'leave': 'closed', 'password': 'password'}[how] }" in answer["Location"]
    assert not SignIn.objects.filter(ended_at=None).exists()


def test_public_pages_do_not_look_at_the_session(sign_in):
    client = sign_in(people.staff().number)
    age(client, seen=session_rules.STAFF_IDLE)
    answer = client.get("/livez")
    assert answer.status_code == 200
    assert "cookie" not in answer.get("Vary", "").lower()


def test_ASVS_7_5_3_an_act_that_cannot_be_undone_wants_a_recent_proof_but_bears_a_slow_form(sign_in):
    client = sign_in(people.staff().number)
    request = RequestFactory().get("/x/")
    request.session = client.session
    view = recently_authenticated(lambda request: HttpResponse("done"))
    assert view(request).content == b"done"
    age(client, proved=session_rules.RECENT)
    request.session = client.session
    assert view(request)["Location"] == "/accounts/confirm/?next=/x/"
    post = RequestFactory().post("/x/")
    post.session = client.session
    assert view(post).content == b"done"
    age(client, proved=session_rules.RECENT)
    post.session = client.session
    assert "unsaved=1" in view(post)["Location"]


def test_ASVS_6_3_1_an_unlocked_desk_cannot_guess_the_password_at_the_proof(sign_in):
    client = sign_in(people.staff().number)
    for _ in range(lockout.FAILURES):
        client.post("/accounts/confirm/", {"password": "no"})
    assert "次数太多" in client.post("/accounts/confirm/", {"password": people.PASSWORD}).content.decode()


def test_ASVS_6_3_1_five_failures_lock_for_fifteen_minutes_whether_the_account_exists_or_not():
    member = people.staff(number="A1001")
    seen = []
    for login in (member.number, "A1002"):
        for _ in range(lockout.FAILURES):
            Client().post(LOGIN, {"login": login, "password": "wrong-password-1"})
        client = Client()
        client.get(LOGIN)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(LOGIN, {"login": login, "password": people.PASSWORD})
        seen.append((answer.status_code, len(queries), "15 分钟" in answer.content.decode()))
    assert answer["Retry-After"] == "900"
    assert seen == [(429, seen[0][1], True)] * 2


def test_a_right_password_ends_the_count_and_phones_are_locked_one_by_one(sign_in):
    for phone, name in (("13900000001", "张三丰"), ("13900000002", "赵六")):
        people.citizen(mobile=phone, name=name)
    for _ in range(2):
        for _ in range(lockout.FAILURES - 1):
            Client().post(LOGIN, {"login": "13900000001", "password": "wrong-password-1"})
        sign_in("13900000001")
    for _ in range(lockout.FAILURES):
        Client().post(LOGIN, {"login": "+86 13900000001", "password": "wrong-password-1"})
    assert "次数太多" in Client().post(LOGIN, {"login": "13900000001", "password": people.PASSWORD}).content.decode()
    sign_in("13900000002")


@pytest.mark.parametrize(
    ("password", "level", "words"),
    [
        ("Abc-12", "staff", ["至少 8 位"]),
        ("abcdefgh1", "staff", ["三种"]),
        ("Abcdefg1", "staff", []),
        ("Abcdefg-1", "administrator", ["至少 12 位"]),
        ("Abcdefghijk1", "administrator", []),
        ("abcdefghij", "", []),
        ("Abc-1", "", ["至少 10 位"]),
    ],
)
def test_11_1_length_and_classes_of_passwords(password, level, words):
    found = passwords.faults(password, level)
    assert len(found) == len(words)
    assert all(word in sentence for word, sentence in zip(words, found, strict=True))


def test_11_1_ASVS_6_2_4_common_and_local_passwords_are_refused():
    user = people.staff().user
    for password in ("Password123", "Shuozhou@2026", "passw0rd"):
        with pytest.raises(BadInput):
            services.passwords.check(user=user, password=password, field="password")
    services.passwords.check(user=user, password="Blue-Kite-82", field="password")


def test_11_1_the_last_five_are_not_used_again():
    user = people.staff().user
    for n in range(6):
        services.passwords.set_password(user=user, password=f"Blue-Kite-{n}")
    assert PasswordRecord.objects.filter(user=user).count() == passwords.HISTORY
    with pytest.raises(BadInput, match="最近用过"):
        services.passwords.check(user=user, password="Blue-Kite-1", field="password")
    services.passwords.check(user=user, password="Blue-Kite-0", field="password")


def test_11_1_ASVS_6_4_1_an_initial_password_is_changed_before_anything_else():
    member = people.staff(Role.REVIEWER)
    services.set_initial_password(staff=member, password="Blue-Kite-82", actor=SYSTEM_ACTOR)
    client, _ = password_step(member, "Blue-Kite-82")
    assert client.get("/my/profile/")["Location"] == "/accounts/password/change/"
    assert "要先修改密码" in check_page(client.get("/accounts/password/change/"))
    data = {"oldpassword": "Blue-Kite-82", "password1": "Blue-Kite-82", "password2": "Blue-Kite-82"}
    assert "最近用过" in client.post("/accounts/password/change/", data).content.decode()
    data |= {"password1": "Red-Kite-83", "password2": "Red-Kite-83"}
    assert client.post("/accounts/password/change/", data).status_code == 302
    client, _ = password_step(member, "Red-Kite-83")
    assert client.get("/my/profile/").status_code == 200


def test_11_1_a_password_is_changed_after_ninety_days_and_for_a_stronger_role():
    member = people.staff(Role.CATALOGUE_EDITOR)
    services.passwords.set_password(user=member.user, password="Blue-Kite-82")
    assert not services.passwords.must_change(member.user)
    with clock.shifted(clock.now() + dt.timedelta(days=90)):
        assert services.passwords.must_change(member.user)
    services.assign_role(staff=member, role=Role.AUDIT_ADMIN, actor=SYSTEM_ACTOR)
    assert services.passwords.must_change(member.user)


def test_a_member_without_a_record_changes_the_password_outside_the_demonstration(settings):
    member = people.staff()
    assert not services.passwords.must_change(member.user)
    settings.DEMONSTRATION = False
    assert services.passwords.must_change(member.user)


def test_ASVS_8_2_1_the_three_administrators_share_no_work():
    """Of the permissions of every app; all staff may read the stationing page."""
    held = {role: {p.value for p in permissions_of_role(role.value)} - {"view_stationing"} for role in ADMINISTRATORS}
    for role, permissions in held.items():
        for other, theirs in held.items():
            assert other == role or not permissions & theirs, (role, other)


@pytest.mark.parametrize("until", [None, dt.timedelta(days=3)])
def test_ASVS_8_2_1_no_one_is_two_administrators_not_even_by_a_row_that_goes_round_the_service(until):
    member = people.staff(Role.SYSTEM_ADMIN)
    today = clock.today()
    ends = today + until if until else None
    with pytest.raises(WrongState, match="已经是系统管理员"):
        services.assign_role(staff=member, role=Role.AUDIT_ADMIN, actor=SYSTEM_ACTOR, valid_until=ends)
    with pytest.raises(IntegrityError, match="three"), transaction.atomic():
        RoleAssignment.objects.create(staff=member, role=Role.AUDIT_ADMIN, valid_from=today, valid_until=ends)
    people.staff(Role.SYSTEM_ADMIN)
    services.end_role(assignment=RoleAssignment.objects.get(staff=member), actor=SYSTEM_ACTOR)
    services.assign_role(staff=member, role=Role.AUDIT_ADMIN, actor=SYSTEM_ACTOR)


def test_the_sweep_closes_a_leaver_whose_job_died(sign_in):
    member = people.staff(Role.REVIEWER)
    client = sign_in(member.number)
    day = clock.today() + dt.timedelta(days=2)
    services.end_staff(staff=member, left_on=day, actor=SYSTEM_ACTOR)
    assert SWEEPERS["accounts.leavers"](10) == 0
    with clock.shifted(dt.datetime.combine(day, dt.time(0, 1), tzinfo=clock.SHANGHAI)):
        assert SWEEPERS["accounts.leavers"](10) == 1
        assert SWEEPERS["accounts.leavers"](10) == 0
    assert not User.objects.get(pk=member.user_id).is_active
    assert "ended=closed" in client.get("/desk/")["Location"]


def test_records_of_sign_ins_are_kept_for_more_than_six_months_and_then_go(sign_in):
    sign_in(people.staff().number)
    assert dt.timedelta(days=183) < sessions.KEPT
    assert SWEEPERS["accounts.sign_ins"](10) == 0
    with clock.shifted(clock.now() + sessions.KEPT + dt.timedelta(days=1)):
        assert SWEEPERS["accounts.sign_ins"](10) == 1


def test_ASVS_6_3_8_changing_to_a_known_and_an_unknown_phone_costs_and_answers_the_same(sign_in):
    people.citizen(mobile="13900000001")
    people.citizen(mobile="13900000005", name="赵六")
    client = sign_in("13900000001")
    seen = []
    for phone in ("13900000005", "13900000006"):
        client.get("/my/profile/phone/")
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/my/profile/phone/", {"phone": phone, "password": people.PASSWORD})
        seen.append((answer.status_code, answer["Location"], len(queries)))
        cache.clear()
    assert seen[0] == seen[1]


def appoint(*arguments):
    output = io.StringIO()
    call_command("appoint", *arguments, stdout=output)
    return output.getvalue()


def test_appoint_makes_an_administrator_once_and_prints_the_password_once():
    text = appoint("X1", "林一", "security_admin")
    password, code = (line.split("：")[-1].strip() for line in text.splitlines()[1:])
    assert passwords.faults(password, "administrator") == []
    client, _ = password_step(Staff.objects.get(number="X1"), password)
    assert client.get("/my/profile/")["Location"] == "/accounts/password/change/"
    again = appoint("X1", "林一", "security_admin")
    assert "已经是安全管理员" in again
    assert "密码" not in again
    assert RoleAssignment.objects.filter(staff__number="X1").count() == 1
    assert code not in again and "启用码" in again, "another one while there is no factor"
    second_factor.give(user=Staff.objects.get(number="X1").user, secret=people.SECRET)
    assert "启用码" not in appoint("X1", "林一", "security_admin")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("X1", "林一", "system_admin"), "不能是同一个人"),
        (("X1", "王二", "security_admin"), "不是王二"),
        (("X2", "王二", "audit_admin", "--department", "999"), "没有编号"),
        (("错", "王二", "audit_admin"), "工号只能"),
    ],
)
def test_appoint_refuses_what_breaks_the_separation_or_names_another(arguments, words):
    appoint("X1", "林一", "security_admin")
    with pytest.raises(CommandError, match=words):
        appoint(*arguments)
    assert Staff.objects.count() == 1


def test_appoint_gives_only_administrators():
    with pytest.raises(CommandError):
        appoint("X1", "林一", "approver")


@pytest.fixture
def fresh_keys(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    keys.key_ring.cache_clear()
    yield
    keys.key_ring.cache_clear()


def test_secrets_of_second_factors_follow_a_rotation_of_the_master_key(fresh_keys):
    member = people.staff(Role.SUPERVISOR)
    codes = second_factor.renew_recovery_codes(user=member.user)
    old = frozenset({keys.key_ring().current})
    keys.add_master()
    assert second_factor.reseal(old, 1) == 1
    assert second_factor.reseal(old, 10) == 1
    assert second_factor.reseal(old, 10) == 0
    keys.drop_masters(old)
    second_factor.verify(user=member.user, code=people.code_of(member))
    second_factor.verify(user=member.user, code=codes[0])


def test_whoever_is_erased_leaves_no_device_and_no_address(sign_in):
    user = people.citizen(mobile="13900000001")
    client = sign_in("13900000001")
    assert client.post("/my/profile/data/erase/", {"password": people.PASSWORD, "understood": "on"}).status_code == 200
    assert not SignIn.objects.filter(user=user).exists()


def test_ASVS_7_5_3_a_copy_of_ones_data_wants_a_recent_proof(sign_in):
    people.citizen(mobile="13900000001")
    client = sign_in("13900000001")
    assert client.post("/my/profile/data/copy/").status_code == 200
    age(client, proved=session_rules.RECENT_FOR_SENDING)
    answer = client.post("/my/profile/data/copy/", headers={"Referer": "http://testserver/my/profile/data/"})
    assert answer["Location"] == "/accounts/confirm/?next=/my/profile/data/&unsaved=1"
