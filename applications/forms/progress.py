"""Asking for progress by case number and query code."""

from __future__ import annotations

import unicodedata

from django import forms

from portal.web.forms import PortalForm


class ProgressForm(PortalForm):
    number = forms.CharField(
        label="办件编号",
        max_length=50,
        help_text="在收件凭证上，“办件编号”后面的一串。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label="查询码",
        max_length=20,
        help_text="收件凭证上的 6 位数字。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def clean_number(self) -> str:
        return _plain(self.cleaned_data["number"]).upper()

    def clean_code(self) -> str:
        return _plain(self.cleaned_data["code"])


def _plain(text: str) -> str:
    """Without blanks, full-width characters as plain ones: as people copy numbers from paper."""
    return "".join(unicodedata.normalize("NFKC", text).split())
