"""Registration, sign-in, reset and change of phone by the pages; nobody learns who is registered."""

import datetime as dt
import re

import pytest
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts import services
from portal.accounts.models import OneTimeCode, Person, User
from portal.accounts.personas import Persona, personas, register
from portal.accounts.roles import Role
from portal.outbox.models import Job
from portal.web import limits
from tests.portal.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

PHONE = "13900000001"


def registration(**changes):
    data = {
        "name": "王五",
        "identity_number": people.identity_number(),
        "phone": PHONE,
        "password1": people.PASSWORD,
        "password2": people.PASSWORD,
        "agree": "on",
    }
    return {**data, **changes}


def test_registering_needs_the_code_and_makes_an_unverified_person(client, code_to):
    response = client.post("/accounts/signup/", registration(phone="+86 139-0000-0001"))
    assert (response.status_code, response["Location"]) == (302, "/accounts/signup/code/")
    assert not User.objects.exists()
    assert not Person.objects.exists()
    response = client.post("/accounts/signup/code/", {"code": code_to(PHONE)})
    assert response.status_code == 302
    user = User.objects.get()
    assert user.phone == PHONE
    assert user.person is not None
    assert not user.person.is_verified
    assert "身份还没有核验" in client.get("/my/profile/").content.decode()


def test_a_code_is_sent_again_after_a_minute_and_nothing_is_typed_twice(client, sent, code_to):
    page = "/accounts/signup/code/"
    client.post("/accounts/signup/", registration())
    first = code_to(PHONE)
    seen = client.get(page).content.decode()
    assert "秒后可以重新发送" in seen and 'name="resend"' in seen
    early = client.post(page, {"resend": "1", "code": "123"})
    assert early.status_code == 429 and 0 < int(early["Retry-After"]) <= 60
    assert "秒再重新发送" in early.content.decode() and 'value="123"' in early.content.decode()
    assert len(sent(PHONE)) == 1
    cache.clear()
    with clock.shifted(clock.now() + dt.timedelta(seconds=61)):
        assert "秒后可以" not in client.get(page).content.decode()
        again = client.post(page, {"resend": "1", "code": ""}, follow=True)
        assert "已重新发送" in again.content.decode()
        second = code_to(PHONE)
        assert first != second
        assert "不正确或已过期" in client.post(page, {"code": first}).content.decode()
        assert client.post(page, {"code": second}).status_code == 302
    assert User.objects.get().person.name == registration()["name"]


def test_ASVS_6_3_8_a_known_phone_is_sent_again_as_an_unknown_one(client, sent):
    people.citizen(mobile=PHONE)
    client.post("/accounts/signup/", registration())
    cache.clear()
    with clock.shifted(clock.now() + dt.timedelta(seconds=61)):
        assert client.post("/accounts/signup/code/", {"resend": "1"}).status_code == 302
        assert len([text for text in sent(PHONE) if "已经注册过" in text]) == 2
    assert User.objects.count() == 1


def test_ASVS_6_5_1_a_code_works_once(client, code_to):
    client.post("/accounts/signup/", registration())
    code = code_to(PHONE)
    client.post("/accounts/signup/code/", {"code": code})
    row = OneTimeCode.objects.get()
    with pytest.raises(Exception, match="不正确或已过期"):
        services.signing_in.finish_registration(code_id=row.pk, typed=code)
    assert User.objects.count() == 1


def test_ASVS_6_5_5_a_code_ends_after_ten_minutes_and_after_five_attempts(client, code_to):
    client.post("/accounts/signup/", registration())
    code = code_to(PHONE)
    with clock.shifted(clock.now() + dt.timedelta(minutes=10, seconds=1)):
        assert "已过期" in client.post("/accounts/signup/code/", {"code": code}).content.decode()
    OneTimeCode.objects.update(attempts=0)
    for _ in range(5):
        client.post("/accounts/signup/code/", {"code": "x"})
    assert OneTimeCode.objects.get().attempts == 5
    assert "已过期" in client.post("/accounts/signup/code/", {"code": code}).content.decode()
    assert not User.objects.exists()


def test_ASVS_6_6_2_another_browser_cannot_give_the_code(client, code_to):
    client.post("/accounts/signup/", registration())
    stranger = Client()
    response = stranger.post("/accounts/signup/code/", {"code": code_to(PHONE)})
    assert (response.status_code, response["Location"]) == (302, "/accounts/signup/")


def test_ASVS_6_5_2_neither_code_nor_number_stands_readable_in_the_outbox_or_the_code_table(client, code_to):
    data = registration()
    client.post("/accounts/signup/", data)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM accounts_onetimecode c")
        stored = cursor.fetchone()[0]
    jobs = str(list(Job.objects.values_list("payload", flat=True)))
    code = code_to(PHONE)
    for secret in (data["identity_number"], PHONE, "王五", code):
        assert secret not in stored
        assert secret not in jobs


def test_ASVS_6_3_8_registering_a_known_phone_answers_the_same_and_makes_nothing(client, sent):
    people.citizen(mobile=PHONE)
    unknown = "13900000002"
    known_queries, known = _measured(client, "/accounts/signup/", registration())
    known_page = client.get("/accounts/signup/code/").content.decode()
    other = Client()
    unknown_queries, answer = _measured(other, "/accounts/signup/", registration(phone=unknown))
    unknown_page = other.get("/accounts/signup/code/").content.decode()
    assert (known.status_code, known["Location"]) == (answer.status_code, answer["Location"])
    assert known_queries == unknown_queries
    assert _plain(known_page) == _plain(unknown_page)
    assert "已经注册" in sent(PHONE)[0]
    assert "已经注册" not in sent(unknown)[0]


def test_wrong_input_of_registration_is_said_at_its_field(client):
    page = client.post(
        "/accounts/signup/",
        registration(name="1", identity_number="140602198501010017", phone="123", password2="different-pw-1", agree=""),
    ).content.decode()
    for sentence in ("请填写与身份证一致的姓名", "校验位不对", "11 位数字", "两次填写的密码不一致", "请勾选"):
        assert sentence in page
    assert people.PASSWORD not in page


@pytest.mark.parametrize("way", ["phone", "plus", "username", "number"])
def test_signing_in_by_phone_user_name_or_staff_number_in_one_field(way, sign_in):
    user = people.citizen(mobile=PHONE)
    member = people.staff(Role.REVIEWER, number="A1001")
    login = {"phone": PHONE, "plus": "+86 139 0000 0001", "username": user.username, "number": member.number}[way]
    client = sign_in(login)
    assert client.get("/my/profile/").status_code == 200


def test_staff_go_to_their_desk_and_citizens_to_their_cases(client):
    member = people.staff(Role.REVIEWER)
    answer = client.post("/accounts/login/", {"login": member.number, "password": people.PASSWORD})
    assert answer["Location"] == "/desk/"
    people.citizen(mobile=PHONE)
    answer = Client().post("/accounts/login/", {"login": PHONE, "password": people.PASSWORD})
    assert answer["Location"] == "/my/"


@pytest.mark.parametrize(("known", "unknown"), [("A1001", "A1002"), (PHONE, "13900000002")])
def test_ASVS_6_3_8_a_wrong_password_and_an_unknown_account_are_answered_alike(known, unknown, monkeypatch):
    people.citizen(mobile=PHONE)
    people.staff(Role.REVIEWER, number="A1001")
    runs = []
    encode = hashers.MD5PasswordHasher.encode
    calls = []
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *a, **k: calls.append(1) or encode(*a, **k))
    for login in (known, unknown):
        calls.clear()
        queries, answer = _measured(Client(), "/accounts/login/", {"login": login, "password": "wrong-password-1"})
        runs.append((queries, answer.status_code, len(calls), _plain(answer.content.decode(), login)))
    assert runs[0] == runs[1]
    assert "账号或密码不正确" in runs[0][3]


def test_ASVS_6_3_1_five_wrong_passwords_lock_the_account_but_not_the_address(client):
    people.staff(number="A1001")
    people.staff(number="A1002")
    for _ in range(5):
        client.post("/accounts/login/", {"login": "A1001", "password": "wrong-password-1"})
    answer = client.post("/accounts/login/", {"login": "A1001", "password": people.PASSWORD})
    assert "次数太多" in answer.content.decode()
    answer = client.post("/accounts/login/", {"login": "A1002", "password": people.PASSWORD})
    assert answer.status_code == 302


def test_ASVS_6_3_8_reset_answers_alike_for_known_unknown_and_phoneless_accounts(sent):
    user = people.citizen(mobile=PHONE)
    member = people.staff(number="A1001")
    seen = []
    for login in (PHONE, "13900000002", user.username, member.number, "nobody"):
        client = Client()
        queries, answer = _measured(client, "/accounts/password/reset/", {"login": login})
        page = client.get("/accounts/password/reset/code/").content.decode()
        seen.append((queries, answer.status_code, answer["Location"], _plain(page)))
        cache.clear()
    assert all(one == seen[0] for one in seen)
    assert len([text for text in sent(PHONE) if "验证码" in text]) == 2
    assert sent("13900000002") == []


def test_ASVS_7_4_3_reset_by_code_ends_every_session(client, code_to, sign_in):
    people.citizen(mobile=PHONE)
    old = sign_in(PHONE)
    client.post("/accounts/password/reset/", {"login": PHONE})
    new = "another-horse-8"
    data = {"code": code_to(PHONE), "password1": new, "password2": new}
    assert client.post("/accounts/password/reset/code/", data).status_code == 302
    assert old.get("/my/profile/").status_code == 302
    sign_in(PHONE, new)


def test_no_code_resets_an_unknown_account(client):
    client.post("/accounts/password/reset/", {"login": "nobody"})
    data = {"code": "000000", "password1": "another-horse-8", "password2": "another-horse-8"}
    assert "不正确或已过期" in client.post("/accounts/password/reset/code/", data).content.decode()


def test_ASVS_6_6_3_a_reset_sends_no_text_to_a_stranger_and_an_address_sends_so_many_a_day(sent):
    for n in range(100):
        limits.forget("reset", "127.0.0.1")  # as if the calls came slowly
        assert Client().post("/accounts/password/reset/", {"login": f"138{n:08}"}).status_code == 302
    assert not any(sent(f"138{n:08}") for n in (0, 99))
    limits.forget("reset", "127.0.0.1")
    answer = Client().post("/accounts/password/reset/", {"login": PHONE})
    assert (answer.status_code, answer["Retry-After"]) == (429, "86400")
    assert "请过 24 小时再试" in answer.content.decode()
    assert Client().post("/accounts/signup/", registration()).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").post("/accounts/password/reset/", {"login": PHONE}).status_code == 302


def test_ASVS_6_6_3_codes_to_one_phone_are_limited(client):
    people.citizen(mobile=PHONE)
    client.post("/accounts/password/reset/", {"login": PHONE})
    answer = client.post("/accounts/password/reset/", {"login": PHONE})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "请过 1 分钟再试" in answer.content.decode()


def test_ASVS_6_3_7_changing_the_phone_needs_password_and_code_and_tells_the_old_one(code_to, sent, sign_in):
    people.citizen(mobile=PHONE)
    client = sign_in(PHONE)
    wrong = client.post("/my/profile/phone/", {"phone": "13900000009", "password": "no"})
    assert "密码不正确" in wrong.content.decode()
    client.post("/my/profile/phone/", {"phone": "13900000009", "password": people.PASSWORD})
    answer = client.post("/my/profile/phone/code/", {"code": code_to("13900000009")})
    assert answer.status_code == 302
    assert "登录手机已改为 139****0009" in sent(PHONE)[-1]
    sign_in("13900000009")


def test_a_phone_of_another_account_is_not_taken_over_and_not_betrayed(sent, sign_in):
    people.citizen(mobile=PHONE)
    people.citizen(mobile="13900000005", name="赵六")
    client = sign_in(PHONE)
    answer = client.post("/my/profile/phone/", {"phone": "13900000005", "password": people.PASSWORD})
    assert answer["Location"] == "/my/profile/phone/code/"
    assert not any("验证码" in text for text in sent("13900000005"))
    assert "不正确" in client.post("/my/profile/phone/code/", {"code": "123456"}).content.decode()


def test_ASVS_6_2_3_changing_the_password_ends_the_session(sign_in):
    people.citizen(mobile=PHONE)
    client = sign_in(PHONE)
    data = {"oldpassword": "no", "password1": "another-horse-8", "password2": "another-horse-9"}
    page = client.post("/accounts/password/change/", data).content.decode()
    assert "现在的密码不正确" in page
    assert "两次填写的密码不一致" in page
    data |= {"oldpassword": people.PASSWORD, "password2": "another-horse-8"}
    answer = client.post("/accounts/password/change/", data)
    assert answer["Location"] == "/accounts/login/?changed=1"
    assert client.get("/my/profile/").status_code == 302
    sign_in(PHONE, "another-horse-8")


def test_ASVS_7_2_4_signing_out_is_a_post_and_the_session_key_changes_at_sign_in(client):
    people.citizen(mobile=PHONE)
    client.get("/accounts/password/reset/")
    client.post("/accounts/password/reset/", {"login": PHONE})
    before = client.session.session_key
    client.post("/accounts/login/", {"login": PHONE, "password": people.PASSWORD})
    assert client.session.session_key != before
    client.get("/accounts/logout/")
    assert client.get("/my/profile/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/my/profile/").status_code == 302


def test_ASVS_6_3_4_no_page_of_allauth_beyond_ours_is_served(client):
    for path in ("email/", "password/set/", "login/code/", "reauthenticate/", "confirm-email/x/"):
        assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["login/", "logout/", "signup/", "password/reset/", "inactive/", "password/change/", "signup/code/"],
)
def test_pages_speak_chinese(path, sign_in, client):
    people.citizen(mobile=PHONE)
    if path in ("logout/", "password/change/"):
        client = sign_in(PHONE)
    if path == "signup/code/":
        client.post("/accounts/signup/", registration(phone="13900000002"))
    page = client.get(f"/accounts/{path}").content.decode()
    text = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    assert not re.search(r"[A-Za-z]{4,}", text.replace("sent", "")), text


def test_the_sign_in_page_lists_personas_in_the_demonstration_only(client, settings):
    register(_personas)
    assert "zhangsan" in client.get("/accounts/login/").content.decode()
    settings.DEMONSTRATION = False
    assert personas() == []
    assert "zhangsan" not in client.get("/accounts/login/").content.decode()


def _personas():
    return [Persona("zhangsan", "secret-demo-1", "申请人")]


def _measured(client, path, data):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, data)
    return len(queries), answer


def _plain(page, typed=""):
    page = re.sub(r'value="[^"]{20,}"', "", page)
    page = re.sub(r"139\*{4}\d{4}", "PHONE", page)
    return page.replace(typed, "") if typed else page
