"""Sign-in, registration and forgotten password: for people whom we do not know yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.forms.signing_in import CodeForm, RegistrationForm, ResetBeginForm, ResetFinishForm
from portal.accounts.models import OneTimeCode
from portal.accounts.personas import personas
from portal.accounts.services import codes, signing_in
from portal.accounts.session_rules import notes_of, why_ended
from portal.privacy.masking import mask_mobile
from portal.web import limits
from portal.web.access import public
from portal.web.context_processors import SITE
from portal.web.errors import DomainError, TooMany

_BACKEND = settings.AUTHENTICATION_BACKENDS[0]
#: Per address: a hall's citizens share one.
_RATE = "30/10m"
#: Texts that are paid for, whoever they go to.
_TEXTS = "100/d"


class SignIn(LoginView):
    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["site"] = SITE  # allauth puts Django's Site there
        context["personas"] = personas()
        context["changed"] = self.request.GET.get("changed") == "1"
        context["reset_done"] = self.request.GET.get("reset") == "1"
        context["why_ended"] = why_ended(
            self.request.GET.get("ended", ""), unsaved=self.request.GET.get("unsaved") == "1"
        )
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        return limits.come_back(super().form_invalid(form), form)


class SignOut(LogoutView):
    """Only a POST signs out; a GET asks."""

    template_name = "account/logout.html"


@public
@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """What somebody reads whose account was closed, after the right password only."""
    return render(request, "account/account_inactive.html")


class ChangePassword(PasswordChangeView):
    template_name = "account/password_change.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        return limits.come_back(super().form_invalid(form), form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        is_staff = hasattr(self.request.user, "staff")
        context["base"] = "base/staff.html" if is_staff else "base/mine.html"
        context["is_staff"] = is_staff
        notes = notes_of(self.request.session)
        context["is_duty"] = notes is not None and bool(notes.duty)
        return context


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Who one is, and a code to the phone; the same answer whether the phone is known or not."""
    form = RegistrationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "register", _RATE)
        if form.is_valid():
            data = form.cleaned_data
            limits.limit(request, "texts", _TEXTS)
            try:
                code = signing_in.begin_registration(
                    name=data["name"],
                    identity_number=data["identity_number"],
                    phone=data["phone"],
                    password=data["password1"],
                )
            except DomainError as error:
                form.add_domain_error(error)
            else:
                remember_code(request, code)
                return redirect("account_register_code")
    return limits.come_back(render(request, "account/signup.html", {"form": form}), form)


@public
@require_http_methods(["GET", "POST"])
def register_code(request: HttpRequest) -> HttpResponse:
    """The code that proves the phone makes the account and signs in."""
    code = pending_code(request, OneTimeCode.Purpose.REGISTER)
    if code is None:
        return redirect("account_signup")
    form = CodeForm(request.POST if request.method == "POST" and "resend" not in request.POST else None)
    if request.method == "POST":
        limits.limit(request, "code", _RATE)
        if "resend" in request.POST:
            limits.limit(request, "texts", _TEXTS)
            try:
                remember_code(request, signing_in.repeat_registration(code_id=code.pk))
            except DomainError as error:
                form = CodeForm(initial={"code": request.POST.get("code", "")[:10]})
                return _register_code_page(request, form, code, refused=error)
            return redirect(f"{reverse('account_register_code')}?sent=1")
        if form.is_valid():
            try:
                user = signing_in.finish_registration(code_id=code.pk, typed=form.cleaned_data["code"])
            except DomainError as error:
                form.add_domain_error(error)
            else:
                login(request, user, backend=_BACKEND)
                return redirect("accounts:profile")
    return _register_code_page(request, form, code)


def _register_code_page(
    request: HttpRequest, form: CodeForm, code: OneTimeCode, refused: DomainError | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "phone": mask_mobile(code.phone),
        "wait": codes.seconds_to_wait(code),
        "refused": refused.message if refused is not None else "",
        "sent": request.method == "GET" and request.GET.get("sent") == "1",
    }
    response = render(request, "account/register_code.html", context)
    if refused is not None:
        response.status_code = refused.http_status
        if isinstance(refused, TooMany):
            response["Retry-After"] = str(refused.retry_after)
    return response


@public
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Name the account; a code goes to its phone, if there is one."""
    form = ResetBeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "reset", _RATE)
        if form.is_valid():
            limits.limit(request, "texts", _TEXTS)
            try:
                code = signing_in.begin_reset(login=form.cleaned_data["login"])
            except DomainError as error:
                form.add_domain_error(error)
            else:
                remember_code(request, code)
                return redirect("account_reset_password_code")
    return limits.come_back(render(request, "account/password_reset.html", {"form": form}), form)


@public
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def reset_code(request: HttpRequest) -> HttpResponse:
    """The code and the new password together: no session stands between them."""
    code = pending_code(request, OneTimeCode.Purpose.RESET)
    if code is None:
        return redirect("account_reset_password")
    form = ResetFinishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        limits.limit(request, "code", _RATE)
        if form.is_valid():
            try:
                signing_in.finish_reset(
                    code_id=code.pk, typed=form.cleaned_data["code"], password=form.cleaned_data["password1"]
                )
            except DomainError as error:
                form.add_domain_error(error)
            else:
                request.session.pop("accounts.code", None)
                return redirect(f"{reverse('account_login')}?reset=1")
    return render(request, "account/password_reset_code.html", {"form": form})


def remember_code(request: HttpRequest, code: OneTimeCode) -> None:
    """Let this browser, and no other, give the code."""
    request.session["accounts.code"] = str(code.pk)


def pending_code(request: HttpRequest, purpose: OneTimeCode.Purpose) -> OneTimeCode | None:
    """The code that this browser is waiting for."""
    text = request.session.get("accounts.code")
    return OneTimeCode.objects.filter(pk=UUID(text), purpose=purpose).first() if text else None
