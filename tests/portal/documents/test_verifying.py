"""The public page of a document today, files that people drop in, and the acts that change what is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.accounts.models import User
from portal.documents import checking, policies, press, services
from portal.documents.kinds import DocumentKind
from portal.documents.models import DocumentAct, OfficialDocument, SigningCertificate
from portal.documents.permissions import HOLDERS, DocumentsPermission
from portal.documents.rules import is_mark_of, status_on
from portal.ledger.queries import events_of
from portal.web import grants
from portal.web.errors import BadInput, NotFound, WrongState
from portal.web.grants import ALL, SYSTEM_ACTOR, Actor, Grants
from tests.pages import check_page
from tests.portal.documents.papers import SUBJECT_KIND, department, issue
from tests.portal.documents.signers import Running
from tests.portal.documents.test_signing import edited, flipped

pytestmark = pytest.mark.django_db

P = DocumentsPermission


def may_read(actor: Actor, subject_id: UUID) -> bool:
    return False


def state_today(subject_id: UUID) -> str:
    return ""


@pytest.fixture(autouse=True)
def _ready(signer: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    monkeypatch.setitem(policies._policies, SUBJECT_KIND, policies.Policy(may_read, state_today))
    yield
    press.PRESS.close()


def head_of(document: OfficialDocument, name: str = "head") -> Actor:
    user = User.objects.create_user(username=name)
    scopes = {P.REVOKE_DOCUMENT.value: frozenset({document.department_id})}
    return Actor(user.pk, "局长", Grants(scopes))


def page_of(client: Client, document: OfficialDocument, query: str = "") -> str:
    response = client.get(f"/verify/{document.code}/{query}")
    assert response.status_code == 200 and not response.cookies
    return check_page(response)


# --- the mark of the QR ---------------------------------------------------------------------------


def test_only_the_whole_mark_of_the_hash_is_one() -> None:
    hash_ = "0123456789abcdef" * 4
    assert is_mark_of(hash_[:20], hash_) and is_mark_of(hash_[:20].upper(), hash_)
    for text in ("", hash_[:19], hash_[:21], hash_, "f" * 20, "１" * 20):
        assert not is_mark_of(text, hash_)


def test_a_wrong_mark_has_the_same_answer_as_an_unknown_number(client: Client) -> None:
    document = issue()
    assert "二维码和存档对得上" in page_of(client, document, f"?mark={document.data_hash[:20]}")
    unknown = "0" + document.code[1:-1] + ("Z" if document.code[-1] != "Z" else "Y")
    wrong = client.get(f"/verify/{document.code}/", {"mark": "0" * 20})
    none = client.get(f"/verify/{unknown}/", {"mark": "0" * 20})
    assert wrong.status_code == none.status_code == 404
    assert wrong.content.decode().replace(document.code, "") == none.content.decode().replace(unknown, "")


def test_who_asks_too_often_is_told_when_to_come_back(client: Client) -> None:
    for number in range(31):
        response = client.get(f"/verify/{number:026}/")
    assert response.status_code == 429 and response["Retry-After"] == "600"
    assert "请过 10 分钟再试" in response.content.decode()


# --- what it is worth today -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "until", "told"),
    [
        ("valid", None, "valid"),
        ("valid", dt.date(2026, 12, 1), "valid"),
        ("valid", dt.date(2026, 11, 30), "expired"),
        ("revoked", dt.date(2026, 11, 30), "revoked"),
        ("suspended", None, "suspended"),
    ],
)
def test_a_document_holds_until_the_end_of_its_last_day(status: str, until: dt.date | None, told: str) -> None:
    assert status_on(status, until, dt.date(2026, 12, 1)) == told


def test_the_page_tells_each_of_the_five_states(client: Client) -> None:
    first, second, expired = issue(), issue(), issue()
    assert "文书真实" in page_of(client, first)
    actor = head_of(first)
    for kind, words in (("suspend", "已中止效力"), ("resume", "有效，没有被撤回或替换"), ("revoke", "已撤销")):
        services.change_status(document_id=first.pk, kind=kind, reason="复查", actor=actor)
        html = page_of(client, first)
        assert words in html and "复查" not in html
    services.supersede(document=second, by=expired, reason="更正", actor=SYSTEM_ACTOR)
    assert f"被 {expired.number} 替代" in page_of(client, second)
    data = issue(DocumentKind.GRANT)
    copy = OfficialDocument.objects.get(pk=data.pk)
    assert copy.valid_until is None


def test_an_expired_document_says_since_when(client: Client, frozen_clock: Any) -> None:
    from portal.documents.services import issue as issue_document
    from tests.portal.documents.papers import AT, DATA

    document = issue_document(
        kind=DocumentKind.GRANT,
        department=department(),
        subject_kind=SUBJECT_KIND,
        subject_id=UUID(int=7),
        person_key=None,
        data=DATA[DocumentKind.GRANT],
        issued_at=AT,
        valid_until=dt.date(2026, 12, 31),
    )
    with frozen_clock(dt.datetime(2026, 12, 31, 15, 59, tzinfo=dt.UTC)):
        assert "文书真实" in page_of(client, document)
    with frozen_clock(dt.datetime(2026, 12, 31, 16, 1, tzinfo=dt.UTC)):
        html = page_of(client, document)
    assert "已经过期" in html and "有效期到2026年12月31日为止" in html


def test_each_act_has_a_reason_and_an_event_without_its_words() -> None:
    document = issue()
    actor = head_of(document)
    with pytest.raises(BadInput, match="请写明理由"):
        services.change_status(document_id=document.pk, kind="revoke", reason="  ", actor=actor)
    for _ in range(2):  # the same click twice
        services.change_status(document_id=document.pk, kind="revoke", reason="张三提供虚假材料", actor=actor)
    (act,) = DocumentAct.objects.filter(document=document)
    assert act.reason == "张三提供虚假材料" and act.actor_id == actor.user_id
    (event,) = events_of(document.pk)
    assert event.kind == "document.revoke" and "张三" not in str(event.body)
    with pytest.raises(WrongState):
        services.change_status(document_id=document.pk, kind="resume", reason="x", actor=actor)


def test_another_organs_head_does_not_find_the_document() -> None:
    document = issue()
    stranger = Actor(User.objects.create_user(username="x").pk, "x", Grants({P.REVOKE_DOCUMENT.value: frozenset()}))
    with pytest.raises(NotFound):
        services.change_status(document_id=document.pk, kind="revoke", reason="x", actor=stranger)


# --- pages of staff -------------------------------------------------------------------------------


def sign_in(client: Client, monkeypatch: pytest.MonkeyPatch, scopes: dict[str, Any]) -> None:
    client.force_login(User.objects.create_user(username="staff"))
    monkeypatch.setitem(grants._resolvers, "grants", lambda user: Grants(scopes))


def test_the_head_of_the_organ_revokes_on_a_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    document, other = issue(), issue(by=department("019", "朔州市卫生和计划生育委员会", "卫计"))
    sign_in(client, monkeypatch, {P.REVOKE_DOCUMENT.value: frozenset({document.department_id})})
    address = f"/documents/{document.pk}/status/"
    assert client.get(f"/documents/{other.pk}/status/").status_code == 404
    assert "中止效力" in check_page(client.get(address))
    refused = client.post(address, {"kind": "revoke", "reason": ""})
    assert refused.status_code == 422 and "请填写理由" in check_page(refused)
    assert client.post(address, {"kind": "nonsense", "reason": "x"}).status_code == 422
    assert client.post(address, {"kind": "revoke", "reason": "依据不足"}).status_code == 303
    html = check_page(client.get(address))
    assert "这份文书的效力不会再变" in html and "依据不足" in html


def test_the_security_administrator_revokes_a_certificate_on_a_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.refresh()
    sign_in(client, monkeypatch, {P.MANAGE_CERTIFICATES.value: ALL})
    assert "签名证书" in check_page(client.get("/seals/"))
    row, root = (SigningCertificate.objects.get(role=role) for role in ("timestamp", "root"))
    address = f"/seals/{row.pk}/revoke/"
    check_page(client.get(address))
    assert client.post(address, {"reason": "superseded", "note": ""}).status_code == 422
    late = client.post(address, {"reason": "superseded", "note": "x", "since": "2099-01-01 00:00"})
    assert late.status_code == 422 and "不能晚于现在" in check_page(late)
    refused = client.post(f"/seals/{root.pk}/revoke/", {"reason": "superseded", "note": "x"})
    assert refused.status_code == 422 and "要由签发机构办理" in check_page(refused)
    assert client.post(address, {"reason": "superseded", "note": "换发"}).status_code == 302
    assert "吊销，换发新证书" in check_page(client.get("/seals/"))
    assert "已经吊销" in check_page(client.get("/trust/"))


def test_who_holds_what() -> None:
    assert {str(role): [str(each) for each in held] for role, held in HOLDERS.items()} == {
        "organ_head": ["revoke_document"],
        "security_admin": ["manage_certificates"],
    }


# --- a file that somebody drops in ----------------------------------------------------------------


def dropped(client: Client, content: bytes, name: str = "文书.pdf") -> str:
    upload = SimpleUploadedFile(name, content, "application/pdf")
    response = client.post("/verify/file/", {"file": upload})
    assert response.status_code == 200 and not response.cookies
    return check_page(response)


def test_an_original_is_recognised_with_its_state_today(client: Client) -> None:
    document = issue()
    pdf = services.signed_bytes(document)
    html = dropped(client, pdf)
    assert "签名有效，文件没有改动" in html and document.number in html and "有效，没有被撤回或替换" in html
    services.change_status(document_id=document.pk, kind="revoke", reason="x", actor=head_of(document))
    assert "文件是真的，但是文书已撤销" in dropped(client, pdf)


def test_files_that_are_no_originals_are_refused_in_words(client: Client) -> None:
    document = issue()
    pdf = services.signed_bytes(document)
    from portal.documents import rendering

    for content, words in (
        (flipped(pdf), "文件被改动过，不要采信"),
        (edited(pdf), "文件被改动过，不要采信"),
        (rendering.render(document), "文件没有电子签名"),
        (b"%PDF-1.7 nonsense", "这不是能打开的 PDF"),
        (b"<script>alert(1)</script>", "这不是能打开的 PDF"),
    ):
        html = dropped(client, content, "<b>x</b>.pdf")
        assert words in html and document.number not in html and "<b>x" not in html


def test_the_empty_form_and_one_without_a_file(client: Client) -> None:
    check_page(client.get("/verify/file/"))
    response = client.post("/verify/file/", {})
    assert response.status_code == 422 and "请选择要核验的 PDF" in check_page(response)


def test_dropping_files_is_limited(client: Client) -> None:
    statuses = [client.post("/verify/file/", {}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_file_that_eats_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "WALL_SECONDS", 0.01)
    assert checking.examine(b"%PDF-1.7", [], [])["verdict"] == "unreadable"


def test_the_checker_is_confined_and_knows_nothing_of_the_portal() -> None:
    source = checking._CHECKER.read_text()
    assert "RLIMIT_AS" in source and "RLIMIT_CPU" in source and "RLIMIT_FSIZE" in source
    assert "import portal" not in source and "from portal" not in source and "django" not in source


def test_nothing_is_published_before_there_is_something(client: Client) -> None:
    check_page(client.get("/trust/"))
    for name in ("root.pem", "chain.pem", "revoked.crl"):
        assert client.get(f"/trust/{name}").status_code == 404
