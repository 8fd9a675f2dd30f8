"""The operator's pages: how the portal runs, and the background jobs that failed."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.operations.organisation.pages import desk, form_page
from portal.operations.permissions import OperationsPermission as P
from portal.operations.watch import metrics, queue
from portal.operations.watch.readings import Level, readings
from portal.operations.watch.token import bears_token
from portal.outbox.models import Job
from portal.outbox.queries import queue_state
from portal.outbox.registry import kinds, label_of
from portal.web.access import needs, public
from portal.web.forms import PortalForm
from portal.web.paging import paginate
from portal.web.requests import PortalRequest

#: How a level is shown: the kind of the tag and its word.
TAGS = {Level.OK: ("done", "正常"), Level.WARNING: ("wait", "注意"), Level.BAD: ("fault", "异常")}


@needs(P.VIEW_OPERATIONS)
@require_safe
def overview(request: PortalRequest) -> HttpResponse:
    """Every reading, the bad ones first."""
    order = [Level.BAD, Level.WARNING, Level.OK]
    found = sorted(readings(), key=lambda reading: order.index(reading.level))
    lines = [{"reading": each, "tag": TAGS[each.level]} for each in found]
    wrong = sum(each.level is not Level.OK for each in found)
    context = {"lines": lines, "wrong": wrong, "mails_to": queue.alarm_addresses()}
    return render(request, "operations/watch/overview.html", {**context, **desk(request, "overview")})


def _kinds() -> list[tuple[str, str]]:
    return [("", "全部种类"), *kinds()]


class QueueFilter(PortalForm):
    kind = forms.ChoiceField(label="种类", required=False, choices=_kinds)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "失败，待处理"), ("given_up", "不再重试"), ("waiting", "等待执行")],
    )


class GiveUpForm(PortalForm):
    reason = forms.CharField(
        label="不再重试的理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明为什么不必再做，或者已经怎样补救。不要写个人信息。",
    )


@needs(P.MANAGE_QUEUE)
@require_safe
def job_list(request: PortalRequest) -> HttpResponse:
    """Dead letters: what, since when, why; and the depth of the queue by kind."""
    form = QueueFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    state = wanted.get("state", "")
    rows = {"": Job.objects.dead(), "given_up": Job.objects.given_up(), "waiting": Job.objects.open()}[state]
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    order = {"": ["-dead_at", "pk"], "given_up": ["-given_up_at", "pk"], "waiting": ["due_at", "pk"]}[state]
    page = paginate(rows.defer("payload"), request, order=order)
    context = {
        "form": form,
        "page": page,
        "state": state,
        "kind": kind or "",
        "kind_label": label_of(kind) if kind else "",
        "lines": [{"job": job, "label": label_of(job.kind)} for job in page],
        "queue": queue_state(),
        "revived": request.GET.get("revived", ""),
    }
    return render(request, "operations/watch/jobs.html", {**context, **desk(request, "queue")})


@needs(P.MANAGE_QUEUE)
@require_POST
def job_again(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Five new attempts for one dead job."""
    queue.try_again(job_id=pk, actor=request.actor)
    return _back_to_list(request, 1)


@needs(P.MANAGE_QUEUE)
@require_POST
def jobs_again(request: PortalRequest) -> HttpResponse:
    """Five new attempts for every dead job of a kind, after its cause was mended."""
    return _back_to_list(request, queue.try_all_again(kind=request.POST.get("kind", ""), actor=request.actor))


@needs(P.MANAGE_QUEUE)
@require_http_methods(["GET", "POST"])
def job_give_up(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Leave a dead job undone for good, with the reason."""
    job = get_object_or_404(Job.objects.defer("payload"), pk=pk)
    return form_page(
        request,
        form=GiveUpForm(request.POST or None),
        act=lambda data: queue.give_up(job_id=pk, reason=data["reason"], actor=request.actor),
        title="不再重试",
        intro=f"“{label_of(job.kind)}”已经失败。不再重试以后，这个任务不会再执行，理由留在记录里。",
        primary="确定不再重试",
        back=reverse("operations:queue"),
        tab="queue",
        danger=True,
    )


@public
@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """The readings for Prometheus; for whoever bears METRICS_TOKEN, and not there while none is set."""
    if not bears_token(request):
        raise Http404
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


def _back_to_list(request: HttpRequest, revived: int) -> HttpResponse:
    """To the list with its filter, which says how many jobs were queued anew."""
    kept = {"kind": request.POST.get("kind", ""), "revived": str(revived)}
    return redirect(f"{reverse('operations:queue')}?{urlencode({k: v for k, v in kept.items() if v})}")
