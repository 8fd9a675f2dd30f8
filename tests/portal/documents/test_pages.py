"""Verification for everybody, download for those whom the policy of the subject lets read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import User
from portal.documents import policies, press, rules
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.privacy.services import erase, new_person_key
from portal.web.grants import Actor
from tests.pages import check_page
from tests.portal.documents.papers import SUBJECT_KIND, issue
from tests.portal.documents.signers import Running

pytestmark = pytest.mark.django_db

READERS: dict[UUID, set[UUID | None]] = {}


def may_read(actor: Actor, subject_id: UUID, _document: OfficialDocument) -> bool:
    return actor.user_id in READERS.get(subject_id, set())


def state_today(subject_id: UUID) -> str:
    return "审核中"


@pytest.fixture(autouse=True)
def _policy(signer: Running, settings: Any, tmp_path: Any) -> Iterator[None]:
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"
    settings.DEMONSTRATION = True
    policies.register(SUBJECT_KIND, may_read, state_today)
    yield
    READERS.clear()


@pytest.fixture(scope="module", autouse=True)
def _press() -> Iterator[None]:
    yield
    press.PRESS.close()


def user(name: str) -> User:
    return User.objects.create_user(username=name)


def test_the_typed_code_leads_to_the_document(client: Client) -> None:
    document = issue()
    for typed in (rules.grouped(document.short_code), document.short_code.lower(), document.code, f" {document.code} "):
        response = client.get("/verify/", {"code": typed})
        assert response.status_code == 303 and response["Location"] == f"/verify/{document.code}/"


def test_look_alikes_of_the_code_are_the_same() -> None:
    assert rules.typed_code("o1il-ＡＢ 7") == "0111AB7"


def test_the_page_says_what_the_document_is_and_its_state_today(client: Client) -> None:
    document = issue()
    response = client.get(f"/verify/{document.code}/")
    html = response.content.decode()
    check_page(html)
    for words in (
        "文书真实，内容没有改动",
        "行政许可申请受理通知书",
        document.number,
        "朔州古渡口餐饮有限公司",
        "食品经营许可（新办）",
        "2026年12月4日（周五）",
        "朔州市食品药品监督管理局行政审批专用章（演示）",
        "有效，没有被撤回或替换",
        "审核中",
    ):
        assert words in html, words
    assert "13800002210" not in html and "480215" not in html and "周晓丽" not in html
    assert not response.cookies and "cookie" not in response.get("Vary", "").lower()


def test_a_natural_person_is_masked(client: Client) -> None:
    document = issue(applicant="张三丰", applicant_is_legal_person=False)
    html = client.get(f"/verify/{document.code}/").content.decode()
    assert "张*丰" in html and "张三丰" not in html


def test_unknown_and_malformed_codes_have_the_same_answer(client: Client) -> None:
    document = issue()
    wrong = document.code[:-1] + ("0" if document.code[-1] != "0" else "1")
    bodies = set()
    for code in (wrong, "Z" * 26, "Z" * 12, "Z" * 58):
        response = client.get(f"/verify/{code}/")
        assert response.status_code == 404
        html = response.content.decode()
        check_page(html)
        bodies.add(html.replace(code, ""))
    assert len(bodies) == 1
    for code in (wrong, "x", "<script>", "Z" * 12):
        response = client.get("/verify/", {"code": code})
        assert response.status_code == 200 and "没有查到这份文书" in response.content.decode()


def test_the_empty_form_is_a_page_without_cookie(client: Client) -> None:
    response = client.get("/verify/")
    check_page(response)
    assert response.status_code == 200 and not response.cookies


def test_guessing_is_limited(client: Client) -> None:
    statuses = [client.get(f"/verify/{number:026}/").status_code for number in range(31)]
    assert statuses[:30] == [404] * 30 and statuses[30] == 429


def test_a_revoked_document_is_said_to_be_revoked(client: Client) -> None:
    document = issue(DocumentKind.GRANT)
    OfficialDocument.objects.filter(pk=document.pk).update(status="revoked", status_note="2027年1月5日撤销")
    html = client.get(f"/verify/{document.code}/").content.decode()
    assert "文书是真的，但是已撤销" in html and "2027年1月5日撤销" in html and "内容没有改动" not in html


def test_of_an_erased_person_only_the_row_is_told(client: Client) -> None:
    key = new_person_key()
    document = issue(person_key=key)
    erase(key.pk)
    html = client.get(f"/verify/{document.code}/").content.decode()
    assert document.number in html and "已经按本人请求删除" in html and "古渡口" not in html


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_has_its_verification_page(kind: DocumentKind, client: Client) -> None:
    html = client.get(f"/verify/{issue(kind).code}/").content.decode()
    check_page(html)
    assert "文书真实" in html


def test_a_reader_downloads_the_pdf_as_an_attachment(client: Client) -> None:
    document, reader = issue(), user("reader")
    READERS[document.subject_id] = {reader.pk}
    client.force_login(reader)
    response = client.get(f"/documents/{document.pk}/")
    assert response.status_code == 200 and response.content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("attachment; ")
    assert "%E5%8F%97%E7%90%86%E9%80%9A%E7%9F%A5%E4%B9%A6" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_the_reader_of_the_case_page_may_look_at_it_in_the_browser_but_in_nobodys_frame(client: Client) -> None:
    document, reader = issue(), user("reader")
    READERS[document.subject_id] = {reader.pk}
    client.force_login(reader)
    response = client.get(f"/documents/{document.pk}/?inline=1")
    assert response["Content-Disposition"].startswith("inline; ")
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_for_a_stranger_and_another_department_the_document_does_not_exist(client: Client) -> None:
    document = issue()
    READERS[document.subject_id] = {user("reader").pk}
    client.force_login(user("stranger"))
    assert client.get(f"/documents/{document.pk}/").status_code == 404
    assert client.get(f"/documents/{uuid4()}/").status_code == 404


def test_without_sign_in_nothing_is_downloaded(client: Client) -> None:
    assert client.get(f"/documents/{issue().pk}/").status_code == 302


def test_a_document_of_a_subject_without_policy_is_read_by_nobody(client: Client, monkeypatch: Any) -> None:
    document, reader = issue(), user("reader")
    READERS[document.subject_id] = {reader.pk}
    monkeypatch.setattr(policies, "_policies", {})
    client.force_login(reader)
    assert client.get(f"/documents/{document.pk}/").status_code == 404
