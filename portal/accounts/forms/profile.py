"""Forms of the citizen's own page."""

from __future__ import annotations

from django import forms

from portal.privacy.identifiers import normalise, validate_credit_code
from portal.web.forms import PortalForm


class LegalPersonForm(PortalForm):
    name = forms.CharField(
        label="单位名称",
        max_length=200,
        help_text="与营业执照或登记证书一致；个体工商户填执照上的名称（字号），没有字号的填经营者姓名。",
    )
    uscc = forms.CharField(
        label="统一社会信用代码", max_length=30, validators=[validate_credit_code],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    address = forms.CharField(label="住所", max_length=200, required=False)

    def clean_uscc(self) -> str:
        return normalise(self.cleaned_data["uscc"])
