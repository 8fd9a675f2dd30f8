"""The forms of a page as a browser would send them, so that attacks can change one field and leave the rest right."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: What an attacker types into; everything else keeps what the page offers.
TYPED = frozenset({"text", "search", "tel", "email", "textarea", "password", "number", "url", ""})


@dataclass
class PageForm:
    """One form: where and how it is sent, what it holds, and which of it is typed."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[PageForm] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(has.get("method", "get").lower(), has.get("action", "")))
        if not self.forms:
            return
        form, name = self.forms[-1], has.get("name", "")
        match tag:
            case "select":
                self._select = name
            case "option" if self._select and has.get("value"):
                form.values.setdefault(self._select, has["value"])
            case "textarea" if name:
                form.values.setdefault(name, "")
                form.typed.append(name)
            case "button" if name:
                form.values.setdefault(name, has.get("value", ""))
            case "input" if name:
                kind = has.get("type", "text")
                if kind in TYPED:
                    form.typed.append(name)
                if kind != "file" and (kind not in {"radio", "checkbox"} or name not in form.values):
                    form.values.setdefault(name, has.get("value") or ("2026-12-01" if kind == "date" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def forms_of(html: str) -> list[PageForm]:
    """All forms of a page, in their order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms
