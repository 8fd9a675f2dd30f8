"""Forms of the window that verifies who registered online."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.accounts.services import CHANGE_REASONS
from portal.privacy.identifiers import (
    credit_code_fault,
    normalise,
    normalise_mobile,
    validate_credit_code,
    validate_identity_number,
)
from portal.web.forms import PortalForm


class FindRegistrationForm(PortalForm):
    """A sign-in is found by its phone, a declared firm by its credit code; nothing else opens a record."""

    sought = forms.CharField(
        label="登录手机号，或者统一社会信用代码",
        max_length=30,
        help_text="请本人报手机号；核验单位的，看营业执照上的代码。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_sought(self) -> str:
        text = normalise(self.cleaned_data["sought"])
        mobile: str = normalise_mobile(text)
        if mobile.isdigit() and len(mobile) == 11:
            return mobile
        if fault := credit_code_fault(text):
            raise forms.ValidationError(f"手机号应为 11 位。{fault}")
        return text

    @property
    def is_phone(self) -> bool:
        return len(self.cleaned_data["sought"]) == 11


class VerifyPersonForm(PortalForm):
    """What the clerk reads from the document in his hand; it has to equal what was registered."""

    name = forms.CharField(label="证件上的姓名", max_length=50)
    identity_number = forms.CharField(
        label="证件上的公民身份号码",
        max_length=30,
        validators=[validate_identity_number],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    seen = forms.BooleanField(
        label="我看过证件原件，是本人", error_messages={"required": "看过原件并确认是本人，才能核验。"}
    )

    def clean_identity_number(self) -> str:
        return normalise(self.cleaned_data["identity_number"])


class VerifyFirmForm(PortalForm):
    """What the clerk reads from the licence."""

    name = forms.CharField(label="营业执照上的名称", max_length=200)
    uscc = forms.CharField(
        label="营业执照上的统一社会信用代码",
        max_length=30,
        validators=[validate_credit_code],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    change_reason = forms.ChoiceField(
        label="为什么改大厅登记的法定代表人",
        choices=[("", "大厅没有登记过，或者没有变"), *CHANGE_REASONS.items()],
        required=False,
    )
    seen = forms.BooleanField(
        label="我看过营业执照，法定代表人（个体工商户为经营者）与登记的一致",
        error_messages={"required": "看过营业执照，才能核验。"},
    )

    def clean_uscc(self) -> str:
        return normalise(self.cleaned_data["uscc"])

    def differences(self, *, name: str, uscc: str) -> dict[str, Any]:
        """The fields that differ from what was declared, with a sentence each."""
        found: dict[str, Any] = {}
        if self.cleaned_data["uscc"] != uscc:
            found["uscc"] = "与网上添加的信用代码不一致，请核对。"
        if self.cleaned_data["name"].strip() != name:
            found["name"] = "与网上添加的名称不一致。请申请人在“我的信息”里重新添加。"
        return found
