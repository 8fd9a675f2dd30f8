"""The confined task: clean one file, or draw one of its pages.

A request is one line of JSON and the file, an answer likewise: `{"work": "clean", "kind": "pdf", "limits": {…}}` gives
the cleaned file with `{"pages": n, "removed": […]}`, or `{"code": …, "values": {…}}` and nothing for what is refused;
`{"work": "draw", "kind": "pdf", "page": 1, "width": 920}` gives a JPEG.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.files.cleaning.faults import Unclean


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that is safe to serve, its pages that can be drawn, and what was taken out of it."""

    content: bytes
    pages: int = 0
    removed: list[str] = field(default_factory=list)


def prepare() -> Callable[[bytes], bytes]:
    """Libraries are loaded by the first file that needs them."""
    return answer


def answer(request: bytes) -> bytes:
    """One file in, one file out."""
    head, _, content = request.partition(b"\n")
    wanted: dict[str, Any] = json.loads(head)
    try:
        if wanted["work"] == "draw":
            from portal.files.cleaning import pages

            return packed({}, pages.drawn(content, wanted["kind"], wanted["page"], wanted["width"]))
        cleaned = clean(content, wanted["kind"], wanted["limits"])
    except Unclean as refused:
        return packed({"code": refused.code, "values": refused.values}, b"")
    return packed({"pages": cleaned.pages, "removed": cleaned.removed}, cleaned.content)


def packed(told: dict[str, Any], content: bytes) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n" + content


def clean(content: bytes, kind: str, limits: dict[str, int]) -> Cleaned:
    """Sniff, open and rewrite. Raises Unclean."""
    from portal.files.cleaning.sniffing import sniffed

    found = sniffed(content, limits)
    if found != kind:
        raise Unclean("file_mismatch", kind=kind, found=found)
    if kind == "pdf":
        from portal.files.cleaning import pdfs

        return Cleaned(*pdfs.cleaned(content, limits))
    if kind in ("jpg", "png"):
        from portal.files.cleaning import images

        return Cleaned(*images.cleaned(content, kind, limits))
    from portal.files.cleaning import office

    return Cleaned(*office.cleaned(content, kind, limits))
