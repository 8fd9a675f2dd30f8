"""Filters of the public list of cases; they stand in the address."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.publicity import STATE_FILTERS, Choices
from portal.web.forms import PortalForm, QuickSelect


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
            self.offer(name, [("", everything), *pairs])

    def wanted(self) -> dict[str, str]:
        """The filters that can be understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
