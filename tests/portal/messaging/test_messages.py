"""Messages: written with the act, once per key, read by their reader only; e-mails by the outbox."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import transaction
from django.test import Client

from portal.accounts.models import User
from portal.messaging import services
from portal.messaging.models import Message
from portal.messaging.queries import unread_count
from portal.outbox import services as outbox
from portal.outbox.models import Job
from tests.pages import check_page

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 2, 15, tzinfo=dt.UTC)
DUE = dt.date(2026, 12, 4)
CONTEXT: dict[str, Any] = {
    "case_number": "14060002320261120000587",
    "item_name": "食品经营许可",
    "applicant": "张三丰",
    "department": "朔州市食品药品监督管理局",
    "action": "accept",
    "label": "受理",
    "document": "受理通知书",
    "document_number": "朔食药许受〔2026〕0412号",
    "received_on": NOW,
    "accepted_on": DUE,
    "deemed": False,
    "promised_due_on": DUE,
    "statutory_due_on": DUE,
    "acceptance_due_on": DUE,
    "supply_until": DUE,
    "lines": [{"material": "平面图", "what": "请补画<走向>", "legal_basis": ""}],
    "procedure": "专家评审",
    "until": DUE,
    "reason": "需要复核。",
    "phone": "0349-0000123",
    "place": "一层 A07 窗口",
    "delivery_due_on": DUE,
    "level": "黄牌",
    "rule": "承诺到期",
    "on": DUE,
    "due_on": DUE,
}
TEXTS = (Path(django_settings.BASE_DIR) / "templates" / "messages").glob("*.txt")
#: Those about a case; what is said about an account names none.
#: Those of cases; what accounts, the catalogue and readings tell is looked at where they tell it.
KINDS = sorted(path.stem for path in TEXTS if not path.stem.startswith(("account_", "item_", "reading_")))


def user(name: str = "reader", email: str = "") -> User:
    return User.objects.create_user(username=name, email=email)


def send(to: User, key: str = "k1", kind: str = "case_accepted", link: str = "/my/cases/1/") -> Message:
    return services.send(kind=kind, user=to, context=CONTEXT, key=key, link=link, now=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_each_text_has_a_title_and_a_body_and_names_the_case(kind: str) -> None:
    title, body = services.text_of(kind, CONTEXT)
    assert 4 <= len(title) <= 60 and "食品经营许可" in title
    assert CONTEXT["case_number"] in body
    assert "{" not in title + body and "&" not in title + body and "！" not in title + body
    assert "张三丰" not in title + body  # e-mails leave the portal


@pytest.mark.parametrize("kind", KINDS)
def test_each_text_reads_well_without_what_may_be_missing(kind: str) -> None:
    bare = {
        key: value if key in {"case_number", "item_name", "department", "phone", "place", "level"} else ""
        for key, value in CONTEXT.items()
    }
    title, body = services.text_of(kind, bare | {"lines": [], "received_on": NOW, "on": DUE, "due_on": DUE})
    assert title and "None" not in body and "，，" not in body and "。。" not in body


def test_the_texts_for_the_acts_of_a_case_all_exist() -> None:
    from applications.messages import KINDS as acts

    assert set(acts.values()) | {"signal"} == set(KINDS)


def test_the_same_key_is_one_message() -> None:
    reader = user(email="reader@example.cn")
    first = send(reader)
    assert send(reader, kind="case_granted").pk == first.pk
    assert Message.objects.count() == 1 and Job.objects.filter(kind=services.EMAIL).count() == 1


def test_a_rolled_back_act_sends_nothing() -> None:
    reader = user(email="reader@example.cn")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send(reader)
        raise ZeroDivisionError
    assert not Message.objects.exists() and not Job.objects.filter(kind=services.EMAIL).exists()


def test_an_email_goes_by_the_outbox_with_the_jobs_id_as_message_id() -> None:
    send(user(email="reader@example.cn"))
    job = Job.objects.get(kind=services.EMAIL)
    assert len(mail.outbox) == 0
    outbox.run_due()
    [sent] = mail.outbox
    assert sent.to == ["reader@example.cn"] and sent.subject == "已受理：食品经营许可"
    assert sent.extra_headers["Message-ID"].startswith(f"<{job.pk}@")
    assert f"{django_settings.PUBLIC_URL}/my/cases/1/" in sent.body


def test_without_an_address_there_is_no_email() -> None:
    send(user())
    assert not Job.objects.filter(kind=services.EMAIL).exists()


def test_a_message_costs_one_statement(django_assert_num_queries: Any) -> None:
    reader = user()
    with django_assert_num_queries(1):
        send(reader)


@pytest.fixture
def reader(client: Client) -> User:
    reader = user()
    client.force_login(reader)
    return reader


@pytest.mark.parametrize("place", ["my", "desk"])
def test_the_inbox_lists_the_newest_first_and_counts_the_unread(client: Client, reader: User, place: str) -> None:
    for number in range(30):
        services.send(
            kind="case_accepted",
            user=reader,
            context=CONTEXT | {"item_name": f"事项{number:02}"},
            key=str(number),
            now=NOW + dt.timedelta(minutes=number),
        )
    send(user("other"), key="other", kind="case_refused")
    html = client.get(f"/{place}/inbox/").content.decode()
    check_page(html)
    assert html.index("事项29") < html.index("事项05") and "事项04" not in html and "不予许可" not in html
    assert "30 条未读" in html and "下一页" in html


def test_opening_marks_read_once_and_looking_does_not(client: Client, reader: User) -> None:
    message = send(reader)
    url = f"/my/inbox/{message.pk}/"
    page = client.get(url)
    check_page(page.content.decode())
    assert unread_count(reader.pk) == 1
    response = client.post(url)
    assert response.status_code == 303 and response["Location"] == url
    message.refresh_from_db()
    opened_at = message.read_at
    assert opened_at is not None and unread_count(reader.pk) == 0
    client.post(url)
    message.refresh_from_db()
    assert message.read_at == opened_at
    assert "/my/cases/1/" in client.get(url).content.decode()


def test_all_can_be_marked_read(client: Client, reader: User) -> None:
    send(reader, "a")
    send(reader, "b")
    elsewhere = user("other")
    send(elsewhere, "c")
    assert client.post("/my/inbox/read/").status_code == 303
    assert unread_count(reader.pk) == 0 and unread_count(elsewhere.pk) == 1
    assert client.get("/my/inbox/read/").status_code == 405


def test_somebody_elses_message_does_not_exist(client: Client, reader: User) -> None:
    foreign = send(user("other"))
    for method in (client.get, client.post):
        assert method(f"/my/inbox/{foreign.pk}/").status_code == 404
        assert method(f"/desk/inbox/{uuid4()}/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_without_sign_in_there_is_no_inbox(client: Client) -> None:
    assert client.get("/my/inbox/").status_code == 302


def test_the_text_of_a_message_stays_text_on_the_page(client: Client, reader: User) -> None:
    message = send(reader, kind="case_correction")
    assert "请补画<走向>" in message.body
    assert "请补画&lt;走向&gt;" in client.get(f"/my/inbox/{message.pk}/").content.decode()


def test_an_empty_inbox_says_what_will_come(client: Client, reader: User) -> None:
    assert "办件有进展时" in client.get("/my/inbox/").content.decode()


def test_a_public_page_does_not_count_messages(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(0):
        assert client.get("/verify/").status_code == 200
