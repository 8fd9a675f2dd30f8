"""The official documents of a case: for each kind all the contents that domain reference 3.3 names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from applications import rules
from applications.answers import decision_particulars
from applications.identity import marked_name, unconfirmed_in
from applications.models import Case, Delivery, DeliveryAttempt, SpecialProcedure
from applications.people import person_key_of
from applications.recording import signature_in
from catalog.models import ItemEdition
from portal.clock import SHANGHAI, local_date
from portal.documents import services as documents
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.documents.rules import remedies_text
from portal.privacy.models import PersonKey
from portal.transitions.process import Context
from portal.transitions.table import Transition
from portal.workdays.queries import current_calendar

SUBJECT_KIND: Final = "case"
Data = dict[str, Any]


def issue(ctx: Context, transition: Transition) -> OfficialDocument:
    """Number and store the document of an act, in its transaction; an act of law is papered when it is found out."""
    case: Case = ctx.subject
    kind = DocumentKind(str(transition.document))
    key: PersonKey = person_key_of(case)
    return documents.issue(
        kind=kind,
        department=case.department,
        subject_kind=SUBJECT_KIND,
        subject_id=case.pk,
        person_key=None if key.is_erased else key,
        data=_common(ctx, case) | CONTENTS[kind](ctx, case),
        issued_at=(ctx.data or {}).get("discovered_at", ctx.now),
    )


def _common(ctx: Context, case: Case) -> Data:
    edition: ItemEdition = case.edition
    return {
        "case_number": case.number,
        "item_name": edition.name,
        "item_code": edition.item.basic_code,
        "situation": case.situation.name if case.situation is not None else "",
        "is_license": edition.is_license,
        "applicant": marked_name(case.applicant_name, unconfirmed_in(ctx)),
        "applicant_is_legal_person": case.applicant_legal_id is not None,
        "contact": case.agent.name if case.agent is not None else _contact(case),
        "contact_phone": case.contact_phone,
        "subject": case.subject,
        "received_on": local_date(case.received_at).isoformat(),
        "handler": _handler(ctx, case),
        "handler_phone": edition.consultation_phone,
        "supervision_phone": edition.supervision_phone,
        "place": edition.place,
        "bases": [str(basis) for basis in edition.bases.all()],
    }


def _handler(ctx: Context, case: Case) -> str:
    """The staff member in charge: who acts, or the clerk of the case when the applicant or the law does; may be ""."""
    signature = signature_in(ctx, ctx.actor.user_id) or signature_in(ctx, case.clerk_id)
    return signature.name if signature is not None else ""


def _contact(case: Case) -> str:
    return case.applicant_legal.representative.name if case.applicant_legal is not None else case.applicant_name


def _date(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _instant(at: dt.datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _provisional(begun: dt.datetime, due_on: dt.date | None) -> bool:
    """Whether a due date was counted through a year whose notice on holidays is not there yet."""
    return due_on is not None and current_calendar().is_provisional(local_date(begun), due_on)


def _receipt(ctx: Context, case: Case) -> Data:
    materials = case.materials.select_related("requirement").prefetch_related("files__file")
    return {
        "query_code": case.query_code,
        "channel": case.get_channel_display(),
        "window": str(case.window) if case.window is not None else "",
        "receiver": ctx.actor.name if case.window is not None else "朔州市政务服务平台",
        "received_at": _instant(case.received_at),
        "acceptance_due_on": _date(case.clock.acceptance_due_on),
        "provisional": _provisional(case.received_at, case.clock.acceptance_due_on),
        "materials": [
            {
                "name": material.name,
                "originals": material.originals_received,
                "copies": material.copies_received,
                "files": len(material.files.all()),
                "original_seen": material.original_seen,
            }
            for material in materials
        ],
        "delivery_method": Delivery.Method(case.delivery_method).label
        if case.delivery_method in Delivery.Method.values
        else case.delivery_method,
    }


def _correction(ctx: Context, case: Case) -> Data:
    return {
        "lines": ctx.results["correction_lines"],
        "supply_until": _date(ctx.results["correction"].supply_until),
        "correction_days": case.edition.correction_days,
        "provisional": _provisional(ctx.now, ctx.results["correction"].supply_until),
        "asked_at": _instant(ctx.now),
        "legal_basis": "《中华人民共和国行政许可法》第三十二条第一款第（四）项",
    }


def limits(case: Case) -> Data:
    """The two limits in words, with their due dates."""
    rule = rules.rule_of(case.edition, case.situation)
    unit = dict(case.edition._meta.get_field("limit_unit").flatchoices)
    return {
        "immediate": rule.immediate,
        "promised": f"{rule.promised.n} {unit[rule.promised.unit]}" if rule.promised is not None else "即办",
        "statutory": f"{rule.statutory.n} {unit[rule.statutory.unit]}" if rule.statutory is not None else "",
        "promised_due_on": _date(case.clock.promised_due_on),
        "statutory_due_on": _date(case.clock.statutory_due_on),
        "provisional": case.clock.provisional,
    }


def _acceptance(ctx: Context, case: Case) -> Data:
    edition = case.edition
    fee = f"{edition.fee_name}：{edition.fee_standard}（{edition.fee_basis}）" if edition.fee_charged else "不收费"
    return limits(case) | {
        "query_code": case.query_code,
        "accepted_on": _date(case.clock.accepted_on),
        "deemed": case.deemed_accepted,
        "corrected": ctx.action == "supply",
        "fee": fee,
        "excluded_procedures": [procedure.name for procedure in rules.procedures_of(edition)],
        "legal_basis": "《中华人民共和国行政许可法》第三十二条第一款第（四）项"
        if case.deemed_accepted
        else "《中华人民共和国行政许可法》第三十二条第一款第（五）项",
    }


def _not_taken_up(ctx: Context, case: Case) -> Data:
    results = ctx.results
    return {
        "reason": results["reason"],
        "legal_basis": results["legal_basis"],
        "competent_organ": results.get("competent_organ", ""),
        "remedies": results["remedies"],
        "late": results["late"],
    }


def _special_procedure(ctx: Context, case: Case) -> Data:
    special: SpecialProcedure = ctx.results["special_procedure"]
    started = local_date(special.started_at)
    return limits(case) | {
        "procedure": special.name,
        "reason": special.reason,
        "legal_basis": special.legal_basis,
        "started_on": _date(started),
        "until": _date(special.until),
        "days": (special.until - started).days,
    }


def _extension(ctx: Context, case: Case) -> Data:
    extension = ctx.results["extension"]
    return limits(case) | {
        "days": extension.days,
        "reason": extension.reason,
        "approved_by": ctx.actor.name,
        "old_due_on": _date(extension.old_due_on),
        "new_due_on": _date(extension.new_due_on),
        "legal_basis": "《中华人民共和国行政许可法》第四十二条第一款",
    }


def _grant(ctx: Context, case: Case) -> Data:
    return case.decision_details | {
        "particulars": [{"label": label, "text": text} for label, text in decision_particulars(case)],
        "accepted_on": _date(case.clock.accepted_on),
        "decided_on": _date(local_date(ctx.now)),
        "result_name": case.edition.result_name,
        "delivery_due_on": _date(case.clock.delivery_due_on),
        "provisional": _provisional(ctx.now, case.clock.delivery_due_on),
        "legal_basis": "《中华人民共和国行政许可法》第三十八条第一款",
    }


def _refusal(ctx: Context, case: Case) -> Data:
    return case.decision_details | {
        "accepted_on": _date(case.clock.accepted_on),
        "decided_on": _date(local_date(ctx.now)),
    }


def _service_receipt(ctx: Context, case: Case) -> Data:
    delivery: Delivery = ctx.results["delivery"]
    notice: DeliveryAttempt | None = ctx.results.get("notice")
    decisions = OfficialDocument.objects.filter(
        subject_kind=SUBJECT_KIND, subject_id=case.pk, kind__in=[DocumentKind.GRANT, DocumentKind.REFUSAL]
    )
    return {
        "documents": [{"name": each.get_kind_display(), "number": each.number} for each in decisions],
        "result_name": case.edition.result_name if case.decision == "granted" else "",
        "result_number": case.result_number,
        "addressee": marked_name(case.applicant_name, unconfirmed_in(ctx)),
        "method": delivery.get_method_display(),
        "recipient": delivery.recipient,
        "recipient_relation": delivery.recipient_relation,
        "tracking": delivery.tracking,
        "delivered_on": _date(delivery.delivered_on),
        "delivered_at": _instant(delivery.delivered_at),
        "notice_place": notice.notice_place if notice is not None else "",
        "notice_first_on": _date(notice.begun_on) if notice is not None else None,
        "attempts": [
            {"method": each.get_method_display(), "failed_on": _date(each.ended_on), "reason": each.failure}
            for each in case.delivery_attempts.filter(outcome=DeliveryAttempt.Outcome.FAILED)
        ],
        "deliverer": ctx.actor.name,
        "remark": delivery.remark,
    }


def _termination(ctx: Context, case: Case) -> Data:
    return {
        "reason": ctx.results["reason"],
        "legal_basis": ctx.results["legal_basis"],
        "ended_on": _date(local_date(ctx.now)),
        "remedies": remedies_text(),
    }


CONTENTS: dict[DocumentKind, Callable[[Context, Case], Data]] = {
    DocumentKind.RECEIPT: _receipt,
    DocumentKind.CORRECTION: _correction,
    DocumentKind.ACCEPTANCE: _acceptance,
    DocumentKind.NOT_REQUIRED: _not_taken_up,
    DocumentKind.NOT_COMPETENT: _not_taken_up,
    DocumentKind.SPECIAL_PROCEDURE: _special_procedure,
    DocumentKind.EXTENSION: _extension,
    DocumentKind.GRANT: _grant,
    DocumentKind.REFUSAL: _refusal,
    DocumentKind.SERVICE_RECEIPT: _service_receipt,
    DocumentKind.TERMINATION: _termination,
}
