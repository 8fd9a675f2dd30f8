"""What the components of a page need to know, apart from their markup."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

# kind -> CSS class, icon
TAGS: Mapping[str, tuple[str, str]] = {
    "neutral": ("tag-neutral", "inbox"),
    "todo": ("tag-neutral", ""),
    "run": ("tag-run", "run"),
    "wait": ("tag-wait", "warning"),
    "pause": ("tag-pause", "pause"),
    "done": ("tag-done", "check"),
    "stop": ("tag-stop", "stop"),
    "ok": ("tag-run tag-strong", "check"),
    "fault": ("tag-stop", "alert"),
}

# level -> CSS class, icon, word
LIGHTS: Mapping[str, tuple[str, str, str]] = {
    "normal": ("light-normal", "normal", "正常"),
    "warning": ("light-warning", "warning", "预警"),
    "yellow": ("light-yellow", "yellow", "黄牌"),
    "red": ("light-red", "red", "红牌"),
    "paused": ("light-paused", "pause", "暂停"),
}

_MARK_WIDTH = 0.11  # share of the strip that a mark of four characters takes


@dataclass(frozen=True)
class ErrorLink:
    """A line of the error summary; `target` is empty when the error belongs to no field."""

    target: str
    label: str
    message: str

    @property
    def text(self) -> str:
        """The same sentence as at the field; the field's name before it unless the sentence has it."""
        if not self.label or self.label in self.message:
            return self.message
        return f"{self.label.rstrip('？?：:')}：{self.message}"


@dataclass(frozen=True)
class Mark:
    """A word above the clock strip, in one of three rows. Kinds: today, promised, statutory."""

    word: str
    kind: str
    row: int = 0


@dataclass(frozen=True)
class StripCell:
    """One day of the clock strip. Kinds: used, today, ahead, paused."""

    kind: str
    label: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def says(self) -> str:
        """The cell as a sentence, for screen readers."""
        words = {"used": "已用", "today": "今天", "ahead": "将来", "paused": "暂停"}
        parts = [self.label, words.get(self.kind, "")]
        parts += [mark.word for mark in self.marks if mark.kind != self.kind]
        return "，".join(part for part in parts if part)

    @property
    def edge(self) -> str:
        """promised or statutory: the due line at the cell's right edge."""
        kinds = [mark.kind for mark in self.marks]
        return next((kind for kind in ("statutory", "promised") if kind in kinds), "")


def marks_of(cells: Sequence[Mapping[str, Any]]) -> list[list[Mark]]:
    """Place the marks of a strip; one that would run into its neighbour goes one row up."""
    count = max(len(cells), 1)
    taken = [0.0, 0.0, 0.0]
    placed: list[list[Mark]] = []
    for position, cell in enumerate(cells):
        found: list[Mark] = []
        for kind, word in cell.get("marks", ()):
            width = _MARK_WIDTH * len(word) / 4
            right = (position + 1) / count
            start = (position + 0.5) / count - width / 2 if kind == "today" else max(0.0, right - width)
            row = next((free for free in range(3) if start >= taken[free] or taken[free] == 0), 2)
            taken[row] = start + width
            found.append(Mark(word, kind, row))
        placed.append(found)
    return placed


def field_kind(field: BoundField) -> str:
    """The markup a field needs, told by its widget."""
    widget = field.field.widget
    match widget:
        case forms.CheckboxSelectMultiple():
            return "checkboxes"
        case forms.RadioSelect():
            return "radio"
        case forms.CheckboxInput():
            return "checkbox"
        case forms.Select():
            return "select"
        case forms.Textarea():
            return "textarea"
        case forms.DateInput():
            return "date"
        case forms.FileInput():
            return "file"
    return "hidden" if field.is_hidden else "text"


def error_links(form: forms.BaseForm) -> Iterator[ErrorLink]:
    """Errors of one form, first those of the whole, then field by field."""
    for message in form.non_field_errors():
        yield ErrorLink("", "", str(message))
    for bound in form:
        target = bound.auto_id
        if target and field_kind(bound) in {"radio", "checkboxes"}:
            target = f"{target}_0"
        for message in bound.errors:
            yield ErrorLink(target, str(bound.label), str(message))
