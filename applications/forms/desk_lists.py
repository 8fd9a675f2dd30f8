"""The filters of the work list; whatever cannot be read is as if it were not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django import forms

from portal.web.forms import PortalForm, QuickSelect

#: Value in the address -> word in the select, states.
STATUSES: Final[tuple[tuple[str, str], ...]] = (
    ("", "环节：我的"),
    ("open", "环节：全部在办"),
    ("received", "环节：收件"),
    ("correction", "环节：待补正"),
    ("reviewing", "环节：审核"),
    ("approving", "环节：审批"),
    ("decided", "环节：办结"),
    ("paused", "暂停和延期"),
    ("closed", "已办"),
)
HANDLERS: Final = (("", "经办：不限"), ("me", "经办：我"), ("others", "经办：别人"))


class WorkListForm(PortalForm):
    """Bound to the address; `clean_or_empty` gives each value or its default."""

    q = forms.CharField(
        label="编号、申请人、事项",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "编号、申请人、事项"}),
    )
    item = forms.ChoiceField(label="事项", required=False, widget=QuickSelect)
    status = forms.ChoiceField(label="环节", required=False, choices=STATUSES, widget=QuickSelect)
    accepted_from = forms.DateField(label="受理日期从", required=False, widget=forms.DateInput)
    accepted_until = forms.DateField(label="受理日期到", required=False, widget=forms.DateInput)
    handler = forms.ChoiceField(label="经办", required=False, choices=HANDLERS, widget=QuickSelect)

    def __init__(self, *args: Any, editions: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Pairs of item and name. One name per item: a new edition takes the place of the old one, and means both.
        names = {str(item_id): name for item_id, name in editions}
        choice = self.fields["item"]
        assert isinstance(choice, forms.ChoiceField)
        self.items = (("", "事项：全部"), *sorted(names.items(), key=lambda pair: pair[1]))
        choice.choices = self.items

    @property
    def values(self) -> dict[str, Any]:
        """The values that can be read."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}


@dataclass(frozen=True, slots=True)
class DrawnFilters:
    """The form as a fragment takes it: equal to another that offers the same and has the same words in it."""

    form: WorkListForm = field(compare=False)
    items: tuple[tuple[str, str], ...]
    written: tuple[str | None, ...]

    @classmethod
    def of(cls, form: WorkListForm) -> DrawnFilters:
        return cls(form, form.items, tuple(form.data.get(name) for name in form.fields))
