"""A person's rights over their data, on the pages: copy, correction, contact data, closing; the officer's list."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.urls import reverse

from portal.accounts import session_rules
from portal.accounts.grants import sync_user
from portal.accounts.models import Person, User
from portal.accounts.roles import Role
from portal.accounts.services import rights
from portal.ledger.models import LedgerEvent
from portal.messaging.models import Message
from portal.outbox import services as outbox
from portal.privacy.models import DataRequest
from portal.privacy.retention import TABLE
from portal.web.errors import WrongState
from portal.workdays import services as calendar
from portal.workdays.notices import DayKind, NoticeDay
from tests import factories as make
from tests.letters import code_in_letters
from tests.pages import check_page
from tests.portal.accounts.test_security import age

pytestmark = pytest.mark.django_db
PASSWORD = "shuozhou2015"


@pytest.fixture
def citizen(client):
    user = make.user(make.person("张小三", phone="13712345678"), phone="13712345678", phone_verified=True)
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    return user


@pytest.fixture
def member(reference):
    def made(*roles):
        who = make.staff(make.department(), roles=roles, everywhere=True)
        sync_user(who.user)
        return who

    return made


@pytest.fixture
def reference(db):
    from portal.web import reference as loaders

    for loader in loaders.loaders():
        if loader.name in ("permissions", "accounts"):
            loader.load()


def test_the_page_shows_numbers_masked(client, citizen):
    page = client.get(reverse("accounts:my_data")).content.decode()
    assert citizen.person.identity_number not in page and "137****5678" in page


def test_a_copy_is_readable_by_people_and_programs_and_is_an_event(client, citizen):
    case = make.online_case(make.item(), citizen)
    answer = client.post(reverse("accounts:data_copy"))
    assert answer["Content-Disposition"].startswith("attachment")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("data.json"))
    assert data["身份和账号"]["身份证号码"] == citizen.person.identity_number
    assert [each["办件编号"] for each in data["办件"]["办件"]] == [case.number]
    assert data["文书"]["文书"][0]["内容"]["case_number"] == case.number
    text = archive.read("我的信息.html").decode()
    assert citizen.person.identity_number in text and case.number in text
    assert LedgerEvent.objects.filter(subject=citizen.person_id, kind="accounts.data_copied").count() == 1
    stranger = make.online_case(make.item(), make.citizen("别人"))
    assert stranger.number not in client.post(reverse("accounts:data_copy")).content.decode("latin-1")


def test_a_new_name_waits_for_the_window_and_counts_when_the_document_was_seen(client, citizen, member):
    url = reverse("accounts:ask_correction")
    same = client.post(url, {"name": "张小三", "address": ""})
    assert "没有要改的" in same.content.decode()
    assert client.post(url, {"name": "张三丰", "address": "朔城区一路1号"}).status_code == 302
    assert Person.objects.get(pk=citizen.person_id).name == "张小三"
    assert "已经有一个更正请求" in client.post(url, {"name": "张四", "address": ""}).content.decode()
    request = DataRequest.objects.get()
    clerk = member(Role.WINDOW_CLERK)
    client.force_login(clerk.user)
    assert reverse("accounts:answer_correction", args=[request.pk]) in client.get(
        reverse("accounts:protection")
    ).content.decode()
    page = reverse("accounts:answer_correction", args=[request.pk])
    assert "张三丰" in client.get(page).content.decode()
    assert "请填写" in client.post(page, {"agreed": "1", "answer": ""}).content.decode()
    assert client.post(page, {"agreed": "1", "answer": "户口簿"}).status_code == 302
    person = Person.objects.select_related("key").get(pk=citizen.person_id)
    assert (person.name, person.address) == ("张三丰", "朔城区一路1号")
    assert "已经答复" in client.post(page, {"agreed": "0", "answer": "又一次"}).content.decode()
    kinds = set(LedgerEvent.objects.filter(subject=person.pk).values_list("kind", flat=True))
    assert {"accounts.correction_asked", "accounts.correction_answered"} <= kinds
    events = LedgerEvent.objects.filter(subject=person.pk)
    assert not any("张三丰".encode() in bytes(event.canon) for event in events)


@pytest.mark.parametrize(
    ("asked", "due", "words"),
    [
        ("2026-11-23 09:00", dt.date(2026, 12, 14), "2026年12月14日"),  # a Monday: three weeks
        ("2026-11-28 23:59", dt.date(2026, 12, 18), "2026年12月18日"),  # a Saturday counts from Monday on
        ("2026-09-24 09:00", dt.date(2026, 10, 22), "2026年10月22日"),  # 中秋 and 国庆 lie between
    ],
)
def test_PIPL_50_a_request_is_answered_within_fifteen_working_days_and_both_pages_name_the_day(
    client, citizen, member, frozen_clock, asked, due, words
):
    frozen_clock(make.at(asked))
    page = client.get(reverse("accounts:ask_correction")).content.decode()
    assert f"15 个工作日内答复，今天提出的，最迟 {words}答复" in page
    client.post(reverse("accounts:ask_correction"), {"name": "张三丰", "address": ""})
    request = DataRequest.objects.get()
    assert request.answer_due_on == due
    assert f"最迟 {words}答复" in client.get(reverse("accounts:my_data")).content.decode()
    client.force_login(member(Role.WINDOW_CLERK).user)
    assert f"最迟 {words}" in client.get(reverse("accounts:protection")).content.decode()


def test_PIPL_50_an_imported_notice_moves_the_day_of_what_waits_and_of_nothing_else(citizen, member, frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    calendar.load()
    request = rights.ask_correction(actor=make.acting(citizen), name="张四", address="")
    other = make.citizen()
    answered = rights.ask_correction(actor=make.acting(other), name="李四", address="")
    clerk = make.acting(member(Role.WINDOW_CLERK))
    rights.answer_correction(request_id=answered.pk, agreed=False, answer="没有证件", actor=clerk)
    days = [
        NoticeDay(dt.date(2026, 12, 1), DayKind.HOLIDAY, "演示"),
        NoticeDay(dt.date(2026, 12, 2), DayKind.HOLIDAY, "演示"),
    ]
    calendar.import_notice(year=2026, days=days, notice="演示", actor=clerk)
    request.refresh_from_db()
    answered.refresh_from_db()
    assert (request.answer_due_on, answered.answer_due_on) == (dt.date(2026, 12, 16), dt.date(2026, 12, 14))


def test_a_refused_correction_changes_nothing(citizen, member):
    request = rights.ask_correction(actor=make.acting(citizen), name="张四", address="")
    clerk = make.acting(member(Role.WINDOW_CLERK))
    answered = rights.answer_correction(request_id=request.pk, agreed=False, answer="没有证件", actor=clerk)
    assert answered.state == DataRequest.State.REFUSED
    assert Person.objects.get(pk=citizen.person_id).name == "张小三"
    with pytest.raises(WrongState):
        rights.answer_correction(request_id=request.pk, agreed=True, answer="有了", actor=clerk)


def test_ASVS_6_3_7_a_mail_address_counts_when_its_code_came_back_and_the_old_one_is_told(client, citizen, mailoutbox):
    page, code_page = reverse("accounts:change_email"), reverse("accounts:change_email_code")
    assert client.get(code_page)["Location"] == page
    for wrong in ("不是邮箱", "a@[127.0.0.1]", "a@[IPv6:::1]"):
        answer = client.post(page, {"email": wrong})
        assert answer.status_code == 200 and "不是有效的邮箱地址" in answer.content.decode()
    for email in ("zhang@example.cn", "xiao@example.cn"):
        before = User.objects.get(pk=citizen.pk).email
        assert client.post(page, {"email": email})["Location"] == code_page
        assert User.objects.get(pk=citizen.pk).email == before
        check_page(client.get(code_page))
        outbox.run_due(100)
        assert mailoutbox[-1].to == [email]
        code = code_in_letters()
        assert "不正确" in client.post(code_page, {"code": "x"}).content.decode()
        assert client.post(code_page, {"code": code}).status_code == 302
        assert User.objects.get(pk=citizen.pk).email == email
    outbox.run_due(100)
    told = [mail.body for mail in mailoutbox if mail.to == ["zhang@example.cn"] and "不再发到这里" in mail.body]
    assert len(told) == 1 and "xiao@example.cn" not in told[0]
    assert Message.objects.filter(user=citizen, kind="account_email_changed").count() == 2
    assert client.post(page, {"email": ""}).status_code == 302
    assert User.objects.get(pk=citizen.pk).email == ""
    outbox.run_due(100)
    assert mailoutbox[-1].to == ["xiao@example.cn"] and "删去" in mailoutbox[-1].body


def test_ASVS_7_5_3_a_mail_address_wants_a_recent_proof(client, citizen):
    age(client, proved=session_rules.RECENT_FOR_SENDING)
    answer = client.post(reverse("accounts:change_email"), {"email": "zhang@example.cn"})
    assert answer["Location"].startswith("/accounts/confirm/")


@pytest.mark.parametrize("name", ["accounts:close_account", "accounts:ask_erasure"])
def test_leaving_wants_the_password_and_ends_the_sign_in(client, citizen, name):
    url = reverse(name)
    assert "密码不正确" in client.post(url, {"understood": "on", "password": "falsch"}).content.decode()
    assert User.objects.get(pk=citizen.pk).is_active
    done = client.post(url, {"understood": "on", "password": PASSWORD})
    assert "已删除" in done.content.decode()
    assert client.get(reverse("accounts:my_data")).status_code == 302
    assert not User.objects.get(pk=citizen.pk).is_active


def test_what_stands_in_the_way_is_said_instead_of_a_form(client, citizen):
    case = make.online_case(make.item(), citizen)
    page = client.get(reverse("accounts:close_account")).content.decode()
    assert case.number in page and "登录密码" not in page
    posted = client.post(reverse("accounts:close_account"), {"understood": "on", "password": PASSWORD})
    assert case.number in posted.content.decode() and User.objects.get(pk=citizen.pk).is_active


def test_the_officer_sees_everything_that_waits_and_no_names(client, citizen, member, django_assert_max_num_queries):
    rights.ask_correction(actor=make.acting(citizen), name="张四", address="")
    client.force_login(member(Role.DATA_PROTECTION_OFFICER).user)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("accounts:protection")).content.decode()
    assert "待核实" in page and "张" not in page
    [waiting] = DataRequest.objects.all()
    assert client.get(reverse("accounts:answer_correction", args=[waiting.pk])).status_code == 403


def test_staff_have_no_data_of_an_applicant(client, member):
    client.force_login(member(Role.WINDOW_CLERK).user)
    assert client.get(reverse("accounts:my_data")).status_code == 404


def test_the_privacy_notice_prints_the_table_that_the_sweeps_follow(client):
    page = client.get(reverse("disclosure:privacy")).content.decode()
    for row in TABLE:
        assert row.data in page and row.told in page and row.law in page
