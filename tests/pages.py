"""What holds of every HTML page; `check_page(response)` in any test that gets one."""

from html.parser import HTMLParser
from typing import Any

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.lang = ""
        self.title = ""
        self.headings = 0
        self.ids: list[str] = []
        self.open: list[str] = []
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        line = f"line {self.getpos()[0]}"
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.lang = attributes.get("lang", "")
        if tag == "h1":
            self.headings += 1
        if tag == "style":
            self.faults.append(f"inline <style> at {line}")
        if tag == "script":
            self._script = attributes.get("type", "")
            if "src" not in attributes and self._script not in {"application/json", "application/ld+json"}:
                self.faults.append(f"inline <script> at {line}")
        if tag == "img" and "alt" not in attributes:
            self.faults.append(f"<img> without alt at {line}")
        if attributes.get("id"):
            self.ids.append(attributes["id"])
        for name, value in attributes.items():
            if name == "style":
                self.faults.append(f"style attribute on <{tag}> at {line}")
            if name.startswith("on"):
                self.faults.append(f"{name} attribute on <{tag}> at {line}")
            if value.strip().lower().startswith("javascript:"):
                self.faults.append(f"javascript: address at {line}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += data
        if self._script is None and ("{{" in data or "{%" in data or "}}" in data):
            self.faults.append(f"template code left over: {data.strip()[:60]}")


def page_faults(html: str) -> list[str]:
    """Every fault of one page."""
    page = _Page()
    page.feed(html)
    page.close()
    faults = page.faults
    if not page.lang.startswith("zh"):
        faults.append("no lang on <html>")
    if not page.title.strip():
        faults.append("no title")
    if page.headings != 1:
        faults.append(f"{page.headings} <h1>")
    repeated = sorted({name for name in page.ids if page.ids.count(name) > 1})
    if repeated:
        faults.append(f"repeated id: {', '.join(repeated)}")
    return faults


def check_page(response: Any) -> str:
    """Assert that an answer (or a text) is a sound page; gives its text."""
    html = response if isinstance(response, str) else response.content.decode()
    faults = page_faults(html)
    assert not faults, "; ".join(faults)
    return html
