"""我的: what waits for me, my cases, drafts and messages; one case with its progress; why this day; withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications import progress, services
from applications.answers import application_facts
from applications.clockwork import reading_of
from applications.forms.mine import MyCasesForm, WithdrawForm
from applications.links import calculator_url, document_url, guide_url, preview_url
from applications.models import Case, CaseMaterial
from applications.queries import (
    case_for_applicant,
    cases_of_applicant,
    documents_of,
    kept_receipts,
    open_drafts,
    timeline,
)
from applications.states import FINAL_STATES, CaseState
from applications.views.apply import draft_rows
from portal.clock import local_date
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.ledger.proofs import proof_summary
from portal.messaging.models import Message
from portal.web.access import signed_in
from portal.web.dates import day_text
from portal.web.errors import BadInput, WrongState
from portal.web.keys import uuid7
from portal.web.paging import capped_count, paginate
from portal.web.requests import PortalRequest

SHOWN_MESSAGES = 3


@signed_in
@require_safe
def my_cases(request: PortalRequest) -> HttpResponse:
    """Everything of this person and of the firms it stands for; a fixed number of queries."""
    form = MyCasesForm(request.GET)
    form.is_valid()
    mine = cases_of_applicant(request.actor, local_date(request.now))
    wanted = _narrowed(mine, form.cleaned_data)
    page = paginate(wanted, request, order=["-received_at", "-id"])
    messages = Message.objects.filter(user_id=str(request.actor.user_id))
    waiting = list(mine.filter(state=CaseState.CORRECTING)[:10])
    context = {
        "form": form,
        "narrowed": any(form.cleaned_data.values()),
        "waiting": [_row(case) for case in waiting],
        "rows": [_row(case) for case in page],
        "page": page,
        "count": capped_count(wanted),
        "drafts": draft_rows(list(open_drafts(request.actor, request.now).order_by("-saved_at")[:5])),
        "messages": list(messages.order_by("-created_at", "-id")[:SHOWN_MESSAGES]),
        "receipts": [_document(receipt) for receipt in kept_receipts(request.actor, local_date(request.now))],
        "unread": messages.filter(read_at=None).count(),
    }
    return render(request, "applications/mine/cases.html", context)


def _narrowed(cases: QuerySet[Case], wanted: dict[str, Any]) -> QuerySet[Case]:
    match wanted.get("state"):
        case "todo":
            cases = cases.filter(state=CaseState.CORRECTING)
        case "open":
            cases = cases.exclude(state__in=FINAL_STATES)
        case "done":
            cases = cases.filter(state__in=FINAL_STATES)
    words = wanted.get("q") or ""
    if words:
        cases = cases.filter(
            Q(number=words) | Q(edition__name__contains=words) | Q(applicant_legal__name__contains=words)
        )
    return cases


def _row(case: Case) -> dict[str, Any]:
    kind, word = progress.state_tag(case)
    return {
        "case": case,
        "applicant": progress.own_name(case),
        "kind": kind,
        "word": word,
        "due": progress.due_text(case),
    }


@signed_in
@require_safe
def my_case(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """What I must do, then when, then what happened."""
    case = case_for_applicant(request.actor, case_id, local_date(request.now))
    documents = list(documents_of(case))
    read = reading_of(case, request.now)
    lines = case.correction.lines.count() if case.state == CaseState.CORRECTING else 0
    kind, word = progress.state_tag(case)
    context = {
        "case": case,
        "applicant": progress.own_name(case),
        "kind": kind,
        "word": word,
        "to_do": progress.to_do(case, lines),
        "due": progress.due_card(case, read),
        "entries": progress.timeline_entries(
            case,
            timeline(case),
            request.now,
            procedures=case.special_procedures.all(),
            documents={document.pk: document for document in documents},
            read=read,
        ),
        "proof": proof_summary(case.pk),
        "proof_url": reverse("applications:my_case_proof", args=[case.pk]),
        "documents": [_document(document) for document in reversed(documents)],
        "materials": _materials(case),
        "filled": application_facts(case),
        "may_withdraw": any(
            offer.transition.action == "withdraw" and offer.is_open
            for offer in services.offers(case, request.actor, request.now)
        ),
        "guide_url": guide_url(case.edition.item.basic_code),
    }
    return render(request, "applications/mine/case.html", context)


def _document(document: OfficialDocument) -> dict[str, Any]:
    return {"document": document, "url": document_url(document)}


def _materials(case: Case) -> list[dict[str, Any]]:
    """Materials with their files and, while corrections are asked, which have to be handed in again."""
    rows = []
    for material in case.materials.select_related("requirement").prefetch_related("files__file").order_by("position"):
        files = [
            {"file": given.file, "url": preview_url(given.file), "supplied": given.supplied}
            for given in material.files.all()
        ]
        asked = case.state == CaseState.CORRECTING and material.conclusion == CaseMaterial.Conclusion.INCOMPLETE
        received = material.originals_received or material.copies_received
        if files or asked or received or material.not_applicable_reason:
            rows.append({"material": material, "files": files, "asked": asked})
    return rows


@signed_in
@require_safe
def my_case_why(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """为什么是这一天 (picture 05)."""
    case = case_for_applicant(request.actor, case_id, local_date(request.now))
    told = {
        local_date(document.issued_at): (document.number, document_url(document))
        for document in documents_of(case).filter(kind=DocumentKind.SPECIAL_PROCEDURE)
    }
    back = reverse("applications:my_case", args=[case.pk])
    return why(request, case, template="applications/mine/why.html", back_url=back, documents=told)


def why(
    request: PortalRequest, case: Case, *, template: str, back_url: str, documents: dict[Any, tuple[str, str]]
) -> HttpResponse:
    """The page of a reading, on the applicant's side and by case number alike."""
    read = reading_of(case, request.now)
    due = read.promised_due_on
    context = {
        "case": case,
        "read": read,
        "title": f"为什么是 {day_text(due)}" if due is not None else "期限怎么算",
        "documents": documents,
        "calculator_url": calculator_url(),
        "back_url": back_url,
    }
    return render(request, template, context)


@signed_in
@require_http_methods(["GET", "POST"])
def withdraw(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Asks once, then withdraws; possible until the decision."""
    case = case_for_applicant(request.actor, case_id, local_date(request.now))
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial={"key": uuid7()})
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data.pop("key")
        try:
            services.apply(case_id=case.pk, action="withdraw", actor=request.actor, key=key, **form.cleaned_data)
        except (BadInput, WrongState) as error:
            form.add_domain_error(error)
        else:
            return redirect("applications:my_case", case.pk)
    return render(request, "applications/mine/withdraw.html", {"case": case, "form": form})
