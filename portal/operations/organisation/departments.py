"""Departments with their approval offices, and the windows of the hall."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import ApprovalOffice
from portal.accounts.permissions import AccountsPermission as P
from portal.accounts.services import establish_office
from portal.operations.organisation.forms import DayForm, DepartmentForm, HeadForm, WindowForm
from portal.operations.organisation.pages import desk, form_page, history_lines
from portal.organizations import queries, services
from portal.organizations.models import Department, Window
from portal.web.access import needs
from portal.web.requests import PortalRequest


@needs(P.MANAGE_ORGANISATION)
@require_safe
def department_list(request: PortalRequest) -> HttpResponse:
    """Every department, also those that ended, with what they became."""
    rows = Department.objects.prefetch_related("successions").order_by("number")
    lines = [{"row": row, "now": queries.now_called(row)} for row in rows]
    return render(request, "operations/departments.html", {"lines": lines, **desk(request, "departments")})


@needs(P.MANAGE_ORGANISATION)
@require_safe
def department_page(request: PortalRequest, pk: UUID) -> HttpResponse:
    department = get_object_or_404(Department, pk=pk)
    office = ApprovalOffice.objects.select_related("head").filter(department=department).first()
    history = [*department.history.select_related("history_user")[:20]]
    if office is not None:
        history += [*office.history.select_related("history_user", "department")[:20]]
    context = {
        "department": department,
        "head_name": office.head.name if office is not None and office.head is not None else "",
        "has_office": office is not None,
        "facts": [
            ("编号", department.number),
            ("简称", department.short_name),
            ("统一社会信用代码", department.uscc),
            ("行政审批职能", "有" if department.approving else "没有"),
            ("启用", department.valid_from.isoformat()),
            ("停用", department.valid_until.isoformat() if department.valid_until else "在用"),
        ],
        "successions": queries.successors(department),
        "history": history_lines(history),
    }
    return render(request, "operations/department.html", {**context, **desk(request, "departments")})


@needs(P.MANAGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def department_add(request: PortalRequest) -> HttpResponse:
    return form_page(
        request,
        form=DepartmentForm(request.POST or None),
        act=lambda data: services.add_department(**data, actor=request.actor),
        title="添加部门",
        primary="添加",
        back=reverse("operations:departments"),
        tab="departments",
    )


@needs(P.MANAGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def department_end(request: PortalRequest, pk: UUID) -> HttpResponse:
    department = get_object_or_404(Department, pk=pk)
    return form_page(
        request,
        form=DayForm(request.POST or None),
        act=lambda data: services.end_department(department=department, **data, actor=request.actor),
        title=f"停用{department.name}",
        primary="停用部门",
        back=reverse("operations:department", args=[pk]),
        tab="departments",
        intro="以前的文书保留原来的名称。",
        danger=True,
    )


@needs(P.MANAGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def office_head(request: PortalRequest, pk: UUID) -> HttpResponse:
    department = get_object_or_404(Department, pk=pk)
    if not department.approving:
        raise Http404
    return form_page(
        request,
        form=HeadForm(request.POST or None, department=department),
        act=lambda data: establish_office(department=department, **data, actor=request.actor),
        title=f"{department.name}行政审批服务办公室主任",
        primary="任命",
        back=reverse("operations:department", args=[pk]),
        tab="departments",
    )


@needs(P.MANAGE_ORGANISATION)
@require_safe
def window_list(request: PortalRequest) -> HttpResponse:
    """The windows of the hall, also those that closed, with their last changes."""
    windows = Window.objects.select_related("department", "hall").order_by("code", "pk")
    history = history_lines(Window.history.select_related("history_user").exclude(history_user=None)[:20])
    return render(
        request,
        "operations/windows.html",
        {"windows": windows, "hall": queries.city_hall(), "history": history, **desk(request, "windows")},
    )


@needs(P.MANAGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def window_add(request: PortalRequest) -> HttpResponse:
    hall = queries.city_hall()
    if hall is None:
        raise Http404
    return form_page(
        request,
        form=WindowForm(request.POST or None),
        act=lambda data: services.add_window(hall=hall, **data, actor=request.actor),
        title="添加窗口",
        primary="添加",
        back=reverse("operations:windows"),
        tab="windows",
    )


@needs(P.MANAGE_ORGANISATION)
@require_http_methods(["GET", "POST"])
def window_end(request: PortalRequest, pk: UUID) -> HttpResponse:
    window = get_object_or_404(Window, pk=pk)
    return form_page(
        request,
        form=DayForm(request.POST or None),
        act=lambda data: services.end_window(window=window, **data, actor=request.actor),
        title=f"停用窗口 {window.code}",
        primary="停用窗口",
        back=reverse("operations:windows"),
        tab="windows",
        danger=True,
    )
