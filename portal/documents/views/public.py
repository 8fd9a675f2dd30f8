"""Anyone who holds a paper or a file asks whether it is genuine. No cookie, no user; the same answer for wrong and
unknown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.documents import checking, queries
from portal.documents.forms import FileForm, VerifyForm
from portal.web.access import public
from portal.web.limits import limit

RATE = "30/10m"
FILE_RATE = "10/10m"
NAV = {"nav": "publicity"}
UNKNOWN = "没有查到这份文书。请对照文书左下角，逐位核对核验码。"


@public
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Type the code; a GET form, so that it needs no cookie."""
    if "code" not in request.GET:
        return render(request, "documents/verify_form.html", {"form": VerifyForm(), "file_form": FileForm()} | NAV)
    limit(request, "documents.verify", RATE)
    form = VerifyForm(request.GET)
    if form.is_valid():
        code = queries.code_of(form.cleaned_data["code"])
        if code is not None:
            response = HttpResponseRedirect(reverse("documents:verify_document", args=[code]))
            response.status_code = 303
            return response
        form.add_error("code", UNKNOWN)
    return render(request, "documents/verify_form.html", {"form": form, "file_form": FileForm()} | NAV)


@public
@require_safe
def verify_document(request: HttpRequest, code: str) -> HttpResponse:
    """What the document is, and its state today; with `?mark=` only if that is the beginning of its hash."""
    limit(request, "documents.verify", RATE)
    found = queries.verification(code, request.GET.get("mark", ""))
    if found is None:
        form = VerifyForm({"code": code[:60]})
        form.is_valid()
        form.add_error("code", UNKNOWN)
        unknown = {"form": form, "file_form": FileForm()} | NAV
        return render(request, "documents/verify_form.html", unknown, status=404)
    context = {
        "found": found,
        "marked": bool(request.GET.get("mark")),
        "form": VerifyForm(),
        "file_form": FileForm(),
        "now": clock.now(),
    } | NAV
    return render(request, "documents/verify_document.html", context)


@csrf_exempt  # nothing changes and nobody is signed in here: a form token would need a cookie
@public
@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """Judge a file that somebody brings; it is looked at and forgotten."""
    if request.method != "POST":
        return render(request, "documents/verify_form.html", {"form": VerifyForm(), "file_form": FileForm()} | NAV)
    limit(request, "documents.verify_file", FILE_RATE)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"form": VerifyForm(), "file_form": form} | NAV
        return render(request, "documents/verify_form.html", context, status=422)
    judged = checking.judge(form.cleaned_data["file"].read())
    found = queries.verification(judged.code) if judged.code else None
    context = {
        "judged": judged,
        "found": found,
        "file_name": form.cleaned_data["file"].name,
        "file_form": FileForm(),
        "now": clock.now(),
    } | NAV
    return render(request, "documents/verify_file.html", context)
