"""One section of a draft as a form, made from its elements: single inputs, and rows that can be added and taken out.

Everything may be left open while a department drafts; what is missing is told by `contents.faults_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField

from catalog.contents import Content, place_of
from catalog.enumerations import LimitUnit
from catalog.rules import Fault
from catalog.shape import Element, Kind, Section
from portal.web.forms import PortalForm, QuickSelect

#: More rows than any list of the city has; each is a dozen inputs.
MOST_ROWS: Final = 60
LONGEST: Final = 8000


class Inputs(PortalForm):
    """The inputs of some elements; names are paths: `limits-promised-n`, `materials-0-name`."""

    def __init__(self, elements: tuple[Element, ...], content: Mapping[str, Any], *, path: str, data: Any) -> None:
        super().__init__(data, prefix=path or None, initial=dict(_initial(elements, content)))
        self.elements = elements
        for element in elements:
            for name, field in _fields(element):
                self.fields[name] = field
        self._speak_chinese()

    def values(self) -> Content:
        """What was entered, in the shape of the data; the form is valid."""
        return {element.name: _value(element, element.name, self.cleaned_data) for element in self.elements}


class RowInputs(Inputs):
    """One row with its place in the order; `gone` takes it out."""

    def __init__(self, element: Element, index: int, row: Mapping[str, Any], data: Any) -> None:
        super().__init__(element.parts, row, path=f"{element.name}-{index}", data=data)
        self.element, self.index, self.row = element, index, row
        self.fields["place"] = forms.IntegerField(
            label="次序", required=False, min_value=1, max_value=99, initial=index + 1
        )
        self.fields["gone"] = forms.BooleanField(label="删去这一行", required=False)
        self._speak_chinese()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written into it: such a row is not stored."""
        return not any(
            value not in ("", None, False, [], ())
            for name, value in self.cleaned_data.items()
            if name not in ("place", "gone") and not name.endswith("-unit")
        )

    @property
    def inputs(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name not in ("place", "gone")]


@dataclass
class Rows:
    """All rows of an element."""

    element: Element
    rows: list[RowInputs]

    def values(self) -> list[Content]:
        kept = [row for row in self.rows if not row.cleaned_data["gone"] and not row.is_empty]
        kept.sort(key=lambda row: (row.cleaned_data["place"] or row.index + 1, row.index))
        return [row.values() for row in kept]


class SectionForm:
    """A section of a draft: its single inputs and its rows. `more` names an element that gets an empty row."""

    def __init__(self, section: Section, content: Content, data: Any = None, *, more: str = "") -> None:
        self.section, self.content = section, content
        single = tuple(element for element in section.elements if element.kind is not Kind.ROWS)
        self.single = Inputs(single, content, path="", data=data)
        self.rows = [
            self._rows(element, content.get(element.name) or [], data, more == element.name)
            for element in section.elements
            if element.kind is Kind.ROWS
        ]

    def _rows(self, element: Element, stored: list[Mapping[str, Any]], data: Any, one_more: bool) -> Rows:
        if data is None:
            count = len(stored) + (1 if one_more or not stored else 0)
        else:
            given = str(data.get(f"{element.name}-rows", ""))
            count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
        empty: Mapping[str, Any] = {}
        rows = [
            RowInputs(element, index, stored[index] if index < len(stored) else empty, data)
            for index in range(min(count, MOST_ROWS))
        ]
        return Rows(element, rows)

    @property
    def forms(self) -> list[Inputs]:
        return [self.single, *(row for rows in self.rows for row in rows.rows)]

    def is_valid(self) -> bool:
        faulty = [
            form for form in self.forms if not form.is_valid()
        ]  # every form is asked, so that each tells its faults
        return not faulty

    def values(self) -> Content:
        """The section in the shape of the data; the form is valid."""
        return self.single.values() | {rows.element.name: rows.values() for rows in self.rows}

    def groups(self, faults: list[Fault], remarks: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
        """What the page draws: elements in their order, each with its inputs or rows, its faults and remarks."""
        told: dict[str, list[str]] = {}
        for fault in faults:
            told.setdefault(fault.place, []).append(fault.message)
        rows_of = {rows.element.name: rows for rows in self.rows}
        drawn = []
        for element in self.section.elements:
            name = element.name
            group: dict[str, Any] = {
                "element": element,
                "faults": told.get(name, []),
                "remarks": remarks.get(name, []),
            }
            if name in rows_of:
                group["rows"] = [
                    {
                        "form": row,
                        "place": place_of(name, row.row, row.index),
                        "faults": _below(told, place_of(name, row.row, row.index)),
                        "remarks": _below(remarks, place_of(name, row.row, row.index)),
                    }
                    for row in rows_of[name].rows
                ]
            else:
                group["inputs"] = [self.single[each] for each in self.single.fields if each.split("-")[0] == name]
                group["faults"] = _below(told, name)
                group["remarks"] = _below(remarks, name)
            drawn.append(group)
        return drawn


def _below(told: Mapping[str, list[Any]], place: str) -> list[Any]:
    """What is told of a place and of everything in it."""
    return [each for name, lines in told.items() if name == place or name.startswith(f"{place}.") for each in lines]


def _fields(element: Element, path: str = "") -> Iterator[tuple[str, forms.Field]]:
    name, says = f"{path}{element.name}", element.says
    words: dict[str, Any] = {"label": says.title, "help_text": says.help, "required": False}
    match element.kind:
        case Kind.GROUP:
            for part in element.parts:
                yield from _fields(part, f"{name}-")
        case Kind.LIMIT:
            yield f"{name}-n", forms.IntegerField(**words, min_value=1, max_value=999)
            yield (
                f"{name}-unit",
                forms.ChoiceField(
                    label=f"{says.title}的单位", required=False, choices=LimitUnit.choices, widget=QuickSelect
                ),
            )
        case Kind.YES_NO:
            yield name, forms.BooleanField(**words)
        case Kind.NUMBER:
            yield name, forms.IntegerField(**words, min_value=0, max_value=9999)
        case Kind.CHOICE:
            yield name, forms.ChoiceField(**words, choices=[("", "请选择"), *says.pairs()], widget=QuickSelect)
        case Kind.CHOICES:
            yield name, forms.MultipleChoiceField(**words, choices=says.pairs(), widget=forms.CheckboxSelectMultiple)
        case Kind.LINES:
            yield name, forms.CharField(**words, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
        case _:
            area = forms.Textarea(attrs={"rows": 12 if element.name == "sample" else 3})
            yield name, forms.CharField(**words, max_length=LONGEST, widget=area if says.long else forms.TextInput())


def _initial(elements: tuple[Element, ...], content: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for element in elements:
        name, value = f"{path}{element.name}", content.get(element.name)
        match element.kind:
            case Kind.GROUP:
                yield from _initial(element.parts, value or {}, f"{name}-")
            case Kind.LIMIT:
                yield f"{name}-n", value["n"] if value else None
                yield f"{name}-unit", value["unit"] if value else LimitUnit.WORKDAY.value
            case Kind.LINES:
                yield name, "\n".join(value or [])
            case _:
                yield name, value


def _value(element: Element, name: str, cleaned: Mapping[str, Any]) -> Any:
    match element.kind:
        case Kind.GROUP:
            return {part.name: _value(part, f"{name}-{part.name}", cleaned) for part in element.parts}
        case Kind.LIMIT:
            n = cleaned[f"{name}-n"]
            return {"n": n, "unit": cleaned[f"{name}-unit"] or LimitUnit.WORKDAY.value} if n else None
        case Kind.LINES:
            return [line.strip() for line in cleaned[name].splitlines() if line.strip()]
        case Kind.CHOICES:
            return list(cleaned[name])
        case Kind.NUMBER:
            return cleaned[name] if cleaned[name] is not None or element.name == "max_length" else 0
        case Kind.TEXT:
            return cleaned[name].replace("\r\n", "\n").strip("\n") if element.says.long else cleaned[name].strip()
    return cleaned[name]
