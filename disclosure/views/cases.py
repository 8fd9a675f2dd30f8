"""办件公示: the public list of cases, as far as their items say."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.queries import department_counts
from disclosure.caching import cacheable
from disclosure.forms import CasesForm
from disclosure.lines import case_line
from disclosure.queries import CASE_FILTERS, public_cases
from portal import clock
from portal.web.access import public
from portal.web.paging import capped_count, paginate


@public
@require_safe
@cacheable
def public_list(request: HttpRequest) -> HttpResponse:
    departments = [entry.department for entry in department_counts(clock.today()) if entry.count]
    department, state = request.GET.get("department", ""), request.GET.get("state", "")
    wanted = {
        "department": department if re.fullmatch(r"[0-9]{3}", department) else "",
        "state": state if state in CASE_FILTERS else "",
    }
    found = public_cases(**wanted)
    page = paginate(found, request, order=["-received_at", "-id"])
    return render(
        request,
        "disclosure/cases.html",
        {
            "form": CasesForm(wanted, departments=[(d.number, d.name) for d in departments]),
            "lines": [case_line(case) for case in page.rows],
            "count": capped_count(found),
            "page": page,
            "narrowed": any(wanted.values()),
        },
    )
