"""The elements of an item's list, read once from `item_data`: what pages, comparison and workbook go through."""

from __future__ import annotations

import types
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from catalog.item_data import ItemData, LimitData, Part, Says


class Kind(Enum):
    """How an element is written: one value, some of a list, lines of text, a number with its unit, a group, rows."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    LINES = "lines"
    LIMIT = "limit"
    GROUP = "group"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its name in the data, what people read, and the elements that it consists of."""

    name: str
    says: Says
    kind: Kind
    required: bool
    parts: tuple[Element, ...] = ()

    @property
    def title(self) -> str:
        return self.says.title

    def words_of(self, value: object) -> str:
        """A choice in words; anything unknown as it stands."""
        return dict(self.says.pairs()).get(str(value), str(value))


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the editor: elements that belong together."""

    code: str
    title: str
    names: tuple[str, ...]
    intro: str = ""

    @property
    def elements(self) -> tuple[Element, ...]:
        known = elements()
        return tuple(known[name] for name in self.names)


#: What a department fills in, in the order of the editor. The department and the official numbers are not edited here.
SECTIONS: Final = (
    Section("basics", "基本信息", (
        "name", "kind", "type", "level", "exercise", "power_source", "authority", "quantity_limit",
        "service_objects", "themes_person", "themes_firm", "keywords", "publicity",
    )),
    Section("basis", "设定依据", ("basis",), "行使这项权力的法律、法规，写到条。没有依据的事项不能公布。"),
    Section("conditions", "申报资格", ("conditions", "exclusions"), "申请人照着就能判断自己能不能办。"),
    Section("limits", "时限和情形", (
        "handling", "limits", "extension", "correction_days", "special_procedures", "extra_procedures", "situations",
    )),
    Section("materials", "申请材料", ("materials",), "清单以外的材料，窗口不能再要（行政许可法第三十一条）。"),
    Section("flow", "办理流程", ("flow",)),
    Section("fee", "收费", ("fee",)),
    Section("result", "办理结果", ("result", "renewal_note")),
    Section("place", "怎么办、在哪办", (
        "channels", "online_depth", "visits", "in_person_required", "place", "hours",
        "consultation_phone", "supervision_phone", "complaint_note",
    )),
    Section(
        "form", "申请表", ("form_fields", "application_subject"), "只问与许可直接有关的内容（行政许可法第二十九条）。"
    ),
    Section("faq", "常见问题和示范文本", ("faq", "sample")),
)  # fmt: skip
#: Set when a change begins or when it is verified, never by hand in the editor.
OUTSIDE: Final = ("number", "basic_code", "department", "co_departments", "demo_fields")


@cache
def elements() -> dict[str, Element]:
    """All elements of an item by name, in the order of the data."""
    return {name: _element(name, field) for name, field in ItemData.model_fields.items()}


@cache
def section_of(name: str) -> Section | None:
    """The section in which an element is edited."""
    return next((section for section in SECTIONS if name in section.names), None)


def find_section(code: str) -> Section | None:
    return next((section for section in SECTIONS if section.code == code), None)


def _element(name: str, field: FieldInfo) -> Element:
    says = next((each for each in field.metadata if isinstance(each, Says)), None)
    if says is None:
        raise TypeError(f"the element {name} has no Chinese name")
    kind, part = _kind(field.annotation, says)
    parts = tuple(_element(n, f) for n, f in part.model_fields.items()) if part is not None else ()
    return Element(name, says, kind, field.is_required(), parts)


def _kind(annotation: Any, says: Says) -> tuple[Kind, type[Part] | None]:
    annotation = _without_none(annotation)
    if get_origin(annotation) is tuple:
        inner = _bare(get_args(annotation)[0])
        if isinstance(inner, type) and issubclass(inner, Part):
            return Kind.ROWS, inner
        return (Kind.CHOICES if says.choices is not None else Kind.LINES), None
    bare = _bare(annotation)
    if bare is LimitData:
        return Kind.LIMIT, None
    if isinstance(bare, type) and issubclass(bare, Part):
        return Kind.GROUP, bare
    if bare is bool:
        return Kind.YES_NO, None
    if bare is int:
        return Kind.NUMBER, None
    return (Kind.CHOICE if says.choices is not None else Kind.TEXT), None


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(each for each in get_args(annotation) if each is not type(None))
    return annotation


def _bare(annotation: Any) -> Any:
    """Without what Annotated adds; a Literal is text."""
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    return str if get_origin(annotation) is Literal else annotation
