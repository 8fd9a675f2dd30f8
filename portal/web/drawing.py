"""Draws the inputs of forms without templates: Django renders two for each, and a filter has half a dozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_PLACE: Final = "django/forms/widgets/"
_INPUTS: Final = frozenset(
    f"{_PLACE}{name}.html" for name in ("checkbox", "date", "email", "hidden", "input", "number", "text", "time")
)
_TEXT_AREA: Final = f"{_PLACE}textarea.html"


class DirectRenderer(TemplatesSetting):
    """The same markup as Django's own templates give (a test compares them)."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> Any:
        if template_name in _INPUTS:
            return _input(context["widget"])
        if template_name == _TEXT_AREA:
            return _text_area(context["widget"])
        return super().render(template_name, context, request)


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{conditional_escape(str(widget["value"]))}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return SafeString(f'<input type="{kind}" name="{name}"{value}{attributes(widget["attrs"])}>')


def _text_area(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else conditional_escape(str(widget["value"]))
    name = conditional_escape(widget["name"])
    return SafeString(f'<textarea name="{name}"{attributes(widget["attrs"])}>\n{value}</textarea>')


def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """As they stand in a tag, in their order, each with a blank before it."""
    parts = []
    for name, value in attrs.items():
        if value is True:
            parts.append(f" {conditional_escape(name)}")
        elif value is not False:
            parts.append(f' {conditional_escape(name)}="{conditional_escape(str(value))}"')
    return SafeString("".join(parts))
