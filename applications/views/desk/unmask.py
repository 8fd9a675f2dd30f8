"""Numbers and sensitive answers in full: an act with a reason, which the person can see later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from applications import services
from applications.answers import value_text
from applications.models import Case
from applications.permissions import READING
from applications.services import opening
from applications.views.desk import chrome
from applications.views.desk.facts import standing_facts
from portal.web import limits
from portal.web.access import needs
from portal.web.forms import PortalForm
from portal.web.requests import PortalRequest


class UnmaskForm(PortalForm):
    reason = forms.ChoiceField(
        label="为什么要看", choices=list(services.UNMASKING_REASONS.items()), widget=forms.RadioSelect,
        help_text="查看会留下记录。",
    )  # fmt: skip


@needs(*READING)
@require_http_methods(["GET", "POST"])
def unmask(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Shown once, in the answer to the form: the page that is reloaded asks again."""
    case = opening.open_case(actor=request.actor, case_id=case_id, now=request.now)
    form = UnmaskForm(request.POST if request.method == "POST" else None)
    facts: list[tuple[str, str]] = []
    if request.method == "POST" and case.erased_at is None:
        limits.limit(request, "unmask", "60/h", key=str(request.actor.user_id))
        if form.is_valid():
            services.unmask_case(case=case, actor=request.actor, reason=form.cleaned_data["reason"])
            facts = _facts(case)
    context: dict[str, Any] = {"case": case, "form": form, "facts": facts}
    return render(request, "applications/desk/unmask.html", chrome.bench_context(request, "open") | context)


def _facts(case: Case) -> list[tuple[str, str]]:
    facts = [("申请人", case.applicant_name), *standing_facts(case)]
    if case.applicant_person is not None:
        facts.append(("身份证号码", case.applicant_person.identity_number))
    if case.applicant_legal is not None:
        firm = case.applicant_legal
        facts += [("信用代码", firm.uscc), (firm.representative_word, firm.representative.name)]
    if case.agent is not None:
        facts.append(("代理人", f"{case.agent.name}，{case.agent.identity_number}"))
    facts += [("联系电话", case.contact_phone), ("地址", case.address or "未填")]
    answers = case.details
    for spec in case.edition.form_fields:
        if spec.get("sensitive"):
            facts.append((str(spec.get("label") or spec["name"]), value_text(spec, answers.get(str(spec["name"])))))
    return facts
