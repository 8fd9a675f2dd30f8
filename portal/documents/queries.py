"""What the pages about documents read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.documents import policies, rules
from portal.documents.kinds import DocumentKind, seal_of, title_of
from portal.documents.models import OfficialDocument
from portal.privacy.fields import ERASED_TEXT
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
    status: str
    subject_state: str
    consultation_phone: str


def readable(document_id: UUID, actor: Actor) -> OfficialDocument | None:
    """The document, when the policy of its subject lets this actor read it."""
    document = OfficialDocument.objects.select_related("person_key").filter(pk=document_id).first()
    if document is None or not policies.may_read(document.subject_kind, actor, document.subject_id):
        return None
    return document


def code_of(typed: str) -> str | None:
    """The full code of what somebody typed: the twelve characters of the paper, or all twenty-six."""
    code = rules.typed_code(typed)
    if len(code) not in (12, 26):
        return None
    found = OfficialDocument.objects.filter(**{"short_code" if len(code) == 12 else "code": code})
    return found.values_list("code", flat=True).first()


def verification(code: str) -> Verification | None:
    """All that the public page says of a document; None for a code that nobody issued."""
    document = OfficialDocument.objects.select_related("person_key").filter(code=rules.typed_code(code)).first()
    if document is None:
        return None
    kind = DocumentKind(document.kind)
    erased = document.data == ERASED_TEXT
    stored = {} if erased else json.loads(document.data)
    contents = stored.get("contents", {})
    title = title_of(kind, is_license=contents.get("is_license", True))
    in_force = document.status == OfficialDocument.Status.VALID
    return Verification(
        document=document,
        title=title,
        typed_code=rules.grouped(document.short_code),
        lines=_lines(document, kind, title, contents, demonstration=stored.get("demonstration", False)),
        intact=erased or hashlib.sha256(document.data.encode()).hexdigest() == document.data_hash,
        erased=erased,
        in_force=in_force,
        status="有效，没有被撤回或替换" if in_force else document.status_note or document.get_status_display(),
        subject_state=policies.state_today(document.subject_kind, document.subject_id),
        consultation_phone=contents.get("handler_phone", ""),
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
    document: OfficialDocument, kind: DocumentKind, title: str, contents: dict[str, Any], *, demonstration: bool
) -> list[tuple[str, str]]:
    lines = [("文书", title), ("文号", document.number)]
    if contents:
        holder = mask_party(contents["applicant"], is_person=not contents["applicant_is_legal_person"])
        situation = f"（{contents['situation']}）" if contents["situation"] else ""
        lines += [("申请人", holder), ("事项", contents["item_name"] + situation)]
    for key, label in _DATES.items():
        if contents.get(key):
            day = dt.date.fromisoformat(contents[key])
            lines.append((label, date_full_text(day) if key in _WITH_WEEKDAY else date_full(day)))
    mark = "（演示）" if demonstration else ""
    return [
        *lines,
        ("出具机关", document.issuer_name),
        ("出具日期", date_full(document.issued_at)),
        ("印章", seal_of(kind, document.issuer_name) + mark),
    ]
