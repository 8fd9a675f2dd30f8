"""我的 → 个人信息: look at it, take a copy, have it corrected, close the account, have it erased."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.forms.rights import CorrectionForm, EmailForm, LeavingForm
from portal.accounts.forms.signing_in import CodeForm
from portal.accounts.models import OneTimeCode, User
from portal.accounts.recent import recently_authenticated
from portal.accounts.services import rights as services
from portal.accounts.views.signing_in import pending_code, remember_code
from portal.privacy import rights
from portal.privacy.masking import mask_address, mask_email, mask_identity_number, mask_mobile
from portal.privacy.models import DataRequest
from portal.web import limits
from portal.web.access import signed_in
from portal.web.dates import moment_full
from portal.web.errors import DomainError
from portal.web.requests import PortalRequest

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?\+\d\d:\d\d")
_DONE = {"email": "电子邮箱已更改。", "correction": "更正请求已提出，请带证件到任意窗口核实。"}


@signed_in
@require_safe
def my_data(request: PortalRequest) -> HttpResponse:
    """What is held, masked, and what one may do about it."""
    person = services.person_of(request.actor.user_id)
    user = cast(User, request.user)
    rows = [
        _row("姓名", person.name, "accounts:ask_correction", "更正"),
        _row("身份证号码", mask_identity_number(person.identity_number)),
        _row("住址", mask_address(person.address) or "未登记", "accounts:ask_correction", "更正"),
        _row("手机号码", mask_mobile(user.phone) if user.phone else "未登记", "accounts:change_phone", "更换"),
        _row("电子邮箱", mask_email(user.email) if user.email else "未登记", "accounts:change_email", "更改"),
    ]
    context = {
        "rows": rows,
        "requests": DataRequest.objects.filter(key=person.key_id).select_related("key"),
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "accounts/my_data.html", context)


@signed_in
@recently_authenticated
@require_POST
def copy(request: PortalRequest) -> HttpResponse:
    """A ZIP: the data for machines, the same for people, and the files that were handed in."""
    limits.limit(request, "data_copy", "5/h", key=str(request.actor.user_id))
    data = services.copy_of(actor=request.actor)
    person = services.person_of(request.actor.user_id)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        archive.writestr("我的信息.html", render_to_string("accounts/data_copy.html", {"lines": _lines(data)}))
        for number, (name, content) in enumerate(rights.files(person.key_id), start=1):
            folder, _, last = name.rpartition("/")
            archive.writestr(f"files/{folder}/{number}-{last}" if folder else f"files/{number}-{last}", content)
    response = HttpResponse(buffer.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask_correction(request: PortalRequest) -> HttpResponse:
    """Name and address: the window verifies."""
    person = services.person_of(request.actor.user_id)
    posted = request.POST if request.method == "POST" else None
    form = CorrectionForm(posted, initial={"name": person.name, "address": person.address})
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_correction(actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return redirect(f"{reverse('accounts:my_data')}?done=correction")
    return render(request, "accounts/ask_correction.html", {"form": form, "due_on": services.answer_day()})


@signed_in
@recently_authenticated
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_email(request: PortalRequest) -> HttpResponse:
    """A code goes to the new address; taking the address away counts at once."""
    services.person_of(request.actor.user_id)
    form = EmailForm(
        request.POST if request.method == "POST" else None, initial={"email": cast(User, request.user).email}
    )
    if request.method == "POST" and form.is_valid():
        if not form.has_changed():
            return redirect("accounts:my_data")
        email = form.cleaned_data["email"]
        if not email:
            services.remove_email(actor=request.actor)
            return redirect(f"{reverse('accounts:my_data')}?done=email")
        limits.limit(request, "change_email", "10/h", key=str(request.actor.user_id))
        try:
            code = services.begin_email_change(actor=request.actor, email=email)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            remember_code(request, code)
            return redirect("accounts:change_email_code")
    return limits.come_back(render(request, "accounts/change_email.html", {"form": form}), form)


@signed_in
@require_http_methods(["GET", "POST"])
def change_email_code(request: PortalRequest) -> HttpResponse:
    """The code that proves the new address."""
    code = pending_code(request, OneTimeCode.Purpose.CHANGE_EMAIL)
    if code is None:
        return redirect("accounts:change_email")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "code", "30/10m")
        if form.is_valid():
            try:
                services.finish_email_change(actor=request.actor, code_id=code.pk, typed=form.cleaned_data["code"])
            except DomainError as error:
                form.add_domain_error(error)
            else:
                return redirect(f"{reverse('accounts:my_data')}?done=email")
    return render(request, "accounts/change_email_code.html", {"form": form})


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def close_account(request: PortalRequest) -> HttpResponse:
    """注销账号."""
    return _leave(request, services.close_account, title="注销账号", act="注销账号")


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask_erasure(request: PortalRequest) -> HttpResponse:
    """删除个人信息."""
    return _leave(request, services.ask_erasure, title="删除个人信息", act="删除我的个人信息")


def _leave(request: PortalRequest, service: Callable[..., services.Leaving], *, title: str, act: str) -> HttpResponse:
    person = services.person_of(request.actor.user_id)
    user = cast(User, request.user)
    form = LeavingForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST":
        limits.limit(request, "leaving", "5/15m", key=str(user.pk))
        if form.is_valid():
            try:
                left = service(actor=request.actor)
            except DomainError as error:
                form.add_domain_error(error)
            else:
                logout(cast(HttpRequest, request))
                return render(
                    request,
                    "accounts/left.html",
                    {"title": title, "erased": left.is_erased, "lines": services.refusal_lines(left.terms)},
                )
    context = {
        "form": form,
        "title": title,
        "act": act,
        "obstacles": rights.obstacles(person.key_id),
        "lines": services.refusal_lines(rights.terms(person.key_id)),
    }
    return limits.come_back(render(request, "accounts/leave.html", context), form)


def _row(label: str, value: str, url_name: str = "", action: str = "") -> dict[str, str]:
    return {"label": label, "value": value, "url": reverse(url_name) if url_name else "", "action": action}


def _lines(value: Any, depth: int = 0, label: str = "") -> list[tuple[int, str, str]]:
    """Any JSON value as lines of depth, label and text."""
    if isinstance(value, dict):
        head = [(depth, label, "")] if label else []
        return head + [line for key, part in value.items() for line in _lines(part, depth + bool(label), str(key))]
    if isinstance(value, list):
        return [line for n, part in enumerate(value, 1) for line in _lines(part, depth, f"{label} {n}")]
    return [(depth, label, _told(value))]


def _told(value: Any) -> str:
    """A value as people read it: local times, yes and no."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "是", False: "否"}[value]
    text = str(value)
    if isinstance(value, str) and _MOMENT.fullmatch(text):
        return moment_full(dt.datetime.fromisoformat(text))
    return text
