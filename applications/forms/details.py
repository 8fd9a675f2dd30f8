"""The item's own fields as a form: each edition says what it asks (APP-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms

from applications.answers import FEN
from applications.drafting import OpenDraft
from applications.forms.apply import StepForm
from portal.web.forms import speak_chinese

LARGEST: Final = 2_147_483_647


class DetailsForm(StepForm):
    """Fields come from the edition; `storable` gives them as the draft keeps them: money in fen, dates as ISO text."""

    def __init__(self, *args: Any, opened: OpenDraft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds: dict[str, str] = {}
        for spec in opened.edition.form_fields:
            name = str(spec["name"])
            self._kinds[name] = str(spec.get("type", "text"))
            field = form_field(spec)
            field.initial = _shown(self._kinds[name], opened.draft.details.get(name))
            speak_chinese(field, str(field.label))
            self.fields[name] = field

    def storable(self) -> dict[str, Any]:
        values = super().storable()
        return {"details": {name: kept_value(self._kinds[name], value) for name, value in values.items()}}


def form_field(spec: Mapping[str, Any]) -> forms.Field:
    """The field for one entry of the edition's form."""
    common: dict[str, Any] = {
        "label": str(spec.get("label") or spec["name"]),
        "required": bool(spec.get("required")),
        "help_text": str(spec.get("help") or ""),
    }
    match spec.get("type"):
        case "integer":
            return forms.IntegerField(
                min_value=0, max_value=LARGEST, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **common
            )
        case "money":
            common["help_text"] = common["help_text"] or "单位：元，最多两位小数"
            return forms.DecimalField(
                min_value=0,
                max_digits=14,
                decimal_places=2,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                **common,
            )
        case "date":
            return forms.DateField(widget=forms.DateInput(), **common)
        case "choice":
            choices = [(str(choice), str(choice)) for choice in spec.get("choices", [])]
            if len(choices) <= 6:
                if not common["required"]:
                    choices.append(("", "不填"))
                return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
            return forms.ChoiceField(choices=[("", "请选择"), *choices], **common)
        case "textarea":
            longest = int(spec.get("max_length") or 2000)
            return forms.CharField(max_length=longest, widget=forms.Textarea(attrs={"rows": 5}), **common)
        case _:
            return forms.CharField(max_length=int(spec.get("max_length") or 200), **common)


def kept_value(kind: str, value: Any) -> Any:
    """A cleaned value as it is stored: money in fen, dates as ISO text."""
    if value is None:
        return None
    if kind == "money":
        return int(Decimal(value) * FEN)
    return value.isoformat() if isinstance(value, dt.date) else value


def _shown(kind: str, value: Any) -> Any:
    if kind == "money" and isinstance(value, int):
        return f"{Decimal(value) / FEN:.2f}"
    return value
