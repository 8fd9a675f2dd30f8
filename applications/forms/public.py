"""Filters of the public list of cases; they stand in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from applications.publicity import STATE_FILTERS, Choices
from portal.web.forms import PortalForm


class QuickSelect(forms.Select):
    """A select without groups, drawn at once: Django renders a template per option, which costs more than the list."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if str(key) == chosen else "", label) for key, label in self.choices),
        )
        own = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", own, options)


class PublicListForm(PortalForm):
    """What is not offered counts as no filter."""

    number = forms.CharField(
        label="办件编号",
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"placeholder": "办件编号", "autocomplete": "off"}),
    )
    department = forms.ChoiceField(label="部门", required=False, widget=QuickSelect)
    item = forms.ChoiceField(label="事项", required=False, widget=QuickSelect)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        widget=QuickSelect,
        choices=[("", "全部状态"), *((key, word) for key, (word, _) in STATE_FILTERS.items())],
    )
    month = forms.ChoiceField(label="收件月份", required=False, widget=QuickSelect)

    def __init__(self, data: Any, *, choices: Choices) -> None:
        super().__init__(data)
        offered = {
            "department": ("全部部门", choices.departments),
            "item": ("全部事项", choices.items),
            "month": ("全部月份", choices.months),
        }
        for name, (everything, pairs) in offered.items():
            self.fields[name].choices = [("", everything), *pairs]  # type: ignore[attr-defined]  # a ChoiceField

    def wanted(self) -> dict[str, str]:
        """The filters that can be understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
