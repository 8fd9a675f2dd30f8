"""The calendar of working days: what each year stands on, and a new notice with a look before it counts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.permissions import AccountsPermission as P
from portal.operations.organisation.forms import NoticeForm
from portal.operations.organisation.pages import desk
from portal.web.access import needs
from portal.web.errors import DomainError
from portal.web.requests import PortalRequest
from portal.workdays import queries, services
from portal.workdays.models import CalendarDay, CalendarYear, NoticeImport
from portal.workdays.notice_text import NoticeTextError, parse_notice_text
from portal.workdays.notices import NOTICE_KINDS, NoticeDay, NoticeError, standard_title


@needs(P.MANAGE_CALENDAR)
@require_safe
def calendar(request: PortalRequest) -> HttpResponse:
    """Years with their notices; the days of one year; who imported what."""
    years = list(CalendarYear.objects.order_by("-year"))
    today = clock.today()
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    context = {
        "years": years,
        "year": year,
        "days": [
            {"date": day.date, "kind": day.get_kind_display(), "name": day.name}
            for day in CalendarDay.objects.filter(year_id=year).order_by("date")
        ],
        "missing": queries.missing_notice(today),
        "imports": NoticeImport.objects.filter(year=year)[:10],
    }
    return render(request, "operations/calendar.html", {**context, **desk(request, "calendar")})


@needs(P.MANAGE_CALENDAR)
@require_http_methods(["GET", "POST"])
def calendar_import(request: PortalRequest) -> HttpResponse:
    """Paste, look, put in force: the second button stands below the preview only."""
    next_year = clock.today().year + 1
    form = NoticeForm(request.POST or None, initial={"year": next_year, "notice": standard_title(next_year)})
    preview: list[NoticeDay] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            preview = list(parse_notice_text(data["year"], data["text"]))
            if not preview:
                form.add_error("text", "没有读出任何日期，请检查。")
            elif request.POST.get("step") == "import":
                services.import_notice(
                    year=data["year"],
                    days=preview,
                    notice=data["notice"],
                    number=data["number"],
                    actor=request.actor,
                )
                return redirect(f"{reverse('operations:calendar')}?year={data['year']}")
        except NoticeTextError as error:
            for problem in error.problems:
                form.add_error("text", f"第 {problem.line} 行：{problem.message}" if problem.line else problem.message)
        except NoticeError as error:
            form.add_error("text", str(error))
        except DomainError as error:
            form.add_error("text" if error.field == "days" else error.field, error.message)
    days = [{"date": day.date, "kind": NOTICE_KINDS[day.kind], "name": day.name} for day in preview]
    context = {"form": form, "days": days if not form.errors else []}
    return render(request, "operations/calendar_import.html", {**context, **desk(request, "calendar")})
