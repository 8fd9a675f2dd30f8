"""Forms of the second factor and of the repeated proof of identity."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from portal.accounts import lockout
from portal.accounts.models import User
from portal.accounts.services import second_factor
from portal.web.errors import DomainError
from portal.web.forms import PortalForm


def _code(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=20, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class SecondStepForm(PortalForm):
    """The second step of a sign-in; allauth's view hands over the user and calls save()."""

    code = _code("动态验证码", "手机验证器里的 6 位数字，或者一个 8 位的备用码。")
    authenticator: Authenticator

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        """Each wrong code counts like a wrong password of this account."""
        whom, code = f"factor:{self.user.pk}", str(self.cleaned_data["code"])
        lockout.enter(whom)
        try:
            self.authenticator = second_factor.verify(user=self.user, code=code)
        except DomainError as error:
            lockout.note_failure(whom)
            raise ValidationError(error.message) from error
        lockout.forget(whom)
        return code


class FactorSetupForm(PortalForm):
    """Where the password is another's, with the code that was handed over."""

    handed_over = forms.CharField(
        label="启用码", max_length=20, help_text="10 位字母和数字，向安全管理员当面领取。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    code = _code("手机上显示的 6 位数字", "每 30 秒换一个。")

    def __init__(self, *args: Any, wants_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not wants_code:
            del self.fields["handed_over"]


class ProofForm(PortalForm):
    """The password once more."""

    password = forms.CharField(
        label="密码", max_length=128, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        lockout.check_password(cast(User, self.request.user), password, wrong="密码不正确，请检查。")
        return password
