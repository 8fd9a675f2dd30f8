"""What every page of a workbench shows around its content: who works, for whom, and the figures of the tabs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from applications.permissions import AT_WINDOW, REVIEWING, CasePermission
from applications.queries import intake
from portal.clock import local_date
from portal.web.grants import Grants
from portal.web.requests import PortalRequest

_POSTS = (
    (CasePermission.APPROVE_CASE, "批准人"),
    (CasePermission.REVIEW_CASE, "审核人"),
    (CasePermission.EXTEND_CASE, "负责人"),
    (CasePermission.ACCEPT_CASE, "窗口受理"),
)


def works_at_window(grants: Grants) -> bool:
    """Whether the hall's workbench is this actor's own."""
    return grants.has_any(*AT_WINDOW)


def is_reviewing(grants: Grants) -> bool:
    """Whether the reviewers' workbench is."""
    return grants.has_any(*REVIEWING)


def staff_context(request: PortalRequest) -> dict[str, Any]:
    """Post and department of the head."""
    staff = getattr(request.user, "staff", None)
    post = next((word for permission, word in _POSTS if request.grants.has(permission)), "")
    return {
        "staff_post": post,
        "staff_department": staff.department.name if staff is not None else "",
        "at_window": works_at_window(request.grants),
        "reviewing": is_reviewing(request.grants),
    }


def intake_context(request: PortalRequest, tab: str) -> dict[str, Any]:
    """For a page of 窗口工作台."""
    context = staff_context(request)
    window = intake.window_of(request.actor, local_date(request.now))
    if window is not None:
        context["staff_post"] = f"{window.code} 窗口"
    return context | {"tab": tab, "window": window, "desk_counts": intake.desk_counts(request.grants)}


def review_context(request: PortalRequest, tab: str) -> dict[str, Any]:
    """For a page of 审批工作台."""
    return staff_context(request) | {"tab": tab}


def bench_context(request: PortalRequest, tab: str) -> dict[str, Any]:
    """For a page that clerks and reviewers share: the bench of the one who looks."""
    if works_at_window(request.grants) and not is_reviewing(request.grants):
        return intake_context(request, "search") | {"base": "applications/desk/intake_base.html"}
    return review_context(request, tab) | {"base": "applications/desk/review_base.html"}


def list_query(request: PortalRequest) -> str:
    """The address of the list from which a case was opened: its query, as the parameter `list`."""
    return request.GET.get("list", "")[:1000]


def list_parameters(written: str) -> QueryDict:
    """Those of the list, read back."""
    return QueryDict(written)


def case_url(case_id: object, listed: str = "") -> str:
    """A case's page, which knows the list that led to it."""
    address = reverse("applications:desk_case", args=[case_id])
    return f"{address}?{urlencode({'list': listed})}" if listed else address
