"""查询: any case within reach, open or closed, by number, applicant or item; at the window by the person's number."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from applications.permissions import READING, CasePermission
from applications.queries import finding
from applications.queries.scope import reach
from applications.views.desk import chrome
from portal.accounts.rules import looks_like_phone
from portal.clock import today
from portal.privacy.identifiers import identity_number_fault, normalise, normalise_mobile
from portal.readings import services as readings
from portal.web import limits
from portal.web.access import needs
from portal.web.forms import PortalForm
from portal.web.paging import paginate
from portal.web.requests import PortalRequest

#: A clerk looks up whoever stands at the window, not a list of people.
NUMBER_RATE: Final = "30/10m"


class CaseSearchForm(PortalForm):
    q = forms.CharField(
        label="编号、申请人、事项",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "编号、申请人、事项", "autofocus": True}),
    )


class PersonSearchForm(PortalForm):
    """A number that the applicant hands over; only the whole number finds anything."""

    number = forms.CharField(
        label="身份证号码或手机号码",
        max_length=30,
        help_text="当事人在场时使用。号码要写全；查找会记录，本人能看到。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_number(self) -> str:
        typed: str = self.cleaned_data["number"]
        if looks_like_phone(typed):
            return normalise_mobile(typed)
        number = normalise(typed)
        if len(number) != 18:
            raise forms.ValidationError("请填写 18 位身份证号码或者 11 位手机号码。")
        if fault := identity_number_fault(number, today=today()):
            raise forms.ValidationError(fault)
        return number


def _is_persons_number(question: str) -> bool:
    """Typed where it does not belong: what is searched by words stands in the address."""
    number = normalise(question)
    return looks_like_phone(question) or (len(number) == 18 and not identity_number_fault(number, today=today()))


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
    misplaced = bool(question) and _is_persons_number(question)
    page = None
    if question and not misplaced:
        page = paginate(finding.find_cases(where, question), request, order=["-received_at", "-pk"])
    elif misplaced:
        form = CaseSearchForm()
    context = _context(request) | {"form": form, "question": question, "page": page, "misplaced": misplaced}
    return render(request, "applications/desk/intake_search.html", context)


@needs(CasePermission.RECEIVE_CASE)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def intake_search_person(request: PortalRequest) -> HttpResponse:
    """The cases of whoever stands before the clerk. The number travels by POST only; who was found can read it."""
    form = PersonSearchForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST":
        limits.limit(request, "desk-number", NUMBER_RATE, key=str(request.actor.user_id))
        if form.is_valid():
            where = reach(request.grants, [CasePermission.RECEIVE_CASE])
            found = finding.cases_of_number(where, form.cleaned_data["number"])
            for person in found.persons:
                readings.note_found(request.actor, person)
    context = _context(request) | {"form": CaseSearchForm(), "number_form": form, "found": found}
    status = 422 if form.errors else 200
    return render(request, "applications/desk/intake_search.html", context, status=status)


def _context(request: PortalRequest) -> dict[str, Any]:
    may_search = request.grants.has(CasePermission.RECEIVE_CASE)
    number_form = PersonSearchForm() if may_search else None
    return chrome.intake_context(request, "search") | {"number_form": number_form}
