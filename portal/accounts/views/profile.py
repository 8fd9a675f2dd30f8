"""我的信息: what the portal knows about the person who is signed in, and for whom they may act."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import queries
from portal.accounts.forms.profile import LegalPersonForm
from portal.accounts.forms.signing_in import CodeForm, PhoneChangeForm
from portal.accounts.models import Mandate, OneTimeCode, User
from portal.accounts.services import declare_legal_person, second_factor, signing_in
from portal.accounts.views.signing_in import pending_code, remember_code
from portal.privacy.masking import mask_identity_number, mask_mobile
from portal.web import limits
from portal.web.access import signed_in
from portal.web.errors import DomainError

_RATE = "30/10m"
_DONE = {"phone": "手机号码已更换", "link": "账号已关联到大厅的登记，身份已核验", "firm": "单位已添加"}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@signed_in
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Masked numbers, whether the window has verified them, and what to do if not."""
    user = _user(request)
    if hasattr(user, "staff"):
        return render(request, "accounts/staff_profile.html", {"staff": user.staff, "rows": _staff_rows(user)})
    person = user.person
    mandates = list(queries.mandates_of(user))
    context: dict[str, Any] = {
        "person": person,
        "is_verified": person is not None and person.is_verified,
        "rows": _rows(user),
        "represented": [_represented(mandate) for mandate in mandates],
        "done": {
            "phone": "手机号码已更换。",
            "link": "账号已关联到大厅的登记，身份已核验。",
            "firm": "单位已添加。",
        }.get(request.GET.get("done", ""), ""),
    }
    return render(request, "accounts/profile.html", context)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_phone(request: HttpRequest) -> HttpResponse:
    """A code goes to the new phone."""
    form = PhoneChangeForm(request.POST if request.method == "POST" else None, user=_user(request))
    if request.method == "POST":
        limits.limit(request, "change_phone", _RATE, key=str(request.user.pk))
        if form.is_valid():
            try:
                code = signing_in.begin_phone_change(user=_user(request), phone=form.cleaned_data["phone"])
            except DomainError as error:
                form.add_domain_error(error)
            else:
                remember_code(request, code)
                return redirect("accounts:change_phone_code")
    return limits.come_back(render(request, "accounts/change_phone.html", {"form": form}), form)


@signed_in
@require_http_methods(["GET", "POST"])
def change_phone_code(request: HttpRequest) -> HttpResponse:
    """The code that proves the new phone."""
    code = pending_code(request, OneTimeCode.Purpose.CHANGE_PHONE)
    if code is None:
        return redirect("accounts:change_phone")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "code", _RATE)
        if form.is_valid():
            try:
                signing_in.finish_phone_change(user=_user(request), code_id=code.pk, typed=form.cleaned_data["code"])
            except DomainError as error:
                form.add_domain_error(error)
            else:
                return redirect(f"{reverse('accounts:profile')}?done=phone")
    context = {"form": form, "phone": mask_mobile(code.phone)}
    return render(request, "accounts/change_phone_code.html", context)


@signed_in
@require_POST
def link(request: HttpRequest) -> HttpResponse:
    """Ask for a code to the phone that the hall may have recorded; the answer is the same either way."""
    limits.limit(request, "link", "10/h", key=str(request.user.pk))
    remember_code(request, signing_in.begin_link(user=_user(request)))
    return redirect("accounts:link_code")


@signed_in
@require_http_methods(["GET", "POST"])
def link_code(request: HttpRequest) -> HttpResponse:
    """The code that proves that the person at the hall and the one signed in are the same."""
    code = pending_code(request, OneTimeCode.Purpose.LINK)
    if code is None:
        return redirect("accounts:profile")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "code", _RATE)
        if form.is_valid():
            try:
                signing_in.finish_link(user=_user(request), code_id=code.pk, typed=form.cleaned_data["code"])
            except DomainError as error:
                form.add_domain_error(error)
            else:
                return redirect(f"{reverse('accounts:profile')}?done=link")
    return render(request, "accounts/link_code.html", {"form": form})


@signed_in
@require_http_methods(["GET", "POST"])
def add_legal_person(request: HttpRequest) -> HttpResponse:
    """Declare oneself the legal representative; a window confirms it later."""
    form = LegalPersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "declare_firm", "10/h", key=str(request.user.pk))
    if request.method == "POST" and form.is_valid():
        try:
            declare_legal_person(user=_user(request), **form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return redirect(f"{reverse('accounts:profile')}?done=firm")
    return render(request, "accounts/add_legal_person.html", {"form": form})


def _rows(user: User) -> list[dict[str, str]]:
    rows = [_row("用户名", user.username)]
    if user.person is not None:
        rows.append(_row("姓名", user.person.name))
        rows.append(_row("身份证号码", mask_identity_number(user.person.identity_number)))
    rows.append(
        _row("登录手机", mask_mobile(user.phone) if user.phone else "未登记", reverse("accounts:change_phone"), "更换")
    )
    rows.append(_row("密码", "已设置", reverse("account_change_password"), "修改"))
    rows.append(_row("登录的设备", "查看在哪里登录着", reverse("accounts:sign_ins"), "查看"))
    return rows


def _staff_rows(user: User) -> list[dict[str, str]]:
    staff = user.staff
    return [
        _row("工号", staff.number),
        _row("姓名", staff.name),
        _row("部门", str(staff.department)),
        _row("职务", staff.title or "未填"),
        _row("密码", "已设置", reverse("account_change_password"), "修改"),
        _row(
            "动态验证码",
            "已设置" if second_factor.has_one(user) else "未设置",
            reverse("accounts:second_factor"),
            "查看" if second_factor.has_one(user) else "设置",
        ),
        _row("登录的设备", "查看在哪里登录着", reverse("accounts:sign_ins"), "查看"),
    ]


def _row(label: str, value: str, url: str = "", action: str = "") -> dict[str, str]:
    return {"label": label, "value": value, "url": url, "action": action}


def _represented(mandate: Mandate) -> dict[str, Any]:
    legal_person = mandate.legal_person
    return {
        "name": legal_person.name,
        "uscc": legal_person.uscc,
        "kind": mandate.get_kind_display(),
        "is_verified": legal_person.verified_at is not None,
    }
