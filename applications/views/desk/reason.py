"""Who has no task on a case says why, then it opens for a while."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from applications import duty
from applications.permissions import READING
from applications.queries.casepage import staff_case
from applications.services import opening
from applications.views.desk import chrome
from portal.readings import rules
from portal.readings.models import Reading
from portal.web import limits
from portal.web.access import needs
from portal.web.errors import DomainError
from portal.web.forms import PortalForm
from portal.web.keys import uuid7
from portal.web.requests import PortalRequest


class ReasonForm(PortalForm):
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "页面不完整，请刷新后再试。"})
    reason = forms.ChoiceField(label="为什么要看", choices=Reading.Reason.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="具体说明",
        min_length=rules.SHORTEST_REASON,
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="申请人能看到您的姓名、单位、时间和这里写的说明。",
    )


@needs(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
def state_reason(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """A choice and a sentence; whoever has a task meanwhile goes straight on."""
    case = staff_case(request.actor, case_id)
    target = _target(request, case_id)
    if case.erased_at is not None or duty.task_of(request.actor, case, request.now):
        return redirect(target)
    form = ReasonForm(request.POST if request.method == "POST" else None, initial={"key": uuid7()})
    status = 200
    if request.method == "POST":
        limits.limit(request, "state_reason", "60/h", key=str(request.actor.user_id))
        status = 422
        if form.is_valid():
            try:
                opening.state_reason(actor=request.actor, case_id=case_id, **form.cleaned_data)
            except DomainError as error:
                form.add_domain_error(error)
            else:
                return redirect(target)
    context = {"case": case, "form": form, "next": target, "hours": int(rules.OPEN_FOR.total_seconds() // 3600)}
    context |= chrome.bench_context(request, "open")
    return render(request, "applications/desk/state_reason.html", context, status=status)


def _target(request: PortalRequest, case_id: UUID) -> str:
    """Where the reader wanted to go, if it is within the portal."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("applications:desk_case", args=[case_id])
