"""查进度: by case number and query code, masked, never with documents; no cookie, kept by no cache."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from applications import progress as words
from applications.clockwork import reading_of
from applications.forms.progress import ProgressForm
from applications.models import Case
from applications.queries import case_by_number, public_timeline
from applications.tokens import case_of_token, progress_token
from applications.views.mine import why
from portal.ledger.proofs import proof_summary
from portal.web import limits
from portal.web.access import public
from portal.web.errors import NotFound
from portal.web.requests import PortalRequest

PER_ADDRESS = "30/10m"
#: Wrong codes for one number from one address, so that a stranger does not keep the holder of the right one out.
PER_NUMBER = "10/10m"
#: And from all addresses together: there are a million codes.
FROM_EVERYWHERE = "100/h"
NOT_FOUND = "没有查到。请核对办件编号和查询码，都在收件凭证上。"


@public
@never_cache
@csrf_exempt  # nothing changes and nobody is signed in here: a form token would need a cookie
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def progress_form(request: PortalRequest) -> HttpResponse:
    """One answer for a wrong code and for an unknown number: same words, same status, same work."""
    form = ProgressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "progress", PER_ADDRESS)
        if form.is_valid():
            number, code = form.cleaned_data["number"], form.cleaned_data["code"]
            tries = f"{number}@{limits.client_address(request)}"
            limits.limit(request, "progress_number", PER_NUMBER, key=tries)
            limits.limit(request, "progress_everywhere", FROM_EVERYWHERE, key=number)
            case = case_by_number(number, code)
            if case is not None:
                limits.forget("progress_number", tries)
                limits.forget("progress_everywhere", number)
                response = redirect("applications:progress", progress_token(case.pk, request.now))
                response.status_code = 303
                return response
            form.add_error(None, NOT_FOUND)
    return render(request, "applications/progress/form.html", {"form": form})


@public
@never_cache
@require_safe
def progress(request: PortalRequest, token: str) -> HttpResponse:
    """How far the case is; names are masked, opinions, materials and documents are not here."""
    case = case_of(request, token)
    read = reading_of(case, request.now)
    kind, word = words.state_tag(case)
    context = {
        "case": case,
        "applicant": words.public_name(case),
        "kind": kind,
        "word": word,
        "due": words.due_card(case, read),
        "entries": words.timeline_entries(
            case, public_timeline(case), request.now, procedures=case.special_procedures.all(), read=read
        ),
        "proof": proof_summary(case.pk),
        "proof_url": reverse("applications:progress_proof", args=[token]),
        "why_url": reverse("applications:progress_why", args=[token]),
        "nav": "publicity",
    }
    return render(request, "applications/progress/progress.html", context)


@public
@never_cache
@require_safe
def progress_why(request: PortalRequest, token: str) -> HttpResponse:
    """为什么是这一天, without the papers."""
    case = case_of(request, token)
    back = reverse("applications:progress", args=[token])
    return why(request, case, template="applications/progress/why.html", back_url=back, documents={})


def case_of(request: PortalRequest, token: str) -> Case:
    """The case that a link of the last hours leads to; raises NotFound."""
    case = (
        Case.objects.select_related("edition__item", "situation", "department", "clock", "applicant_legal")
        .filter(pk=case_of_token(token, request.now))
        .first()
    )
    if case is None:
        raise NotFound("没有这个办件。")
    return case
