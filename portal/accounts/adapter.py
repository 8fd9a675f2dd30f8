"""How allauth meets our users: phones without +86, no stock messages, where a sign-in leads."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse

from portal.accounts import lockout
from portal.accounts.backend import may_sign_in
from portal.accounts.models import SignIn, User
from portal.accounts.services import passwords, sessions
from portal.accounts.services.persons import user_by_phone
from portal.privacy.identifiers import mobile_fault, normalise_mobile
from portal.web.limits import client_address

# One sentence for a wrong account and a wrong password, whatever was typed: nobody learns who is registered.
WRONG = "账号或密码不正确，请检查后再试。"


class PhoneField(forms.CharField):
    """A mobile number of the mainland, with or without +86."""

    def clean(self, value: Any) -> str:
        number = normalise_mobile(super().clean(value))
        if fault := mobile_fault(number):
            raise ValidationError(fault, code="mobile")
        return number


class PortalAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "phone_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "incorrect_password": "密码不正确，请检查。",
        "enter_current_password": "现在的密码不正确，请检查。",
        "too_many_login_attempts": lockout.LOCKED,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # registration is ours: it proves the phone before an account exists

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: our pages say themselves what happened."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Locked accounts first: before any password is hashed, whether the account exists or not."""
        lockout.enter(_whom(request, credentials))
        super().pre_authenticate(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            lockout.forget(_whom(request, credentials))
        return user

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """After the right password only: closed, or staff before their first day."""
        if not may_sign_in(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        lockout.note_failure(_whom(request, credentials))

    def set_password(self, user: User, password: str) -> None:
        passwords.set_password(user=user, password=password)
        sessions.end_all(user_id=user.pk, ending=SignIn.Ending.PASSWORD)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if hasattr(request.user, "staff"):
            return f"{get_script_prefix()}desk/"
        return f"{get_script_prefix()}my/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return f"{reverse('account_login')}?changed=1"

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(label="手机号码", **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        """As our own limits count; allauth's way crashes when fewer proxies wrote the header than are trusted."""
        return client_address(request)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = normalise_mobile(phone), verified
        user.save(update_fields=["phone", "phone_index", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return user_by_phone(phone)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        raise NotImplementedError("codes are sent by portal.accounts.services.codes")


def _whom(request: HttpRequest, credentials: dict[str, Any]) -> str:
    """With which other tries this one is counted."""
    return lockout.key_of_sign_in(_login_of(credentials), client_address(request))


def _login_of(credentials: dict[str, Any]) -> str:
    """What was typed, in one form for all ways of writing it."""
    return str(credentials.get("phone") or credentials.get("username") or "").lower()
