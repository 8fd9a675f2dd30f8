"""What the pages about documents read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal import clock
from portal.documents import contents, policies, rules
from portal.documents.kinds import DocumentKind, seal_of, title_of
from portal.documents.models import DocumentAct, OfficialDocument, RevocationList, SigningCertificate
from portal.documents.permissions import DocumentsPermission
from portal.documents.signing import authority
from portal.privacy.masking import mask_party
from portal.web.dates import date_full, date_full_text
from portal.web.grants import Actor


@dataclass(frozen=True, slots=True)
class Verification:
    """What a stranger who holds the paper may compare with it, and what it is worth today."""

    document: OfficialDocument
    title: str
    typed_code: str
    lines: list[tuple[str, str]]
    intact: bool
    erased: bool
    in_force: bool
    state: str
    state_name: str
    status: str
    subject_state: str
    consultation_phone: str


def readable(document_id: UUID, actor: Actor) -> OfficialDocument | None:
    """The document, when the policy of its subject lets this actor read it."""
    document = OfficialDocument.objects.select_related("person_key").filter(pk=document_id).first()
    if document is None or not policies.may_read(actor, document):
        return None
    return document


def code_of(typed: str) -> str | None:
    """The full code of what somebody typed: the twelve characters of the paper, or all twenty-six."""
    code = rules.typed_code(typed)
    if len(code) not in (12, 26):
        return None
    found = OfficialDocument.objects.filter(**{"short_code" if len(code) == 12 else "code": code})
    return found.values_list("code", flat=True).first()


def verification(code: str, mark: str = "") -> Verification | None:
    """All that the public page says of a document; None for a code that nobody issued, and for a wrong mark of a QR."""
    rows = OfficialDocument.objects.select_related("person_key", "certificate")
    document = rows.filter(code=rules.typed_code(code)).first()
    if document is None or (mark and not rules.is_mark_of(mark, document.data_hash)):
        return None
    kind = DocumentKind(document.kind)
    erased = contents.is_erased(document)
    stored: dict[str, Any] = {} if erased else contents.data_of(document)
    said = stored.get("contents", {})
    title = title_of(kind, is_license=said.get("is_license", True))
    state = rules.status_on(document.status, document.valid_until, clock.today())
    in_force = state == OfficialDocument.Status.VALID
    expired = f"有效期到{date_full(document.valid_until)}为止，已经过期" if document.valid_until else ""
    return Verification(
        document=document,
        title=title,
        typed_code=rules.grouped(document.short_code),
        lines=_lines(document, kind, title, said, demonstration=stored.get("demonstration", False)),
        intact=contents.is_intact(document),
        erased=erased,
        in_force=in_force,
        state=state,
        state_name="已经过期" if state == "expired" else document.get_status_display(),
        status="有效，没有被撤回或替换"
        if in_force
        else expired
        if state == "expired"
        else document.status_note or document.get_status_display(),
        subject_state=policies.state_today(document.subject_kind, document.subject_id),
        consultation_phone=said.get("handler_phone", ""),
    )


#: The dates that a paper shows, by their key and in this order.
_DATES = {
    "acceptance_due_on": "受理决定期限",
    "supply_until": "补正期限",
    "accepted_on": "受理日期",
    "started_on": "开始日期",
    "until": "预计结束",
    "old_due_on": "原到期日",
    "new_due_on": "新到期日",
    "promised_due_on": "承诺到期",
    "statutory_due_on": "法定到期",
    "decided_on": "决定日期",
}
_WITH_WEEKDAY = {"promised_due_on", "statutory_due_on", "new_due_on", "supply_until", "acceptance_due_on", "until"}


def _lines(
    document: OfficialDocument, kind: DocumentKind, title: str, said: dict[str, Any], *, demonstration: bool
) -> list[tuple[str, str]]:
    lines = [("文书", title), ("文号", document.number)]
    if said:
        holder = mask_party(said["applicant"], is_person=not said["applicant_is_legal_person"])
        situation = f"（{said['situation']}）" if said["situation"] else ""
        lines += [("申请人", holder), ("事项", said["item_name"] + situation)]
    for key, label in _DATES.items():
        if said.get(key):
            day = dt.date.fromisoformat(said[key])
            lines.append((label, date_full_text(day) if key in _WITH_WEEKDAY else date_full(day)))
    mark = "（演示）" if demonstration else ""
    return [
        *lines,
        ("出具机关", document.issuer_name),
        ("出具日期", date_full(document.issued_at)),
        ("印章", seal_of(kind, document.issuer_name) + mark),
    ]


def revocable(document_id: UUID, actor: Actor) -> OfficialDocument | None:
    """The document, when it is of an organ whose documents this actor may revoke."""
    rows = OfficialDocument.objects.select_related("person_key", "department")
    document = rows.filter(pk=document_id).first()
    if document is None:
        return None
    return document if actor.grants.has_for(DocumentsPermission.REVOKE_DOCUMENT, document.department_id) else None


def acts_of(document: OfficialDocument) -> list[DocumentAct]:
    """What was done to a document's worth, oldest first."""
    return list(DocumentAct.objects.filter(document=document).select_related("actor").order_by("at", "id"))


def document_of_file(sha256: str) -> str | None:
    """The code of the document whose signed original has this hash."""
    if not sha256:
        return None
    return OfficialDocument.objects.filter(signed_sha256=sha256).values_list("code", flat=True).first()


def document_of_data(data_hash: str) -> str | None:
    """The code of the document whose data has this hash."""
    if not data_hash:
        return None
    return OfficialDocument.objects.filter(data_hash=data_hash).order_by().values_list("code", flat=True).first()


def published_certificates() -> list[SigningCertificate]:
    """Every certificate that any document needs, those in use first."""
    return list(SigningCertificate.objects.order_by("-in_use", "role", "-not_before", "id"))


def trusted_roots() -> list[bytes]:
    """The roots (DER) of our own documents, former ones included."""
    rows = SigningCertificate.objects.filter(role=SigningCertificate.Role.ROOT).order_by("id")
    return [bytes(der) for der in rows.values_list("der", flat=True)]


def newest_list() -> RevocationList | None:
    return RevocationList.objects.order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long something that signatures need still holds."""

    what: str
    name: str
    serial: str
    until: dt.datetime
    days_left: int
    revoked: bool


def certificates_expiry() -> list[Expiry]:
    """The certificates in use and the newest revocation list, soonest end first; days by the machine's clock."""
    now = authority.now()
    found = [
        Expiry(
            row.get_role_display(),
            row.subject,
            row.serial,
            row.not_after,
            (row.not_after - now).days,
            row.revoked_at is not None,
        )
        for row in SigningCertificate.objects.filter(in_use=True).order_by("not_after", "id")
    ]
    newest = newest_list()
    if newest is not None:
        left = (newest.next_update - now).days
        found.append(Expiry("吊销列表", f"第 {newest.number} 号", "", newest.next_update, left, False))
    return sorted(found, key=lambda each: each.until)
