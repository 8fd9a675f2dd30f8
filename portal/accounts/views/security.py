"""What a person sees of the safety of their own account: second factor, sessions, the proof of identity once more."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import segno
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import queries
from portal.accounts.forms.security import FactorSetupForm, ProofForm, SecondStepForm
from portal.accounts.models import SignIn, User
from portal.accounts.personas import personas
from portal.accounts.recent import proof_wanted, recently_authenticated
from portal.accounts.services import enrolment, second_factor, sessions
from portal.accounts.session_rules import notes_of
from portal.web import limits
from portal.web.access import signed_in
from portal.web.context_processors import SITE
from portal.web.errors import DomainError, NotFound
from portal.web.requests import PortalRequest

_SECRET = "accounts.new_secret"


class SecondStep(AuthenticateView):
    """Between password and session: nobody is signed in yet."""

    form_class = SecondStepForm
    template_name = "account/second_step.html"

    def form_valid(self, form: SecondStepForm) -> HttpResponse:
        post_authentication(self.request, form.authenticator)
        answer: HttpResponse = self.stage.exit()
        return answer

    def form_invalid(self, form: SecondStepForm) -> HttpResponse:
        return limits.come_back(super().form_invalid(form), form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.stage.login.user
        context["site"] = SITE  # allauth puts Django's Site there
        context["shown_code"] = _shown_code(user)
        return context


def _shown_code(user: User) -> str:
    """The demonstration shows the code of its printed accounts; production has none of them."""
    is_persona = settings.DEMONSTRATION and any(p.username == user.username for p in personas())
    return second_factor.next_code(user) if is_persona else ""


@signed_in
@never_cache
@sensitive_post_parameters("code", "handed_over")
@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest) -> HttpResponseBase:
    """Set the second factor up, or see that it is there. The recovery codes stand in the answer, once."""
    user = _staff_user(request)
    if second_factor.has_one(user):
        left = second_factor.recovery_codes_left(user)
        return render(request, "accounts/second_factor.html", {"left": left, "is_set": True})
    if (way := proof_wanted(request)) is not None:
        return way
    wants_code = enrolment.wants_code(user)
    secret = request.session.get(_SECRET) or second_factor.new_secret()
    request.session[_SECRET] = secret
    form = FactorSetupForm(request.POST if request.method == "POST" else None, wants_code=wants_code)
    if request.method == "POST" and form.is_valid():
        try:
            codes = enrolment.enrol(user=user, secret=secret, **form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            del request.session[_SECRET]
            sessions.note_duty(request, user)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_first": True})
    address = second_factor.address_of(user, secret)
    context = {
        "form": form,
        "is_set": False,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=3),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "account": user.username,
        "is_duty": bool((notes := notes_of(request.session)) and notes.duty),
    }
    return render(request, "accounts/second_factor.html", context)


@signed_in
@never_cache
@recently_authenticated
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old ones."""
    user = _staff_user(request)
    if request.method == "POST":
        codes = second_factor.renew_recovery_codes(user=user)
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_first": False})
    return render(request, "accounts/recovery_codes_renew.html", {"left": second_factor.recovery_codes_left(user)})


@signed_in
@require_safe
def sign_ins(request: PortalRequest) -> HttpResponse:
    """Where one is signed in, and the last sign-ins that ended."""
    user = cast(User, request.user)
    is_staff = hasattr(user, "staff")
    context = {
        "base": "base/staff.html" if is_staff else "base/mine.html",
        "open": queries.open_sign_ins(user, is_staff=is_staff, now=request.now),
        "ended": queries.ended_sign_ins(user),
        "current": request.session.session_key,
    }
    return render(request, "accounts/sign_ins.html", context)


@signed_in
@require_POST
def sign_in_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign out on another device."""
    sessions.end_one(user=cast(User, request.user), sign_in=pk)
    return redirect("accounts:sign_ins")


@signed_in
@require_POST
def sign_ins_end(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    sessions.end_all(
        user_id=cast(User, request.user).pk, ending=SignIn.Ending.ELSEWHERE, but=request.session.session_key
    )
    return redirect("accounts:sign_ins")


@signed_in
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """The password once more, before something that cannot be undone."""
    form = ProofForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        sessions.prove(request)
        return redirect(get_next_redirect_url(request) or reverse("accounts:profile"))
    context = {
        "form": form,
        "base": "base/staff.html" if hasattr(request.user, "staff") else "base/mine.html",
        "unsaved": request.GET.get("unsaved") == "1",
    }
    return limits.come_back(render(request, "account/reauthenticate.html", context), form)


def _staff_user(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not hasattr(user, "staff"):
        raise NotFound()
    return user
