"""办件公示: the list and one case, for everyone; no cookie, no user, so that caches may keep them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications import progress, publicity
from applications.forms.public import PublicListForm
from applications.queries import public_timeline
from catalog.enumerations import CasePublicity
from portal.clock import local_date
from portal.ledger.proofs import proof_summary
from portal.web.access import public
from portal.web.paging import capped_count, paginate
from portal.web.requests import PortalRequest


@public
@require_safe
def public_list(request: PortalRequest) -> HttpResponse:
    """25 a page, newest first; the number of queries does not depend on the length."""
    form = PublicListForm(request.GET, choices=publicity.choices(local_date(request.now)))
    wanted = form.wanted()
    found = publicity.published_cases(wanted)
    page = paginate(found, request, order=["-received_at", "-id"])
    context = {
        "form": form,
        "lines": [publicity.public_line(case) for case in page],
        "count": capped_count(found.order_by()),
        "page": page,
        "narrowed": bool(wanted),
    }
    return render(request, "applications/public/list.html", context)


@public
@require_safe
def public_case(request: PortalRequest, number: str) -> HttpResponse:
    """Who acted stays inside; what happened and when is public, each with its mark in the ledger."""
    case = publicity.published_case(number)
    full = case.edition.publicity == CasePublicity.FULL
    context = {
        "case": case,
        "line": publicity.public_line(case),
        "nav": "publicity",
        "proof": proof_summary(case.pk),
        "proof_url": reverse("disclosure:public_case_proof", args=[case.number]),
        "result_number": case.result_number if full else "",
        "entries": progress.timeline_entries(
            case, public_timeline(case), request.now, procedures=case.special_procedures.all()
        ),
    }
    return render(request, "applications/public/case.html", context)
