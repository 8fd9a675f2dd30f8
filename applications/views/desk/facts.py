"""What staff read of a case: the applicant's facts with numbers masked, the clock strip, the state as a tag."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from applications import rules
from applications.identity import unconfirmed
from applications.models import Act, Case, CaseMaterial, Delivery, DeliveryAttempt
from applications.progress import may_move
from applications.queries.casepage import TAG_OF_STATE, CasePage
from applications.states import CaseState
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.privacy.masking import ERASED_TEXT, mask_identity_number, mask_mobile, mask_name
from portal.web.dates import date_full, date_text
from portal.workdays.clock_strip import StripState, strip
from portal.workdays.explanation import PROVISIONAL, remaining_text
from portal.workdays.reading import ClockReading

_STRIP_KIND = {
    StripState.USED: "used",
    StripState.TODAY: "today",
    StripState.AHEAD: "ahead",
    StripState.PAUSED: "paused",
}

_KINDS: Final[dict[str, str]] = {value: str(word) for value, word in DocumentKind.choices}


def state_tag(case: Case) -> tuple[str, str]:
    """Kind and word of the status tag; a paused case says so."""
    if case.clock.paused:
        return "pause", "暂停计时"
    return TAG_OF_STATE[CaseState(case.state)], case.get_state_display()


def masked_applicant(case: Case) -> str:
    """A firm's name as it is, a person's masked: on lists and wherever the reading is not noted."""
    return case.applicant_name if case.applicant_legal_id is not None else mask_name(case.applicant_name)


def applicant_facts(case: Case) -> list[tuple[str, str]]:
    """The applicant by name, every number masked: who needs a number in full has the paper."""
    facts = [("申请人", case.applicant_name), *standing_facts(case)]
    if case.applicant_legal is not None:
        facts += [
            ("信用代码", f"{case.applicant_legal.uscc[:11]}******{case.applicant_legal.uscc[-1]}"),
            (case.applicant_legal.representative_word, mask_name(case.applicant_legal.representative.name)),
        ]
    elif case.applicant_person is not None:
        facts.append(("身份证号码", mask_identity_number(case.applicant_person.identity_number)))
    if case.agent is not None:
        facts.append(("代理人", f"{mask_name(case.agent.name)}，{mask_identity_number(case.agent.identity_number)}"))
    facts.append(("联系电话", ERASED_TEXT if case.erased_at is not None else mask_mobile(case.contact_phone)))
    return facts


def standing_facts(case: Case) -> list[tuple[str, str]]:
    """One line where no window has confirmed who applies."""
    mark = unconfirmed(case)
    return [("身份核验", f"{mark}，准予以前要到窗口核验")] if mark else []


def strip_cells(read: ClockReading | None) -> list[dict[str, Any]]:
    """The clock strip's cells for the template tag."""
    if read is None:
        return []
    cells = []
    for cell in strip(read, most=40):
        marks = [
            (kind, word)
            for kind, word, holds in (
                ("today", "今天", cell.is_today),
                ("promised", "承诺到期", cell.is_promised_due),
                ("statutory", "法定到期", cell.is_statutory_due),
            )
            if holds
        ]
        cells.append({"kind": _STRIP_KIND[cell.state], "label": cell.short, "marks": marks})
    return cells


def clock_facts(case: Case, read: ClockReading | None) -> dict[str, Any]:
    """The panel above the case: light, what is left, the two due dates."""
    clock = case.clock
    light = "paused" if clock.paused else ("normal" if clock.level == "none" else clock.level)
    due, statutory = clock.promised_due_on, clock.statutory_due_on
    left = remaining_text(read) if read is not None else ""
    if case.decided_at is not None:
        left = "已决定"
    elif case.is_final:
        left = case.get_state_display()
    elif due is None:
        left = "还没有受理"
    return {
        "light": light,
        "left": left,
        "promised": f"承诺 {date_text(due)}到期" if due is not None else _before_acceptance(case),
        "statutory": date_text(statutory) if statutory is not None else "",
        "has_dates": due is not None,
        "cells": strip_cells(read),
        "provisional": PROVISIONAL if may_move(case) else "",
        "running": due is not None and case.decided_at is None and not case.is_final,
    }


def _before_acceptance(case: Case) -> str:
    if case.state == CaseState.RECEIVED:
        return f"受理审查到 {date_text(case.clock.acceptance_due_on)}为止"
    if case.state == CaseState.CORRECTING and case.clock.correction_due_on is not None:
        return f"补正到 {date_text(case.clock.correction_due_on)}为止"
    return "期限没有开始"


def requirement_words(material: CaseMaterial) -> str:
    """原件 1，复印件 2 as the edition asks."""
    requirement = material.requirement
    if requirement is None:
        return material.legal_basis
    parts = []
    if requirement.originals:
        parts.append(f"原件 {requirement.originals}")
    if requirement.copies:
        parts.append(f"复印件 {requirement.copies}")
    words = "，".join(parts) or requirement.get_form_display()
    if requirement.is_required:
        return words
    return f"{words}（{requirement.condition or requirement.get_necessity_display()}）"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document as a list names it."""

    kind: str
    number: str
    issued_at: dt.datetime
    url: str
    # What it is worth today, where it is not valid, and where that is changed by whoever may.
    status: str
    status_url: str

    @classmethod
    def of(cls, document: OfficialDocument, url: str, status_url: str = "") -> DocumentLine:
        status = "" if document.status == OfficialDocument.Status.VALID else document.get_status_display()
        kind = _KINDS.get(document.kind, document.kind)
        return cls(kind, document.number, document.issued_at, url, status, status_url)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """An act with its document and its mark in the ledger."""

    at: dt.datetime
    label: str
    who: str
    post: str
    note: str
    late: bool
    document_kind: str
    document_number: str
    mark: str


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """What a reviewer or an approver has said."""

    heading: str
    author: str
    given_at: dt.datetime
    text: str
    departure: str


def timeline_rows(page: CasePage) -> list[TimelineRow]:
    """The acts as table rows."""
    documents = page.documents_by_id
    return [_timeline_row(act, documents.get(act.document_id) if act.document_id else None) for act in page.acts]


def _timeline_row(act: Act, document: OfficialDocument | None) -> TimelineRow:
    return TimelineRow(
        at=act.at,
        label=act.label,
        who="依法" if act.by_law else mask_name(act.actor_name),
        post="" if act.by_law else act.actor_post,
        note=act.note,
        late=act.late,
        document_kind=_KINDS.get(document.kind, document.kind) if document is not None else "",
        document_number=document.number if document is not None else "",
        mark=str(act.ledger_seq),
    )


def opinion_lines(page: CasePage) -> list[OpinionLine]:
    """The opinions in their order, by masked names."""
    return [
        OpinionLine(
            heading=opinion.heading,
            author=mask_name(opinion.author_name),
            given_at=opinion.given_at,
            text=opinion.text,
            departure=opinion.departure,
        )
        for opinion in page.opinions
    ]


def attempt_words(attempt: DeliveryAttempt) -> str:
    """When a posting or notice began, and how it ended."""
    if attempt.method == Delivery.Method.PUBLIC:
        until = date_full(rules.notice_ends_on(attempt.begun_on))
        words = [f"{date_full(attempt.begun_on)}在{attempt.notice_place}公告，{until}期满"]
    elif attempt.outcome == DeliveryAttempt.Outcome.FAILED and attempt.begun_on == attempt.ended_on:
        words = []
    else:
        words = [f"{date_full(attempt.begun_on)}交寄"]
    if attempt.tracking:
        words.append(f"邮件号 {attempt.tracking}")
    if attempt.outcome == DeliveryAttempt.Outcome.FAILED:
        words.append(f"{date_full(attempt.ended_on)}送达不成：{attempt.failure}")
    elif attempt.outcome == DeliveryAttempt.Outcome.REPLACED:
        words.append(str(attempt.get_outcome_display()))
    return "，".join(words)


def file_words(material: CaseMaterial) -> str:
    """One line under a material's name: files, papers, what the clerk found."""
    parts = []
    if files := len(material.files.all()):
        parts.append(f"文件 {files} 个")
    if material.originals_received:
        parts.append(f"原件 {material.originals_received}")
    if material.copies_received:
        parts.append(f"复印件 {material.copies_received}")
    if not parts and material.not_applicable_reason and material.conclusion == "pending":
        return "申请人说不适用"
    if not parts:
        parts.append(material.get_conclusion_display() if material.conclusion != "pending" else "没有交")
    return "，".join(parts)
