"""Forms of a person's rights over their data, and of the window that answers."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.accounts import lockout
from portal.accounts.models import User
from portal.web.forms import PortalForm


class CorrectionForm(PortalForm):
    name = forms.CharField(label="姓名", max_length=50)
    address = forms.CharField(label="住址", max_length=200, required=False)


class EmailForm(PortalForm):
    email = forms.EmailField(
        label="电子邮箱",
        max_length=200,
        required=False,
        help_text="验证码发到这个邮箱，填对了才算数；不填就不发邮件。",
    )

    def clean_email(self) -> str:
        """No addresses by number (`a@[127.0.0.1]`): they name a machine, maybe one of ours."""
        email = str(self.cleaned_data["email"])
        if email.rpartition("@")[2].startswith("["):
            raise forms.ValidationError("电子邮箱不是有效的邮箱地址，请检查。")
        return email


class LeavingForm(PortalForm):
    """Cannot be undone: the person says so and proves again who they are."""

    understood = forms.BooleanField(label="我知道这不能恢复")
    password = forms.CharField(
        label="登录密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        lockout.check_password(self._user, password, wrong="密码不正确，请重新输入。")
        return password


class AnswerForm(PortalForm):
    agreed = forms.ChoiceField(
        label="答复", choices=[("1", "看过证件，同意更正"), ("0", "不同意")], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label="看过什么证件，或者为什么不同意", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
