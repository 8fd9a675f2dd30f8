"""窗口工作台: one queue for the whole hall, and the material check beside it (picture 06)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications import services
from applications.answers import application_facts
from applications.forms.desk_check import CheckRow, basis_of, is_overtaken, stored_rows, typed_rows
from applications.models import Case
from applications.permissions import CasePermission
from applications.queries import casepage, documents_of, intake
from applications.queries.scope import reach
from applications.remaining import until_word
from applications.services import opening
from applications.states import CaseChannel, CaseState
from applications.views.desk import chrome, facts, scans
from applications.views.desk.case import document_url
from portal.clock import local_date
from portal.files.limits import ACCEPT, limits_text
from portal.privacy.masking import mask_name
from portal.readings.models import Reading
from portal.web.access import needs
from portal.web.dates import clock_time, date_text, day_text
from portal.web.errors import DomainError, NotFound
from portal.web.keys import uuid7
from portal.web.requests import PortalRequest
from portal.workdays.queries import current_calendar
from portal.workdays.terms import shanghai_midnight

_OVERTAKEN = (
    "别的窗口刚才保存过这件的查验，您填的还在下面，没有保存。核对以后再保存，就以您填的为准；不要的，请重新打开本件。"
)
#: Where on a row the fault of a field is told.
_BESIDE_THE_ROW = {"remark": "remark", "copies": "count", "conclusion": "conclusion"}
_HALL, _ONLINE = CaseChannel.HALL.value, CaseChannel.ONLINE.value


@needs(*intake.INTAKE)
@require_safe
def intake_queue(request: PortalRequest) -> HttpResponse:
    """The queue without a case chosen."""
    context = chrome.intake_context(request, "intake") | _queue_context(request, None)
    return render(request, "applications/desk/intake_queue.html", context)


def _queue_context(request: PortalRequest, current: Case | None) -> dict[str, Any]:
    wanted = request.GET.get("channel", current.channel if current is not None else "")
    where = intake.intake_reach(request.grants)
    channel = wanted if wanted in CaseChannel.values else _HALL
    queue = intake.queue(where, channel)
    if not wanted and not queue.cases and queue.counts[_ONLINE]:
        channel = _ONLINE
        queue = intake.queue(where, channel)
    calendar, today = current_calendar(), local_date(request.now)
    return {
        "channel": channel,
        "queue_tabs": [
            {"value": value, "label": word, "count": queue.counts[value], "current": channel == value}
            for value, word in ((_HALL, "现场"), (_ONLINE, "网上"))
        ],
        "queue": [_queued(case, calendar, today, current) for case in queue.cases],
        "queue_total": queue.total,
        "is_cut": queue.counts[channel].number > len(queue.cases),
    }


def _queued(case: Case, calendar: Any, today: Any, current: Case | None) -> dict[str, Any]:
    name = facts.masked_applicant(case)
    handler = case.claimed_by.get_full_name() if case.claimed_by is not None else ""
    return {
        "url": f"{reverse('applications:intake_case', args=[case.pk])}?channel={case.channel}",
        "name": f"{name}（代理）" if case.agent_id is not None else name,
        "item": case.edition.name,
        "left": until_word(calendar, today, case.clock.acceptance_due_on),
        "due": day_text(case.clock.acceptance_due_on),
        "handler": mask_name(handler) if handler else "",
        "current": current is not None and case.pk == current.pk,
    }


@needs(*intake.INTAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def intake_case(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """The check of one case's materials; POST saves it and keeps what was typed whatever is wrong."""
    case = casepage.staff_case(request.actor, case_id)
    if not any(request.grants.has_for(permission, case.department_id) for permission in intake.INTAKE):
        raise NotFound("没有这个办件。")
    if request.method != "POST" and case.state != CaseState.RECEIVED:
        return redirect("applications:desk_case", case.pk)
    opening.note_reading(actor=request.actor, case=case, kind=Reading.Kind.CASE, now=request.now)
    materials = casepage.materials_of(case)
    words = {material.pk: facts.requirement_words(material) for material in materials}
    if request.method != "POST":
        return _check_page(request, case, stored_rows(materials, words))
    rows = typed_rows(materials, words, request.POST)
    if is_overtaken(rows, request.POST.get("basis", "")):
        return _check_page(request, case, rows, fault=_OVERTAKEN, status=409)
    if request.FILES:
        scans.take_for_case(request, case, rows)
        errors = {row.material.pk: row.errors for row in rows}
        rows = typed_rows(casepage.materials_of(case), words, request.POST)
        for row in rows:
            row.errors = errors[row.material.pk]
    fault = "" if any(row.errors for row in rows) else _save(request, rows)
    if fault or any(row.errors for row in rows):
        return _check_page(request, case, rows, fault=fault, status=422)
    wanted = request.POST.get("then", "")
    if wanted in ("accept", "ask_correction"):
        return redirect("applications:act", case.pk, wanted)
    messages.info(request, "材料查验已保存。")
    return redirect(f"{reverse('applications:intake_case', args=[case.pk])}?{urlencode({'channel': case.channel})}")


def _save(request: PortalRequest, rows: list[CheckRow]) -> str:
    """Saves what changed; the sentence of what stands against it, else nothing."""
    for row in rows:
        if not row.is_changed:
            continue
        try:
            services.record_material_check(
                material_id=row.material.pk,
                actor=request.actor,
                conclusion=row.conclusion,
                remark=row.remark,
                original_seen=row.original_seen,
                originals=row.originals,
                copies=row.copies,
            )
        except DomainError as error:
            if error.field in _BESIDE_THE_ROW:
                row.errors[_BESIDE_THE_ROW[error.field]] = error.message
                continue
            return error.message
    return ""


def _check_page(
    request: PortalRequest, case: Case, rows: list[CheckRow], *, fault: str = "", status: int = 200
) -> HttpResponse:
    offers = {offer.transition.action: offer for offer in services.offers(case, request.actor, request.now)}
    missing = sum(1 for row in rows if row.conclusion == "incomplete")
    pending = sum(1 for row in rows if row.conclusion == "pending" and row.material.is_required)
    received, due = local_date(case.received_at), case.clock.acceptance_due_on
    kind, word = facts.state_tag(case)
    context = (
        chrome.intake_context(request, "intake")
        | _queue_context(request, case)
        | {
            "case": case,
            "rows": [_row(row) for row in rows],
            "error_lines": [
                {"target": f"{row.prefix}-{name}", "text": message}
                for row in rows
                for name, message in row.errors.items()
            ],
            "fault": fault,
            "basis": basis_of(rows),
            "tag_kind": kind,
            "tag_word": "收件，尚未受理" if case.state == CaseState.RECEIVED else word,
            "facts": [
                ("申请人", case.applicant_name),
                *[pair for pair in facts.applicant_facts(case)[1:] if pair[0] != "联系电话"],
                ("办件编号", case.number),
                ("收件", f"{_received(request, case)}，{case.get_channel_display()}"),
            ],
            "deadline": f"受理审查到 {date_text(due)}为止。",
            "deadline_rest": (
                f"到期不处理的，视为 {day_text(received)}已受理，计时从 {day_text(received)}的第二天算起。"
            ),
            "acts": offers,
            "accept": offers.get("accept"),
            "ask": offers.get("ask_correction"),
            "not_required": offers.get("not_required"),
            "not_competent": offers.get("not_competent"),
            "missing": missing,
            "pending": pending,
            "accept_reason": _accept_reason(missing, pending, offers),
            "claim": offers["claim"] if "claim" in offers and offers["claim"].is_open else None,
            "claimed_by_me": case.claimed_by_id == request.actor.user_id,
            "claimed_by": mask_name(case.claimed_by.get_full_name()) if case.claimed_by is not None else "",
            "key": uuid7(),
            "here": request.get_full_path(),
            "outcome": [str(message) for message in messages.get_messages(request)],
            "application": application_facts(case),
            "limits": limits_text(),
            "file_types": ACCEPT,
        }
    )
    return render(request, "applications/desk/intake_case.html", context, status=status)


def _row(row: CheckRow) -> dict[str, Any]:
    return {
        "check": row,
        "material": row.material,
        "requirement": row.requirement,
        "files": [given.file for given in row.material.files.all()],
        "errors": row.errors,
        "is_open": row.conclusion == "incomplete",
    }


def _received(request: PortalRequest, case: Case) -> str:
    received = local_date(case.received_at)
    time = clock_time(case.received_at)
    return time if received == local_date(request.now) else f"{day_text(received)} {time}"


def _accept_reason(missing: int, pending: int, offers: dict[str, Any]) -> str:
    if missing:
        return f"有 {missing} 项要补，不能受理。补正只能告知一次，请写全。"
    if pending:
        return f"还有 {pending} 项必要材料没有看。"
    accept = offers.get("accept")
    if accept is None:
        return "您没有权限受理本件。"
    return accept.reason or ""


# --- the other tabs ------------------------------------------------------------------------------------


@needs(*intake.INTAKE)
@require_safe
def intake_correction(request: PortalRequest) -> HttpResponse:
    """待补正: until when the applicant may supply."""
    cases = intake.correcting(intake.intake_reach(request.grants))[: intake.LONGEST_QUEUE * 2]
    calendar, today = current_calendar(), local_date(request.now)
    rows = [
        {
            "case": case,
            "left": max(0, (case.clock.sort_on - today).days),
            "due": case.correction.supply_until,
            "asked_at": case.correction.asked_at,
            "working": calendar.is_workday(today),
            "name": facts.masked_applicant(case),
        }
        for case in cases
    ]
    context = chrome.intake_context(request, "correction") | {"rows": rows}
    return render(request, "applications/desk/intake_correction.html", context)


@needs(CasePermission.DELIVER_CASE)
@require_safe
def intake_handover(request: PortalRequest) -> HttpResponse:
    """出件: decided cases to conclude, concluded ones to deliver."""
    where = reach(request.grants, [CasePermission.DELIVER_CASE])
    tasks = intake.handing_over(where)[: intake.LONGEST_QUEUE * 2]
    rows = [
        {
            "case": task.case,
            "name": facts.masked_applicant(task.case),
            "word": "登记送达" if task.kind == "deliver" else "办结",
            "url": reverse("applications:act", args=[task.case_id, task.kind]),
            "due": task.case.clock.delivery_due_on,
            "result": task.case.get_decision_display(),
            "tag": "done" if task.case.decision == "granted" else "stop",
        }
        for task in tasks
    ]
    context = chrome.intake_context(request, "handover") | {"rows": rows}
    return render(request, "applications/desk/intake_handover.html", context)


@needs(*intake.INTAKE)
@require_safe
def intake_today(request: PortalRequest) -> HttpResponse:
    """今天: what this clerk has done since the morning."""
    today = local_date(request.now)
    acts = list(intake.acts_of_today(request.actor.user_id, shanghai_midnight(today))[:200])
    counted: dict[str, int] = {}
    for act in acts:
        counted[act.label] = counted.get(act.label, 0) + 1
    context = chrome.intake_context(request, "today") | {
        "rows": [{"act": act, "name": facts.masked_applicant(act.case)} for act in acts],
        "figures": [{"label": label, "value": count, "note": ""} for label, count in counted.items()],
        "today": today,
    }
    return render(request, "applications/desk/intake_today.html", context)


@needs(*intake.INTAKE)
@require_safe
def intake_receipt(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """收件凭证: the number, the query code for the applicant, the document to print."""
    case = casepage.staff_case(request.actor, case_id)
    if not any(request.grants.has_for(permission, case.department_id) for permission in intake.INTAKE):
        raise NotFound("没有这个办件。")
    opening.note_reading(actor=request.actor, case=case, kind=Reading.Kind.CASE, now=request.now)
    receipt = next((d for d in documents_of(case) if d.kind == "receipt"), None)
    context = chrome.intake_context(request, "intake") | {
        "case": case,
        "receipt": receipt,
        "receipt_url": document_url(receipt) if receipt is not None else "",
        "due": case.clock.acceptance_due_on,
    }
    return render(request, "applications/desk/intake_receipt.html", context)
