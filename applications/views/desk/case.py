"""The case page of staff (picture 08): clock above, read left, write right; why this day; the sheet on paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from applications import clockwork, rules, services
from applications.answers import application_facts
from applications.forms.desk_acts import form_class
from applications.links import file_url
from applications.models import Case, CaseMaterial
from applications.permissions import READING, CasePermission
from applications.queries import casepage, documents_of, worklist
from applications.queries.casepage import CasePage
from applications.services import opening
from applications.states import CaseState
from applications.views.desk import chrome, facts, limits
from applications.views.desk.worklist import list_form, read_filters
from portal.clock import local_date
from portal.documents.models import OfficialDocument
from portal.documents.permissions import DocumentsPermission
from portal.files.models import StoredFile
from portal.files.paging import page_view
from portal.files.queries import has_bytes
from portal.readings.models import Reading
from portal.transitions.engine import Offer
from portal.web.access import needs
from portal.web.dates import day_text
from portal.web.errors import NotFound
from portal.web.keys import uuid7
from portal.web.requests import PortalRequest

#: Acts whose form stands on the case page itself; all others are links to their own page.
IN_PLACE = ("review", "grant")
#: What may come before the delivery.
DELIVERY_STEPS = ("post", "delivery_failed", "announce")
MAIN = (
    "accept",
    "ask_correction",
    "supply",
    "review",
    "grant",
    "refuse",
    "return_to_reviewer",
    "conclude",
    "deliver",
    *DELIVERY_STEPS,
)
RARE = ("pause", "resume", "extend", "release", "not_required", "not_competent", "withdraw")


@needs(*READING)
@require_safe
def desk_case(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Everything about one case, and only the acts that this person may do."""
    head = chrome.bench_context(request, "open")
    case = opening.open_case(actor=request.actor, case_id=case_id, now=request.now)
    page = casepage.page_of(case, request.now)
    listed = chrome.list_query(request)
    context = (
        head
        | _case_context(request, page, listed)
        | _reading_context(request, page)
        | {"done": _confirmation(request, page.case), "beside": _neighbours(request, page.case, listed)}
    )
    return render(request, "applications/desk/case.html", context)


def _case_context(request: PortalRequest, page: CasePage, listed: str) -> dict[str, Any]:
    case = page.case
    kind, word = facts.state_tag(case)
    offers = {offer.transition.action: offer for offer in services.offers(case, request.actor, request.now)}
    claim = offers.get("claim")
    return {
        "case": case,
        "page": page,
        "tag_kind": kind,
        "tag_word": word,
        "clock": facts.clock_facts(case, page.reading),
        "facts": facts.applicant_facts(case) + application_facts(case),
        "todo": _todo(page),
        "timeline": facts.timeline_rows(page),
        "documents": [_document(request, case, document) for document in page.documents],
        "opinions": facts.opinion_lines(page),
        "attempts": [(attempt, facts.attempt_words(attempt)) for attempt in page.attempts],
        "acts": _acts(case, offers, listed),
        "rare": _rare(case, offers, listed),
        "in_place": _in_place(case, offers),
        "blocked": next((o.reason for a in IN_PLACE if (o := offers.get(a)) is not None and o.reason), ""),
        "claim": claim if claim is not None and claim.is_open else None,
        "claim_key": uuid7(),
        "claimed_by_me": case.claimed_by_id is not None and case.claimed_by_id == request.actor.user_id,
        "approvers": casepage.approvers_of(case.department_id, local_date(request.now))
        if case.state == CaseState.REVIEWING
        else [],
        "listed": listed,
        "list_parameter": urlencode({"list": listed}),
        "decision_facts": _decision_facts(case),
        "list_url": f"{reverse('applications:work_list')}{f'?{listed}' if listed and listed != 'all' else ''}",
        "intake_url": reverse("applications:intake_case", args=[case.pk])
        if case.state == CaseState.RECEIVED and chrome.works_at_window(request.grants)
        else "",
        "recommendation": page.last_recommendation,
        "here": request.get_full_path(),
    }


def _in_place(case: Case, offers: dict[str, Offer]) -> dict[str, Any] | None:
    for action in IN_PLACE:
        offer = offers.get(action)
        if offer is not None and offer.is_open:
            return {"action": action, "form": form_class(offer.transition.form)(case=case)}
    return None


def _acts(case: Case, offers: dict[str, Offer], listed: str) -> list[dict[str, Any]]:
    """The acts of the stage that have a page of their own, open or with the reason why not."""
    return [_link(case, offers[action], listed) for action in MAIN if action in offers and action not in IN_PLACE]


def _rare(case: Case, offers: dict[str, Offer], listed: str) -> list[dict[str, Any]]:
    """Rare acts that are open, and those of the law whose hindrance is worth knowing."""
    found = [offers[action] for action in RARE if action in offers]
    return [
        _link(case, offer, listed)
        for offer in found
        if offer.is_open or (offer.transition.action in ("pause", "extend") and not case.clock.paused)
    ]


def _link(case: Case, offer: Offer, listed: str) -> dict[str, Any]:
    action = offer.transition.action
    address = reverse("applications:act", args=[case.pk, action])
    return {
        "action": action,
        "label": limits.VERBS.get(action, offer.transition.label),
        "url": f"{address}?{urlencode({'list': listed})}" if listed else address,
        "reason": offer.reason or "",
        "limit": limits.short(action, case),
        "danger": action in ("refuse", "not_required", "not_competent", "withdraw"),
    }


_DECISION_WORDS = (
    ("content", "准予的内容"),
    ("validity", "有效期"),
    ("conditions", "附加的条件"),
    ("facts", "事实"),
    ("reasons", "理由"),
    ("legal_basis", "依据"),
    ("remedies", "救济途径"),
)


def _decision_facts(case: Case) -> list[tuple[str, str]]:
    details = case.decision_details
    found = [(word, str(details[name])) for name, word in _DECISION_WORDS if details.get(name)]
    return [*found, ("证照编号", case.result_number)] if case.result_number else found


def _todo(page: CasePage) -> list[dict[str, Any]]:
    """现在要做: what this stage asks, done or open."""
    case, materials = page.case, page.materials
    given = [material for material in materials if material.conclusion != "not_applicable"]
    seen = sum(1 for material in given if material.seen_by_reviewer_at is not None)
    if case.state == CaseState.RECEIVED:
        checked = sum(1 for material in materials if material.conclusion != "pending")
        return [
            {"label": f"查验 {len(materials)} 项材料，已看 {checked}", "done": checked == len(materials)},
            {"label": "受理，或者一次告知补正", "done": False},
        ]
    if case.state == CaseState.CORRECTING:
        until = case.clock.correction_due_on
        return [{"label": f"等申请人补正{f'，到 {day_text(until)}为止' if until else ''}", "done": False}]
    if case.state in (CaseState.REVIEWING, CaseState.APPROVING):
        lines = [{"label": f"看完 {len(given)} 份材料，已看 {seen}", "done": seen == len(given)}]
        if (procedure := page.open_procedure) is not None:
            lines.append({"label": f"{procedure.name}，预计到 {day_text(procedure.until)}", "done": False})
        if case.state == CaseState.REVIEWING:
            lines.append({"label": "填写审核意见", "done": False})
        else:
            lines += [{"label": "审核意见已提交", "done": True}, {"label": "作出决定", "done": False}]
        return lines
    if case.state in (CaseState.GRANTED, CaseState.REFUSED):
        return [{"label": "决定已作出", "done": True}, {"label": "登记证照编号，办结", "done": False}]
    if case.state == CaseState.CONCLUDED:
        under_way = [
            {"label": f"{attempt.get_method_display()}，{facts.attempt_words(attempt)}", "done": False}
            for attempt in page.attempts
            if not attempt.outcome
        ]
        delivered = {"label": "送达申请人", "done": hasattr(case, "delivery")}
        return [{"label": "办结", "done": True}, *under_way, delivered]
    return []


def _reading_context(request: PortalRequest, page: CasePage) -> dict[str, Any]:
    """The materials beside what is given of the chosen one."""
    chosen = next((m for m in page.materials if str(m.pk) == request.GET.get("m")), None)
    if chosen is None:
        chosen = next((m for m in page.materials if m.files.all()), page.materials[0] if page.materials else None)
    query = {"list": chrome.list_query(request)} if chrome.list_query(request) else {}
    return {
        "materials": [
            {
                "material": material,
                "words": facts.file_words(material),
                "seen": material.seen_by_reviewer_at is not None,
                "current": material is chosen,
                "url": f"?{urlencode(query | {'m': str(material.pk)})}#materials",
            }
            for material in page.materials
        ],
        "chosen": _chosen(request, chosen, query),
        "may_mark": request.grants.has_for(CasePermission.REVIEW_CASE, page.case.department_id)
        or request.grants.has_for(CasePermission.APPROVE_CASE, page.case.department_id),
        "seen_count": sum(1 for material in page.materials if material.seen_by_reviewer_at is not None),
    }


def _chosen(request: PortalRequest, material: CaseMaterial | None, query: dict[str, str]) -> dict[str, Any] | None:
    """One material with its files; of one of them a page is shown."""
    if material is None:
        return None
    files = [given.file for given in material.files.all()]
    current = next((file for file in files if str(file.pk) == request.GET.get("f")), None)
    if current is None:
        current = next((file for file in files if file.is_clean and file.pages), files[0] if files else None)

    def address(file: StoredFile, page: int, zoom: int) -> str:
        more = {"m": str(material.pk), "f": str(file.pk)}
        if page > 1:
            more["p"] = str(page)
        if zoom > 1:
            more["z"] = str(zoom)
        return f"?{urlencode(query | more)}#materials"

    view = None
    if current is not None and has_bytes(current):
        shown = current
        view = page_view(
            shown,
            request.GET.get("p", ""),
            request.GET.get("z", ""),
            lambda page, zoom: address(shown, page, zoom),
        )
    return {
        "material": material,
        "requirement": facts.requirement_words(material),
        "files": [
            {
                "file": given.file,
                "supplied": given.supplied,
                "url": file_url(given.file),
                "look": address(given.file, 1, 1) if given.file.is_clean else "",
                "current": given.file == current,
                "view": view if given.file == current else None,
            }
            for given in material.files.all()
        ],
    }


def _document(request: PortalRequest, case: Case, document: OfficialDocument) -> facts.DocumentLine:
    may = request.grants.has_for(DocumentsPermission.REVOKE_DOCUMENT, document.department_id)
    status_url = reverse("documents:document_status", args=[document.pk]) if may else ""
    url = "" if case.erased_at is not None else document_url(document)
    return facts.DocumentLine.of(document, url, status_url)


def document_url(document: OfficialDocument) -> str:
    """Where a document is read."""
    return reverse("documents:download", args=[document.pk])


def _confirmation(request: PortalRequest, case: Case) -> dict[str, Any] | None:
    """The panel after an act: what was done, the document's number, who has it now."""
    try:
        act = case.acts.filter(pk=UUID(request.GET.get("act", "")), actor_id=request.actor.user_id).first()
    except ValueError:
        return None
    if act is None:
        return None
    lines = []
    if act.document_id is not None:
        document = OfficialDocument.objects.filter(pk=act.document_id).first()
        if document is not None:
            lines.append(f"已出具{document.get_kind_display()}，{document.number}。")
    if act.late:
        lines.append("这一步已经超过法定时间，记录里注明了逾期。")
    lines.append(limits.what_follows(act.action, case))
    return {"title": limits.DONE.get(act.action, f"已{act.label}"), "lines": [line for line in lines if line]}


def _neighbours(request: PortalRequest, case: Case, listed: str) -> dict[str, Any] | None:
    """第 9 件，共 25 件, when the case was opened from a list that still shows it."""
    if not listed or not case.clock.open or request.actor.user_id is None:
        return None
    parameters = chrome.list_parameters("" if listed == "all" else listed)
    form = list_form(parameters, request.grants, local_date(request.now))
    filters = read_filters(parameters, form, request.actor.user_id, request.grants)
    position = worklist.Position(case.clock.paused, case.clock.sort_on, case.pk)
    found = worklist.neighbours(filters, position)
    if found is None:
        return None
    return {
        "place": found.place,
        "total": found.total,
        "previous": chrome.case_url(found.previous, listed) if found.previous else "",
        "next": chrome.case_url(found.next, listed) if found.next else "",
    }


@needs(*READING)
@require_safe
def desk_case_why(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """为什么是这一天, for staff (picture 05)."""
    case = opening.open_case(actor=request.actor, case_id=case_id, now=request.now)
    read = clockwork.reading_of(case, request.now)
    documents = {
        local_date(document.issued_at): (document.number, document_url(document))
        for document in documents_of(case)
        if document.kind == "special_procedure"
    }
    due = case.clock.promised_due_on
    context = chrome.bench_context(request, "open") | {
        "case": case,
        "reading": read,
        "documents": documents,
        "due": due,
        "title": f"为什么是 {day_text(due)}" if due is not None else "期限怎么算",
        "back_url": chrome.case_url(case.pk, chrome.list_query(request)),
    }
    return render(request, "applications/desk/why.html", context)


@needs(*READING)
@require_safe
def desk_case_print(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """The case on paper."""
    case = opening.open_case(actor=request.actor, case_id=case_id, now=request.now, kind=Reading.Kind.PRINT)
    page = casepage.page_of(case, request.now)
    context = {
        "case": page.case,
        "page": page,
        "facts": facts.applicant_facts(page.case) + application_facts(page.case),
        "clock": facts.clock_facts(page.case, page.reading),
        "timeline": facts.timeline_rows(page),
        "materials": [(material, facts.requirement_words(material)) for material in page.materials],
        "printed_at": request.now,
        "back_url": chrome.case_url(page.case.pk),
        "procedures_word": "、".join(procedure.name for procedure in rules.procedures_of(page.case.edition)),
    }
    return render(request, "applications/desk/case_print.html", context)


@needs(CasePermission.REVIEW_CASE, CasePermission.APPROVE_CASE)
@require_POST
def mark_seen(request: PortalRequest, case_id: UUID, material_id: UUID) -> HttpResponse:
    """A reviewer has looked at a material; goes on to the next one that is not seen."""
    case = casepage.staff_case(request.actor, case_id)
    material = case.materials.filter(pk=material_id).first()
    if material is None:
        raise NotFound("没有这份材料。")
    services.mark_material_seen(material_id=material.pk, actor=request.actor)
    following = case.materials.filter(seen_by_reviewer_at=None).order_by("position").first()
    query = {"m": str((following or material).pk)}
    if listed := request.POST.get("list", "")[:1000]:
        query["list"] = listed
    return redirect(f"{reverse('applications:desk_case', args=[case.pk])}?{urlencode(query)}#materials")
