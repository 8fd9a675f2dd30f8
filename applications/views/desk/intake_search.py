"""查询: any case within reach, open or closed, by number, applicant or item."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from applications.permissions import READING
from applications.queries import finding
from applications.queries.scope import reach
from applications.views.desk import chrome
from portal.web.access import needs
from portal.web.forms import PortalForm
from portal.web.paging import paginate
from portal.web.requests import PortalRequest


class CaseSearchForm(PortalForm):
    q = forms.CharField(
        label="编号、申请人、事项",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "编号、申请人、事项", "autofocus": True}),
    )


@needs(*READING)
@require_safe
def intake_search(request: PortalRequest) -> HttpResponse:
    """An exact number goes straight to its case."""
    form = CaseSearchForm(request.GET)
    question = (form.cleaned_data.get("q") or "").strip() if form.is_valid() else ""
    where = reach(request.grants)
    if finding.looks_like_number(question):
        found = finding.case_id_by_number(where, question.upper())
        if found is not None:
            return redirect("applications:desk_case", found)
    page = None
    if question:
        page = paginate(finding.find_cases(where, question), request, order=["-received_at", "-pk"])
    context = chrome.intake_context(request, "search") | {"form": form, "question": question, "page": page}
    return render(request, "applications/desk/intake_search.html", context)
