"""The data-protection officer works on questions: what waits, one question with its entry, the answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import Staff
from portal.accounts.permissions import AccountsPermission
from portal.clock import local_date
from portal.readings import queries, services
from portal.readings.forms import FindingForm
from portal.readings.models import Question
from portal.web.access import needs
from portal.web.errors import DomainError, NotFound
from portal.web.paging import paginate
from portal.web.requests import PortalRequest


@needs(AccountsPermission.PROTECT_DATA)
@require_safe
def questions(request: PortalRequest) -> HttpResponse:
    """What waits by its due date, or what was answered, the latest first."""
    answered = request.GET.get("state") == "answered"
    wanted = queries.questions().filter(answered_at__isnull=not answered)
    order = ["-answered_at", "-id"] if answered else ["due_on", "id"]
    page = paginate(wanted, request, order=order)
    today = local_date(request.now)
    entries = {entry.reading.pk: entry for entry in queries.entries([question.reading for question in page])}
    rows = [
        {"question": question, "entry": entries[question.reading_id], "late": question.is_late(today)}
        for question in page
    ]
    return render(request, "readings/questions.html", {"rows": rows, "page": page, "answered": answered})


@needs(AccountsPermission.PROTECT_DATA)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: PortalRequest, question_id: UUID) -> HttpResponse:
    """The entry, the reader's task at that time, what else they read; then the answer."""
    form = FindingForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.answer(
                    actor=request.actor,
                    question_id=question_id,
                    finding=form.cleaned_data["finding"],
                    text=form.cleaned_data["answer"],
                )
            except NotFound:
                raise
            except DomainError as error:
                form.add_domain_error(error)
                status = error.http_status
            else:
                return redirect("readings:question", question_id)
    asked = queries.questions().filter(pk=question_id).first()
    if asked is None:
        raise NotFound("没有这个疑问。")
    return render(request, "readings/question.html", _context(request, asked, form), status=status)


def _context(request: PortalRequest, asked: Question, form: FindingForm) -> dict[str, object]:
    others = queries.of_the_same_reader(asked.reading)
    entry, *rest = queries.entries([asked.reading, *others])
    answerer = Staff.objects.filter(user=asked.answered_by_id).first() if asked.answered_by_id is not None else None
    return {
        "question": asked,
        "entry": entry,
        "others": rest,
        "late": asked.is_late(local_date(request.now)),
        "answerer": answerer.name if answerer is not None else "",
        "own": asked.reading.reader_id == request.actor.user_id,
        "form": form,
        "typed": request.POST.get("answer", "") if asked.answered_at is not None else "",
    }
