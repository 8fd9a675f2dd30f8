"""The one field of the verification page."""

from __future__ import annotations

from django import forms

from portal.web.forms import PortalForm


class VerifyForm(PortalForm):
    code = forms.CharField(
        label="核验码",
        help_text="文书左下角二维码旁，12 位",
        max_length=60,
        error_messages={"required": "请填写核验码。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
