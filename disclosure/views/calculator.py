"""办结日期计算器: the same clock as that of the cases and of `manage.py deadline`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.enumerations import Exercise
from catalog.queries import editions_in_force
from disclosure.caching import cacheable
from disclosure.calculator_form import MOST_PAUSES, CalculatorForm, pause_rows
from portal import clock
from portal.web.access import public
from portal.workdays.explanation import PROVISIONAL
from portal.workdays.queries import current_calendar


@public
@require_safe
@cacheable
def calculate(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    query = request.GET.copy()
    editions = {
        edition.item.basic_code: edition for edition in editions_in_force(today).filter(exercise=Exercise.APPLICATION)
    }
    edition = editions.get(query.get("item", ""))
    situations = list(edition.situations.all()) if edition else []
    if situations and query.get("situation") not in {s.code for s in situations}:
        query["situation"] = situations[0].code
    query.setdefault("start", "accepted")
    query.setdefault("on", today.isoformat())
    rows = pause_rows(request.GET)
    # Adding a row asks for nothing yet: what is typed stays, what is missing is no fault.
    asked = bool(request.GET) and "add_pause" not in request.GET
    form = CalculatorForm(
        query if asked else None,
        items=[(code, e.name) for code, e in editions.items()],
        edition=edition,
        situations=situations,
        rows=rows,
        calendar=current_calendar(),
        today=today,
        initial=query.dict(),
    )
    return render(
        request,
        "disclosure/calculator.html",
        {
            "form": form,
            "edition": edition,
            "situations": situations,
            "rows": rows,
            "more_rows": rows < MOST_PAUSES,
            "may_move": PROVISIONAL,
            "read": form.read if asked and form.is_valid() else None,
        },
    )
