"""Staff, their roles and their postings."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts import services
from portal.accounts.grants import in_force
from portal.accounts.models import Posting, RoleAssignment, Staff
from portal.accounts.permissions import AccountsPermission as P
from portal.accounts.recent import recently_authenticated
from portal.accounts.roles import Role
from portal.operations.organisation.forms import DayForm, PasswordForm, PostingForm, RoleForm, StaffFilter, StaffForm
from portal.operations.organisation.pages import desk, form_page, history_lines
from portal.web.access import needs
from portal.web.paging import paginate
from portal.web.requests import PortalRequest


@needs(P.MANAGE_STAFF, P.MANAGE_POSTINGS, P.MANAGE_ROLES)
@require_safe
def staff_list(request: PortalRequest) -> HttpResponse:
    """Who works for the city, with roles and windows of today."""
    form = StaffFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    today = clock.today()
    rows = Staff.objects.select_related("department").prefetch_related(
        Prefetch("roles", RoleAssignment.objects.filter(in_force()).order_by("role"), to_attr="roles_today"),
        Prefetch(
            "postings",
            Posting.objects.filter(in_force()).select_related("window").order_by("pk"),
            to_attr="posted_today",
        ),
    )
    if words := wanted.get("q", "").strip():
        rows = rows.filter(Q(number__istartswith=words) | Q(name__contains=words))
    if department := wanted.get("department"):
        rows = rows.filter(department=department)
    if (state := wanted.get("state", "")) != "all":
        has_left = Q(left_on__lte=today)
        rows = rows.filter(has_left) if state == "left" else rows.exclude(has_left)
    page = paginate(rows, request, order=["number"])
    lines = [
        {
            "staff": one,
            "roles": "、".join(dict.fromkeys(Role(row.role).label for row in one.roles_today)),
            "windows": "、".join(row.window.code for row in one.posted_today),
            "has_left": one.left_on is not None and one.left_on <= today,
        }
        for one in page
    ]
    return render(
        request, "operations/staff_list.html", {"form": form, "page": page, "lines": lines, **desk(request, "staff")}
    )


@needs(P.MANAGE_STAFF, P.MANAGE_POSTINGS, P.MANAGE_ROLES)
@require_safe
def staff_page(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One member: facts, roles, postings, history."""
    staff = get_object_or_404(Staff.objects.select_related("department", "user"), pk=pk)
    today = clock.today()
    roles = staff.roles.select_related("department").order_by("-valid_from", "pk")
    postings = staff.postings.select_related("window", "stands_in_for").order_by("-valid_from", "pk")
    history = [
        *staff.history.select_related("history_user")[:20],
        *RoleAssignment.history.filter(staff_id=staff.pk).select_related("history_user", "staff")[:20],
        *Posting.history.filter(staff_id=staff.pk).select_related("history_user", "staff", "window")[:20],
    ]
    context = {
        "staff": staff,
        "facts": [
            ("工号", staff.number),
            ("部门", staff.department.name),
            ("职务", staff.title or "未填"),
            ("办公电话", staff.phone or "未填"),
            ("到岗", staff.joined_on.isoformat()),
            ("离岗", staff.left_on.isoformat() if staff.left_on else "在岗"),
        ],
        "roles": [
            {
                "row": row,
                "label": Role(row.role).label,
                "is_open": row.valid_until is None or row.valid_until > today,
            }
            for row in roles
        ],
        "postings": [{"row": row, "is_open": row.valid_until is None or row.valid_until > today} for row in postings],
        "waits_for_code": services.enrolment.waits_for_code(staff),
        "history": history_lines(history),
    }
    return render(request, "operations/staff.html", {**context, **desk(request, "staff")})


@needs(P.MANAGE_STAFF)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def staff_add(request: PortalRequest) -> HttpResponse:
    return form_page(
        request,
        form=StaffForm(request.POST or None, initial={"joined_on": clock.today()}),
        act=lambda data: services.add_staff(**data, actor=request.actor),
        title="添加工作人员",
        primary="添加",
        back=reverse("operations:staff_list"),
        tab="staff",
        intro="添加后由安全管理员授予角色，才能办理业务。",
    )


@needs(P.MANAGE_STAFF)
@recently_authenticated
@require_http_methods(["GET", "POST"])
def staff_end(request: PortalRequest, pk: UUID) -> HttpResponse:
    """At once; an administrator's after a second administrator has agreed."""
    staff = get_object_or_404(Staff, pk=pk)
    takes_two = services.administrators.is_administrator(staff)
    end = services.endings.request_ending if takes_two else services.end_staff
    follows = "从这一天起不能登录，角色和派驻同时结束，认领的办件退回队列。办理后不能撤回。"
    return form_page(
        request,
        form=DayForm(request.POST or None),
        act=lambda data: end(staff=staff, left_on=data["on"], actor=request.actor),
        title=f"申请{staff.name}离岗" if takes_two else f"{staff.name}离岗",
        primary="提交申请" if takes_two else "办理离岗",
        back=reverse("operations:factor_resets") if takes_two else reverse("operations:staff", args=[pk]),
        tab="staff",
        intro=f"此人是管理员，要由安全管理员再办理一次才算数。{follows}" if takes_two else follows,
        danger=True,
    )


@needs(P.MANAGE_STAFF)
@recently_authenticated
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def staff_password(request: PortalRequest, pk: UUID) -> HttpResponse:
    staff = get_object_or_404(Staff, pk=pk)
    return form_page(
        request,
        form=PasswordForm(request.POST or None),
        act=lambda data: services.set_initial_password(staff=staff, **data, actor=request.actor),
        title=f"重设{staff.name}的密码",
        primary="重设密码",
        back=reverse("operations:staff", args=[pk]),
        tab="staff",
        intro="原来的密码和登录马上失效，本人下次登录时要改成自己的密码。管理员的密码至少 12 位。"
        "本人会收到消息；还没有动态验证码而角色需要的，要另向安全管理员领取启用码。",
    )


@needs(P.MANAGE_ROLES)
@recently_authenticated
@require_http_methods(["GET", "POST"])
def role_add(request: PortalRequest, pk: UUID) -> HttpResponse:
    staff = get_object_or_404(Staff, pk=pk)
    return form_page(
        request,
        form=RoleForm(request.POST or None, initial={"department": staff.department_id}),
        act=lambda data: services.assign_role(staff=staff, **data, actor=request.actor),
        title=f"授予{staff.name}角色",
        primary="授予",
        back=reverse("operations:staff", args=[pk]),
        tab="staff",
        intro=(
            "审核人、批准人、负责人和事项管理员按部门授予；窗口受理人员可以不分部门；其他角色不分部门。"
            "监察、督查人员不能又经办办件，三个管理员不能是同一个人，也不能又办理或者查看办件。"
        ),
    )


@needs(P.MANAGE_ROLES)
@recently_authenticated
@require_http_methods(["GET", "POST"])
def role_end(request: PortalRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(RoleAssignment.objects.select_related("staff"), pk=pk)
    return form_page(
        request,
        form=DayForm(request.POST or None),
        act=lambda data: services.end_role(assignment=row, **data, actor=request.actor),
        title=f"收回{row.staff.name}的“{Role(row.role).label}”",
        primary="收回角色",
        back=reverse("operations:staff", args=[row.staff_id]),
        tab="staff",
        danger=True,
    )


@needs(P.MANAGE_POSTINGS)
@require_http_methods(["GET", "POST"])
def posting_add(request: PortalRequest, pk: UUID) -> HttpResponse:
    staff = get_object_or_404(Staff.objects.select_related("department"), pk=pk)
    return form_page(
        request,
        form=PostingForm(request.POST or None, staff=staff),
        act=lambda data: services.add_posting(
            staff=staff,
            department=staff.department,
            **data,
            actor=request.actor,
        ),
        title=f"派驻{staff.name}",
        primary="派驻",
        back=reverse("operations:staff", args=[pk]),
        tab="staff",
    )


@needs(P.MANAGE_POSTINGS)
@require_http_methods(["GET", "POST"])
def posting_end(request: PortalRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Posting.objects.select_related("staff", "window"), pk=pk)
    return form_page(
        request,
        form=DayForm(request.POST or None),
        act=lambda data: services.end_posting(posting=row, **data, actor=request.actor),
        title=f"结束{row.staff.name}在 {row.window.code} 的派驻",
        primary="结束派驻",
        back=reverse("operations:staff", args=[row.staff_id]),
        tab="staff",
        danger=True,
    )
