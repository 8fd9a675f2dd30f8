"""Lost second factors and administrators who leave: who keeps the staff asks, who gives roles decides (两人办理)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import FactorReset, Staff, StaffEnding
from portal.accounts.permissions import AccountsPermission as P
from portal.accounts.recent import recently_authenticated
from portal.accounts.services import endings, enrolment, two_people
from portal.accounts.services import factor_resets as services
from portal.operations.organisation.pages import desk, form_page
from portal.web.access import needs
from portal.web.dates import date_full
from portal.web.forms import PortalForm
from portal.web.requests import PortalRequest


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=200, help_text="例如：手机丢失，本人已当面确认身份。")


@needs(P.MANAGE_STAFF, P.MANAGE_ROLES)
@require_safe
def factor_resets(request: PortalRequest) -> HttpResponse:
    """What waits for the second person."""
    context = {
        "rows": list(two_people.waiting(FactorReset)),
        "endings": list(two_people.waiting(StaffEnding)),
        "me": request.user.pk,
        **desk(request, "factor_resets"),
    }
    return render(request, "operations/factor_resets.html", context)


@needs(P.MANAGE_STAFF)
@recently_authenticated
@require_http_methods(["GET", "POST"])
def factor_reset_request(request: PortalRequest, pk: UUID) -> HttpResponse:
    staff = get_object_or_404(Staff, pk=pk)
    return form_page(
        request,
        form=ReasonForm(request.POST if request.method == "POST" else None),
        act=lambda data: services.request_reset(staff=staff, **data, actor=request.actor),
        title=f"申请重设{staff.name}的动态验证码",
        primary="提交申请",
        back=reverse("operations:factor_resets"),
        tab="factor_resets",
        intro="提交后由安全管理员办理；办理以前，原来的动态验证码仍然有效。",
    )


@needs(P.MANAGE_ROLES)
@recently_authenticated
@require_http_methods(["GET", "POST"])
def factor_reset_confirm(request: PortalRequest, pk: UUID) -> HttpResponse:
    reset = _reset(pk)
    return _decision(
        request,
        lambda: services.confirm_reset(reset=reset, actor=request.actor),
        title=f"重设{reset.staff.name}的动态验证码",
        primary="同意重设",
        intro=f"原因：{reset.reason}。请先向本人核实。同意后，原来的动态验证码和备用码马上失效，本人下次登录时重新设置，并收到消息。",
        danger=True,
    )


@needs(P.MANAGE_STAFF, P.MANAGE_ROLES)
@require_http_methods(["GET", "POST"])
def factor_reset_refuse(request: PortalRequest, pk: UUID) -> HttpResponse:
    reset = _reset(pk)
    return _decision(
        request,
        lambda: services.refuse_reset(reset=reset, actor=request.actor),
        title=f"不重设{reset.staff.name}的动态验证码",
        primary="不重设",
        intro="原来的动态验证码继续有效。",
    )


@needs(P.MANAGE_ROLES)
@recently_authenticated
@never_cache
@require_http_methods(["GET", "POST"])
def factor_code(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The code with which somebody sets the factor up on a password of another; it stands in the answer, once."""
    staff = get_object_or_404(Staff.objects.select_related("user"), pk=pk)
    shown: list[str] = []
    answer = form_page(
        request,
        form=PortalForm(request.POST if request.method == "POST" else None),
        act=lambda _data: shown.append(enrolment.issue_code(staff=staff, actor=request.actor)),
        title=f"给{staff.name}发启用码",
        primary="发启用码",
        back=reverse("operations:staff", args=[pk]),
        tab="staff",
        intro="请先当面核对本人的工作证件。启用码只显示一次，24 小时内有效，用来设置动态验证码；以前发的马上作废。",
    )
    if not shown:
        return answer
    return render(request, "operations/factor_code.html", {"staff": staff, "code": shown[0], **desk(request, "staff")})


@needs(P.MANAGE_ROLES)
@recently_authenticated
@require_http_methods(["GET", "POST"])
def ending_confirm(request: PortalRequest, pk: UUID) -> HttpResponse:
    ending = _ending(pk)
    return _decision(
        request,
        lambda: endings.confirm_ending(ending=ending, actor=request.actor),
        title=f"{ending.staff.name}离岗",
        primary="同意离岗",
        intro=f"{date_full(ending.left_on)}起不能登录，角色和派驻同时结束。办理后不能撤回。",
        danger=True,
    )


@needs(P.MANAGE_STAFF, P.MANAGE_ROLES)
@require_http_methods(["GET", "POST"])
def ending_refuse(request: PortalRequest, pk: UUID) -> HttpResponse:
    ending = _ending(pk)
    return _decision(
        request,
        lambda: endings.refuse_ending(ending=ending, actor=request.actor),
        title=f"{ending.staff.name}不离岗",
        primary="不办离岗",
        intro="此人继续在岗。",
    )


def _ending(pk: UUID) -> StaffEnding:
    return get_object_or_404(StaffEnding.objects.select_related("staff"), pk=pk)


def _reset(pk: UUID) -> FactorReset:
    return get_object_or_404(FactorReset.objects.select_related("staff"), pk=pk)


def _decision(request: PortalRequest, decide: Callable[[], object], **words: Any) -> HttpResponse:
    """Only a button: nothing is filled in."""
    return form_page(
        request,
        form=PortalForm(request.POST if request.method == "POST" else None),
        act=lambda _data: decide(),
        back=reverse("operations:factor_resets"),
        tab="factor_resets",
        **words,
    )
