"""审批工作台: the work list (picture 07), its closed cases, claim and release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from applications import services
from applications.forms.desk_lists import DrawnFilters, WorkListForm
from applications.models import Case
from applications.permissions import READING, CasePermission
from applications.queries import finding, worklist
from applications.queries.offered import items_in_force
from applications.queries.scope import own_states, reach
from applications.remaining import remaining, until_word
from applications.states import CaseState
from applications.views.desk import chrome
from catalog.models import ItemEdition
from portal.clock import local_date
from portal.privacy.masking import mask_name
from portal.web.access import needs
from portal.web.errors import BadInput, DomainError
from portal.web.fragments import KEPT
from portal.web.grants import Grants
from portal.web.keys import uuid7
from portal.web.paging import CappedCount, paginate
from portal.web.requests import PortalRequest
from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.queries import current_calendar

_STATES: dict[str, tuple[str, ...]] = {
    "open": (),
    "received": (CaseState.RECEIVED,),
    "correction": (CaseState.CORRECTING,),
    "reviewing": (CaseState.REVIEWING,),
    "approving": (CaseState.APPROVING,),
    "decided": (CaseState.GRANTED, CaseState.REFUSED),
    "paused": (),
}
_TAB_WORDS = {"mine": "我的", "unclaimed": "待认领", "all": "全科", "submitted": "我提交、等批准"}
_STAGE_WORDS = {
    CaseState.RECEIVED: "受理",
    CaseState.CORRECTING: "待补正",
    CaseState.REVIEWING: "审核",
    CaseState.APPROVING: "审批",
    CaseState.GRANTED: "办结",
    CaseState.REFUSED: "办结",
}
_TITLES: dict[tuple[str, ...], str] = {
    (CaseState.REVIEWING,): "待审核",
    (CaseState.APPROVING,): "待审批",
}
_STATUS_TITLES = {
    "open": "在办",
    "received": "待受理",
    "correction": "待补正",
    "reviewing": "待审核",
    "approving": "待审批",
    "decided": "待办结",
    "paused": "暂停和延期",
    "closed": "已办",
}


def list_form(parameters: QueryDict, grants: Grants, today: Any) -> WorkListForm:
    """The filter form over the items of the departments within reach (1 query)."""
    editions = items_in_force(reach(grants), today)
    return WorkListForm(parameters, editions=editions)


def read_filters(parameters: QueryDict, form: WorkListForm, user_id: UUID, grants: Grants) -> worklist.Filters:
    """What the address asks for; what it asks wrongly is left out (up to 2 queries)."""
    values = form.values
    status = values["status"] or ""
    tab = parameters.get("tab", "")
    light = parameters.get("light", "")
    question = values["q"] or ""
    editions = None
    if values["item"]:
        editions = tuple(ItemEdition.objects.filter(item=values["item"]).order_by("pk").values_list("pk", flat=True))
    return worklist.Filters(
        reach=reach(grants),
        user_id=user_id,
        states=_STATES[status] if status in _STATES else own_states(grants),
        tab=tab if tab in worklist.TABS else "all",
        light=light if light in worklist.LIGHTS else "",
        edition_ids=editions,
        accepted_from=values["accepted_from"],
        accepted_until=values["accepted_until"],
        handler=values["handler"] or "",
        hits=finding.hits(question) if question else None,
        paused_or_extended=status == "paused",
    )


@needs(*READING)
@require_safe
def work_list(request: PortalRequest) -> HttpResponse:
    """25 open cases by promised due date; at most 12 queries, however long the list is."""
    question = request.GET.get("q", "").strip()
    if finding.looks_like_number(question):
        found = finding.case_id_by_number(reach(request.grants), question.upper())
        if found is not None:
            return redirect("applications:desk_case", found)
    if request.GET.get("status") == "closed":
        return _closed(request)
    head = chrome.staff_context(request)
    assert request.actor.user_id is not None
    form = list_form(request.GET, request.grants, local_date(request.now))
    filters = read_filters(request.GET, form, request.actor.user_id, request.grants)
    page = worklist.work_page(
        filters,
        after=worklist.Position.read(request.GET.get("after", "")),
        before=worklist.Position.read(request.GET.get("before", "")),
    )
    tabs = _tabs_for(request.grants)
    counts = worklist.work_counts(filters, tabs)
    status = form.values["status"] or ""
    context = head | {
        "base": _base(request),
        "tab": {"paused": "paused", "correction": "correction", "decided": "handover"}.get(status, "open"),
        "desk_counts": {},
        "title": _STATUS_TITLES.get(status) or _TITLES.get(filters.states, "待办"),
        "filters": DrawnFilters.of(form),
        "lights": _lights(request, filters, counts),
        "tabs": [
            {
                "label": _TAB_WORDS[tab],
                "count": counts.tabs[tab],
                "current": filters.tab == tab,
                "url": _with(request, tab=tab if tab != "all" else None),
            }
            for tab in tabs
        ],
        "rows": _rows(request, page.rows),
        "previous_url": _with(request, before=str(page.before)) if page.before is not None else "",
        "next_url": _with(request, after=str(page.after)) if page.after is not None else "",
        "total": counts.lights[filters.light] if filters.light else counts.total,
        "may_claim_some": bool(own_states(request.grants)),
        "is_filtered": any(name in request.GET for name in ("q", "item", "status", "accepted_from", "light", "tab")),
        "here": request.get_full_path(),
        "key": uuid7(),
        "outcome": [str(message) for message in messages.get_messages(request)],
    }
    return render(request, "applications/desk/work_list.html", context)


def _base(request: PortalRequest) -> str:
    clerk_only = chrome.works_at_window(request.grants) and not chrome.is_reviewing(request.grants)
    return "applications/desk/intake_base.html" if clerk_only else "applications/desk/review_base.html"


def _tabs_for(grants: Grants) -> tuple[str, ...]:
    tabs = ["mine", "unclaimed", "all"] if own_states(grants) else ["all"]
    if grants.has(CasePermission.REVIEW_CASE):
        tabs.append("submitted")
    return tuple(tabs)


def _with(request: PortalRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    for name in ("after", "before", *changes):
        query.pop(name, None)
    for name, value in changes.items():
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


@dataclass(frozen=True, slots=True)
class _Light:
    level: str
    count: CappedCount
    current: bool
    url: str


def _lights(request: PortalRequest, filters: worklist.Filters, counts: worklist.Counts) -> tuple[_Light, ...]:
    entries = [("", counts.total), *((light, counts.lights[light]) for light in worklist.LIGHTS)]
    return tuple(
        _Light(light, count, filters.light == light, _with(request, light=light or None)) for light, count in entries
    )


class Line(NamedTuple):
    """A row as the page shows it: plain values, so that its drawing can be kept."""

    row: worklist.Row
    url: str
    claim_url: str
    stage: str
    left: str
    used: int
    limit: int
    share: str
    overdue: bool
    may_claim: bool


def _rows(request: PortalRequest, rows: Sequence[worklist.Row]) -> tuple[Line, ...]:
    calendar, today = current_calendar(), local_date(request.now)
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    listed, states, prefix = query.urlencode() or "all", own_states(request.grants), get_script_prefix()
    if not states:  # who only looks: a list of true names would be a reading that nobody notes
        rows = [row._replace(applicant=mask_name(row.applicant)) if row.natural else row for row in rows]
    return tuple(_line(row, calendar, today, listed, row.state in states, prefix) for row in rows)


@lru_cache(maxsize=KEPT)
def _line(
    row: worklist.Row, calendar: WorkdayCalendar, today: dt.date, listed: str, is_own: bool, _prefix: str
) -> Line:
    """The row with what the calendar says today; the prefix of the mode is part of every address."""
    left, used, limit, share, over = "", 0, 0, "", False
    if row.accepted_on is not None and row.promised_due_on is not None:
        found = remaining(
            calendar,
            today,
            unit=row.unit,
            accepted_on=row.accepted_on,
            due_on=row.promised_due_on,
            promised_days=row.promised_days,
            pause_until=row.pause_until if row.paused else None,
        )
        left, used, limit, share, over = found.word, found.used, found.limit, found.share, found.overdue > 0
    elif row.state != CaseState.CORRECTING:
        left = until_word(calendar, today, row.acceptance_due_on)
    return Line(
        row=row,
        url=chrome.case_url(row.case_id, listed),
        claim_url=reverse("applications:claim", args=[row.case_id]),
        stage=f"暂停：{row.procedure}" if row.procedure else _STAGE_WORDS[CaseState(row.state)],
        left=left,
        used=used,
        limit=limit,
        share=share,
        overdue=over,
        may_claim=row.claimed_by_id is None and is_own,
    )


def _closed(request: PortalRequest) -> HttpResponse:
    head = chrome.staff_context(request)
    form = list_form(request.GET, request.grants, local_date(request.now))
    values, where = form.values, reach(request.grants)
    cases = (
        finding.find_cases(where, values["q"])
        if values["q"]
        else Case.objects.filter(where.q()).select_related("edition", "department", "clock", "claimed_by__staff")
    )
    cases = cases.filter(closed_at__isnull=False)
    if values["item"]:
        cases = cases.filter(edition__item=values["item"])
    page = paginate(cases, request, order=["-received_at", "-pk"])
    context = head | {
        "base": _base(request),
        "tab": "closed",
        "desk_counts": {},
        "title": "已办",
        "form": form,
        "page": page,
    }
    return render(request, "applications/desk/closed_list.html", context)


# --- claim and release -----------------------------------------------------------------------------


@needs(*READING)
@require_POST
def claim(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """One case to the one who asks."""
    return _take(request, "claim", [case_id])


@needs(*READING)
@require_POST
def release(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Back to those that nobody works on."""
    return _take(request, "release", [case_id])


@needs(*READING)
@require_POST
def claim_selected(request: PortalRequest) -> HttpResponse:
    """The rows that are ticked: claim, or release with the other button."""
    ids = []
    for written in request.POST.getlist("case")[:100]:
        try:
            ids.append(UUID(written))
        except ValueError:
            continue
    if not ids:
        messages.info(request, "没有勾选办件。请先勾选，再认领或者退回待办。")
        return redirect(_next(request))
    return _take(request, "release" if request.POST.get("action") == "release" else "claim", ids)


def _take(request: PortalRequest, action: str, ids: list[UUID]) -> HttpResponse:
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        raise BadInput("页面不完整，请刷新后再试。", code="key_missing") from None
    word = "认领" if action == "claim" else "退回待办"
    done = 0
    for case_id in ids:
        try:
            services.apply(case_id=case_id, action=action, actor=request.actor, key=uuid5(key, f"{action}/{case_id}"))
            done += 1
        except DomainError as error:
            if len(ids) == 1 and error.http_status in (403, 404):
                raise
            messages.info(request, error.message)
    if done:
        messages.info(request, f"已{word} {done} 件。")
    return redirect(_next(request))


def _next(request: PortalRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("applications:work_list")

