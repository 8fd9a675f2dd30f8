"""Anyone who holds a paper asks whether it is genuine. No cookie, no user; the same answer for wrong and unknown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal import clock
from portal.documents import queries
from portal.documents.forms import VerifyForm
from portal.web.access import public
from portal.web.limits import limit

RATE = "30/10m"
NAV = {"nav": "publicity"}
UNKNOWN = "没有查到这份文书。请对照文书左下角，逐位核对核验码。"


@public
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Type the code; a GET form, so that it needs no cookie."""
    if "code" not in request.GET:
        return render(request, "documents/verify_form.html", {"form": VerifyForm()} | NAV)
    limit(request, "documents.verify", RATE)
    form = VerifyForm(request.GET)
    if form.is_valid():
        code = queries.code_of(form.cleaned_data["code"])
        if code is not None:
            response = HttpResponseRedirect(reverse("documents:verify_document", args=[code]))
            response.status_code = 303
            return response
        form.add_error("code", UNKNOWN)
    return render(request, "documents/verify_form.html", {"form": form} | NAV)


@public
@require_safe
def verify_document(request: HttpRequest, code: str) -> HttpResponse:
    """What the document is, and its state today."""
    limit(request, "documents.verify", RATE)
    found = queries.verification(code)
    if found is None:
        form = VerifyForm({"code": code[:60]})
        form.is_valid()
        form.add_error("code", UNKNOWN)
        return render(request, "documents/verify_form.html", {"form": form} | NAV, status=404)
    return render(
        request, "documents/verify_document.html", {"found": found, "form": VerifyForm(), "now": clock.now()} | NAV
    )
