"""Filters of the public lists; the calculator's form is in `calculator_form`."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from catalog.enumerations import PlanKind
from portal.web.forms import PortalForm

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
        self.fields["department"].choices = [("", "全部部门"), *departments]  # type: ignore[attr-defined]
        self.fields["theme"].choices = [("", "全部主题"), *((t, t) for t in themes)]  # type: ignore[attr-defined]
