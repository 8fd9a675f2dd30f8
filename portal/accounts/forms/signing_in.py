"""Forms of sign-in, registration, codes and passwords."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from portal.accounts import lockout
from portal.accounts.adapter import PhoneField
from portal.accounts.models import User
from portal.accounts.passwords import help_text, level_of
from portal.accounts.rules import looks_like_phone, person_name_fault
from portal.privacy.identifiers import normalise, normalise_mobile, validate_identity_number
from portal.web.forms import PortalForm, speak_chinese

_PASSWORD_HELP = help_text("")


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=128,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class SignInForm(LoginForm):
    """Phone, user name or staff number in one field."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="手机号、用户名或工号",
            max_length=150,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )
        self.fields["password"] = _password("密码", "current-password")
        for key, field in self.fields.items():
            speak_chinese(field, str(field.label or key))

    def user_credentials(self) -> dict[str, str]:
        login = self.cleaned_data["login"]
        named = {"phone": normalise_mobile(login)} if looks_like_phone(login) else {"username": login}
        return {**named, "password": self.cleaned_data["password"]}


class _TwicePassword:
    """Two fields that have to agree and pass the password rules."""

    cleaned_data: dict[str, Any]

    def check_twice(self, user: User | None = None) -> None:
        form: Any = self
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            form.add_error("password2", "两次填写的密码不一致，请重新填写。")
        if first:
            try:
                password_validation.validate_password(first, user)
            except ValidationError as error:
                form.add_error("password1", error)


class PasswordForm(ChangePasswordForm):
    """A new password, by someone who knows the present one."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = _password("现在的密码", "current-password")
        self.fields["password1"].label = "新密码"
        self.fields["password1"].help_text = help_text(level_of(self.user))
        self.fields["password2"].label = "再填一次新密码"
        for name in ("password1", "password2"):
            self.fields[name].widget.attrs.pop("placeholder", None)
        for key, field in self.fields.items():
            speak_chinese(field, str(field.label or key))

    def clean_oldpassword(self) -> str:
        """Counted with every other form that asks for the password again."""
        password = str(self.cleaned_data["oldpassword"])
        lockout.check_password(self.user, password, wrong="现在的密码不正确，请检查。")
        return password

    def clean(self) -> Any:
        data = forms.Form.clean(self)
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次填写的密码不一致，请重新填写。")
        return data


class RegistrationForm(_TwicePassword, PortalForm):
    name = forms.CharField(
        label="姓名", max_length=50, help_text="与身份证一致。", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    identity_number = forms.CharField(
        label="身份证号码", max_length=30, validators=[validate_identity_number],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )  # fmt: skip
    phone = PhoneField(
        label="手机号码", max_length=20, help_text="用来登录和接收验证码。",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    password1 = _password("密码", "new-password", _PASSWORD_HELP)
    password2 = _password("再填一次密码", "new-password")
    agree = forms.BooleanField(label="我已阅读并同意个人信息处理说明")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if fault := person_name_fault(name):
            raise ValidationError(fault)
        return name

    def clean_identity_number(self) -> str:
        return normalise(self.cleaned_data["identity_number"])

    def clean(self) -> Any:
        data = super().clean()
        self.check_twice()
        return data


class CodeForm(PortalForm):
    code = forms.CharField(
        label="验证码", max_length=10, help_text="6 位数字。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class ResetBeginForm(PortalForm):
    login = forms.CharField(
        label="手机号或用户名", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )


class ResetFinishForm(_TwicePassword, CodeForm):
    password1 = _password("新密码", "new-password", _PASSWORD_HELP)
    password2 = _password("再填一次新密码", "new-password")

    def clean(self) -> Any:
        data = super().clean()
        self.check_twice()
        return data


class PhoneChangeForm(PortalForm):
    phone = PhoneField(
        label="新手机号码", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    )
    password = _password("密码", "current-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        lockout.check_password(self.user, password, wrong="密码不正确，请检查。")
        return password
