"""Filters of the public lists; the calculator's form is in `calculator_form`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from catalog.enumerations import PlanKind
from catalog.states import ChangeKind
from portal.web.forms import PortalForm, QuickSelect

LAST_PAGE = 1000


def page_number(request: HttpRequest) -> int:
    """The page that the address asks for, 1 when it cannot be read."""
    text = request.GET.get("page", "")
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 6 else 1


class BrowseForm(PortalForm):
    """Narrowing the catalogue."""

    q = forms.CharField(label="在事项里搜索", required=False, widget=forms.TextInput(attrs={"placeholder": "事项名称"}))
    department = forms.ChoiceField(label="部门", required=False)
    theme = forms.ChoiceField(label="主题", required=False)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *PlanKind.choices])

    def __init__(
        self, data: dict[str, str], *, audience: str, departments: list[tuple[str, str]], themes: list[str]
    ) -> None:
        super().__init__(data)
        self.offer("department", [("", "全部部门"), *departments])
        self.offer("theme", [("", "全部主题"), *((t, t) for t in themes)])


class OnDayForm(PortalForm):
    """Which edition was in force on a day."""

    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class CompareForm(PortalForm):
    """Two editions of an item."""

    a = forms.TypedChoiceField(label="从", coerce=int, widget=QuickSelect)
    b = forms.TypedChoiceField(label="到", coerce=int, widget=QuickSelect)

    def __init__(self, *, chosen: tuple[int, int], choices: list[tuple[int, str]]) -> None:
        super().__init__(initial={"a": chosen[0], "b": chosen[1]})
        for name in self.fields:
            self.offer(name, choices)


class ChangesForm(PortalForm):
    """Filters of the announced changes; what is not offered counts as no filter."""

    kind = forms.ChoiceField(
        label="变更类型", required=False, widget=QuickSelect, choices=[("", "全部类型"), *ChangeKind.choices]
    )
    department = forms.ChoiceField(label="部门", required=False, widget=QuickSelect)
    month = forms.ChoiceField(label="公告月份", required=False, widget=QuickSelect)

    def __init__(self, data: Any, *, departments: list[tuple[str, str]], months: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.offer("department", [("", "全部部门"), *departments])
        self.offer("month", [("", "全部月份"), *months])

    def wanted(self) -> dict[str, str]:
        """The filters that can be understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
