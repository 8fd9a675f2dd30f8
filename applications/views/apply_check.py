"""The step 核对并提交: everything once more, what is missing, the due date, the declaration, and the act."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from applications import rules, services
from applications.answers import value_text
from applications.drafting import STEPS, Fault, MaterialState, OpenDraft
from applications.forms.apply import DeclarationForm
from applications.links import preview_url
from applications.models import Delivery, Draft
from applications.queries import open_cases_alike
from applications.services.drafts import not_applicable_reason
from applications.views.apply_page import page
from portal.clock import local_date
from portal.privacy.masking import mask_identity_number, mask_name, mask_phone
from portal.web.dates import date_text, size_text
from portal.web.errors import BadInput, WrongState
from portal.web.requests import PortalRequest
from portal.workdays.queries import current_calendar
from portal.workdays.reading import reading
from portal.workdays.terms import ClockEvent, EventType

STEP = "check"


def check(request: PortalRequest, opened: OpenDraft) -> HttpResponse:
    """Submits when nothing is missing; the second click finds the case of the first."""
    if "leave" in request.POST:
        return redirect("applications:drafts")
    faults = opened.faults()
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not faults and form.is_valid():
        try:
            services.submit_draft(draft_id=opened.draft.pk, actor=request.actor, declared=True)
        except (BadInput, WrongState) as error:
            form.add_domain_error(error)
        else:
            return redirect("applications:draft_done", opened.draft.pk)
    around = page(request, opened, STEP)
    urls = around["step_urls"]
    context = {
        **around,
        "form": form,
        "missing": [_missing(fault, urls) for fault in faults],
        "groups": _groups(opened, urls),
        "materials": [_material_row(opened.draft, state) for state in opened.materials],
        "materials_url": urls["materials"],
        "delivery": [_line("领取方式", delivery_text(opened.draft.delivery_method))],
        "delivery_url": urls["delivery"],
        "promise": _promise(opened, request.now),
        "alike": open_cases_alike(opened.draft, request.actor, local_date(request.now)),
    }
    return render(request, "applications/apply/check.html", context)


def _missing(fault: Fault, urls: dict[str, str]) -> dict[str, str]:
    anchor = f"#{fault.anchor}" if fault.anchor else ""
    return {"url": urls[fault.step] + anchor, "sentence": f"{STEPS[fault.step]}：{fault.sentence}"}


def _groups(opened: OpenDraft, urls: dict[str, str]) -> list[dict[str, Any]]:
    """The groups before the materials."""
    draft = opened.draft
    groups = [_group("applicant", _applicant_rows(opened), urls)]
    if opened.situations:
        situation = draft.situation.name if draft.situation is not None else "未选"
        groups.insert(0, _group("conditions", [_line("情形", situation)], urls))
    details = [
        _line(str(spec.get("label") or spec["name"]), value_text(spec, draft.details.get(str(spec["name"]))))
        for spec in opened.edition.form_fields
    ]
    if details:
        groups.append(_group("details", details, urls))
    return groups


def _applicant_rows(opened: OpenDraft) -> list[dict[str, str]]:
    draft, person, legal = opened.draft, opened.person, opened.draft.legal_person
    rows = []
    if legal is not None:
        representative = legal.representative
        rows = [
            _line("名称", legal.name),
            _line("统一社会信用代码", legal.uscc),
            _line(
                legal.representative_word,
                f"{mask_name(representative.name)}，{mask_identity_number(representative.identity_number)}",
            ),
        ]
        own = person is not None and representative.pk == person.pk
        agent = "没有，由本人申请" if own or person is None else mask_name(person.name)
        rows += [_line("联系电话", mask_phone(draft.contact_phone) or "未填"), _line("代理人", agent)]
    elif person is not None:
        rows = [
            _line("姓名", mask_name(person.name)),
            _line("身份证号码", mask_identity_number(person.identity_number)),
            _line("联系电话", mask_phone(draft.contact_phone) or "未填"),
        ]
    if draft.address:
        rows.append(_line("联系地址", draft.address))
    return rows


def delivery_text(method: str) -> str:
    """How the result comes, in a sentence."""
    match method:
        case Delivery.Method.ELECTRONIC:
            return "电子送达到“我的”"
        case Delivery.Method.POST:
            return "邮寄，邮费到付"
        case Delivery.Method.DIRECT:
            return "到窗口领取"
        case _:
            return "未选"


def _material_row(draft: Draft, state: MaterialState) -> dict[str, Any]:
    return {
        "name": state.requirement.name,
        "files": [
            {"name": given.file.name, "size": size_text(given.file.size), "url": preview_url(given.file)}
            for given in state.files
        ],
        "word": state.tag[1] if not state.files or state.tag[0] != "ok" else "",
        "reason": not_applicable_reason(draft, state.requirement) if not state.files else "",
    }


def _group(step: str, rows: list[dict[str, str]], urls: dict[str, str]) -> dict[str, Any]:
    return {"title": STEPS[step], "rows": rows, "url": urls[step]}


def _line(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value, "url": "", "action": ""}


def _promise(opened: OpenDraft, now: dt.datetime) -> str:
    """今天受理的，最迟 12月7日（周一）办结。 On a day off: of the next working day."""
    calendar = current_calendar()
    today = local_date(now)
    day = calendar.next_workday(today)
    accepted = now if day == today else dt.datetime.combine(day, dt.time(10), now.tzinfo)
    rule = rules.rule_of(opened.edition, opened.draft.situation)
    events = (ClockEvent(EventType.RECEIVED, now), ClockEvent(EventType.ACCEPTED, accepted))
    due = reading(events, calendar, rule, accepted).promised_due_on
    when = "今天" if day == today else f"{date_text(day)}"
    return f"{when}受理的，最迟 {date_text(due)}办结。" if due is not None else ""
