"""One page per act: its inputs, its limits, and what is said when the case has moved on meanwhile."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications import rows, services
from applications.forms.desk_acts import ActForm, AskCorrectionForm, SupplyForm, form_class
from applications.models import Case
from applications.permissions import READING
from applications.queries import casepage
from applications.services import opening
from applications.transitions import TABLE
from applications.views.desk import chrome, facts, limits
from portal.readings.models import Reading
from portal.transitions.table import Transition
from portal.web.access import needs
from portal.web.errors import AskFirst, BadInput, DomainError, NotAllowed, NotFound, WrongState
from portal.web.requests import PortalRequest


@needs(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: PortalRequest, case_id: UUID, action: str) -> HttpResponse:
    """GET shows the form of an act, POST does it: the same key twice is one act, and leads to the same place."""
    transition = _transition(action)
    case = casepage.staff_case(request.actor, case_id)
    form_type = form_class(transition.form)
    if request.method != "POST":
        opening.note_reading(actor=request.actor, case=case, kind=Reading.Kind.CASE, now=request.now)
        objection = _objection(request, case, transition)
        if objection is not None:
            return _not_now(request, case, transition, objection)
        return _page(request, case, transition, form_type(case=case))
    form = form_type(request.POST, case=case)
    key = _key(request)
    if not form.is_valid():
        opening.note_reading(actor=request.actor, case=case, kind=Reading.Kind.CASE, now=request.now)
        return _page(request, case, transition, form, status=422)
    try:
        services.apply(case_id=case.pk, action=action, actor=request.actor, key=key, **form.act_data)
    except WrongState as error:
        return _not_now(request, casepage.staff_case(request.actor, case_id), transition, error, form)
    except BadInput as error:
        opening.note_reading(actor=request.actor, case=case, kind=Reading.Kind.CASE, now=request.now)
        form.add_domain_error(error)
        return _page(request, case, transition, form, status=422)
    done = casepage.act_by_key(case, key)
    query = {"act": str(done.pk) if done is not None else "", "list": chrome.list_query(request)}
    back = reverse("applications:desk_case", args=[case.pk])
    return redirect(f"{back}?{urlencode({name: value for name, value in query.items() if value})}")


def _transition(action: str) -> Transition:
    try:
        transition = TABLE.find(action)
    except LookupError:
        raise NotFound("没有这个办理动作。") from None
    if transition.form is None and action != "release":
        raise NotFound("没有这个办理动作。")
    return transition


def _key(request: PortalRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise BadInput("页面不完整，请刷新后再试。", code="key_missing") from None


def _objection(request: PortalRequest, case: Case, transition: Transition) -> DomainError | None:
    for offer in services.offers(case, request.actor, request.now):
        if offer.transition.action == transition.action:
            return WrongState(offer.reason) if offer.reason else None
    if case.state in transition.sources:
        return NotAllowed(f"您没有权限办理“{transition.label}”。")
    return WrongState(f"现在的状态是“{case.get_state_display()}”，不能办理“{transition.label}”。")


def _page(
    request: PortalRequest, case: Case, transition: Transition, form: ActForm, *, status: int = 200
) -> HttpResponse:
    kind, word = facts.state_tag(case)
    context = chrome.bench_context(request, "open") | {
        "case": case,
        "transition": transition,
        "form": form,
        "verb": limits.VERBS.get(transition.action, transition.label),
        "sentences": limits.explained(transition.action, case),
        "tag_kind": kind,
        "tag_word": word,
        "back_url": _back(request, case),
        "danger": transition.action in ("refuse", "not_required", "not_competent", "withdraw"),
        "lines": _lines(case) if isinstance(form, AskCorrectionForm) else [],
        "supply_rows": form.rows if isinstance(form, SupplyForm) else [],
        "fields": _plain_fields(form),
        "recommendation": rows.last_review(case) if transition.action in ("grant", "refuse") else None,
    }
    return render(request, "applications/desk/act.html", context, status=status)


def _plain_fields(form: ActForm) -> list[Any]:
    if isinstance(form, SupplyForm):
        return []
    return [bound for bound in form if not bound.is_hidden and not bound.name.startswith("extra_")]


def _lines(case: Case) -> list[Any]:
    return [material for material in casepage.materials_of(case) if material.conclusion == "incomplete"]


def _back(request: PortalRequest, case: Case) -> str:
    if case.state == "received" and chrome.works_at_window(request.grants):
        return reverse("applications:intake_case", args=[case.pk])
    return chrome.case_url(case.pk, chrome.list_query(request))


def _name_for(request: PortalRequest, case: Case) -> str:
    """The applicant's name, noted as read; masked for whoever has no task any more and has not said why."""
    try:
        opening.note_reading(actor=request.actor, case=case, kind=Reading.Kind.CASE, now=request.now)
    except AskFirst:
        return facts.masked_applicant(case)
    return case.applicant_name


def _not_now(
    request: PortalRequest, case: Case, transition: Transition, error: DomainError, form: ActForm | None = None
) -> HttpResponse:
    """What happened meanwhile and by whom; what was typed stays readable."""
    last = casepage.last_act(case)
    kind, word = facts.state_tag(case)
    context = chrome.bench_context(request, "open") | {
        "case": case,
        "applicant": _name_for(request, case),
        "verb": transition.label,
        "message": error.message,
        "last": last,
        "typed": form.typed if form is not None else [],
        "tag_kind": kind,
        "tag_word": word,
        "back_url": _back(request, case),
    }
    return render(request, "applications/desk/act_not_now.html", context, status=error.http_status)
