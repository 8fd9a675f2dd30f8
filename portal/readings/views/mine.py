"""谁看过我的材料: the person looks, and asks about an entry."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.clock import local_date
from portal.readings import queries, services
from portal.readings.forms import FilterForm, QuestionForm
from portal.readings.models import Reading
from portal.web import limits
from portal.web.access import signed_in
from portal.web.errors import DomainError, NotFound
from portal.web.paging import paginate
from portal.web.requests import PortalRequest


@signed_in
@require_safe
def mine(request: PortalRequest) -> HttpResponse:
    """Who, which office, when, what, why; latest first."""
    today = local_date(request.now)
    offered = queries.subjects_of(request.actor, today)
    choices = [(str(pk), f"{told.title} {told.number}".strip()) for pk, told in offered]
    form = FilterForm(request.GET, choices=choices)
    marked = request.GET.get("why") == "none"
    readings = queries.mine(request.actor, today)
    subject = _uuid(request.GET.get("of", ""))
    if subject is not None:
        readings = readings.filter(subject_id=subject)
    if marked:
        readings = readings.filter(task="")
    page = paginate(readings, request, order=["-at", "-id"])
    context = {
        "form": form,
        "narrowed": subject is not None or marked,
        "rows": [(entry, _state(entry, request)) for entry in queries.entries(list(page))],
        "page": page,
    }
    return render(request, "readings/mine.html", context)


def _uuid(text: str) -> UUID | None:
    """A case that nobody has read yet is not among the choices, and still a filter."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _state(entry: queries.Entry, request: PortalRequest) -> str:
    question = entry.question
    if question is None:
        return ""
    if question.answered_at is not None:
        return question.get_finding_display()
    return "超过答复期限" if question.is_late(local_date(request.now)) else "等待答复"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PortalRequest, reading_id: UUID) -> HttpResponse:
    """One entry, what was asked about it and what was answered; else the form."""
    today = local_date(request.now)
    reading: Reading | None = queries.mine(request.actor, today).filter(pk=reading_id).first()
    if reading is None:
        raise NotFound("没有这条查看记录。")
    form = QuestionForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        limits.limit(request, "reading_question", "20/h", key=str(request.actor.user_id))
        status = 422
        if form.is_valid():
            try:
                services.ask(actor=request.actor, reading_id=reading_id, words=form.cleaned_data["words"])
            except DomainError as error:
                form.add_domain_error(error)
                status = error.http_status
                reading = queries.mine(request.actor, today).get(pk=reading_id)
            else:
                return redirect("readings:ask", reading_id)
    (entry,) = queries.entries([reading])
    question = entry.question
    context = {
        "entry": entry,
        "question": question,
        "late": question is not None and question.is_late(today),
        "form": form,
        "typed": request.POST.get("words", "") if question is not None and request.method == "POST" else "",
    }
    return render(request, "readings/ask.html", context, status=status)
