"""One page of a file on a page of ours: which, how large, and the links to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from portal.files.limits import WIDTHS
from portal.files.models import StoredFile

#: page, zoom -> the address of the page that shows it.
Address = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class PageView:
    """What `files/_page.html` shows; an address is empty where there is nothing further."""

    file: StoredFile
    page: int
    zoom: int
    picture: str
    alt: str
    previous: str
    next: str
    larger: str
    smaller: str


def page_view(file: StoredFile, page: str, zoom: str, address: Address) -> PageView | None:
    """The page that the visitor asked for, or the nearest that there is; None for files without pages to look at."""
    if not file.is_clean or file.pages < 1:
        return None
    number, size = _within(page, file.pages), _within(zoom, len(WIDTHS))
    return PageView(
        file=file,
        page=number,
        zoom=size,
        picture=picture_url(file.pk, number, size),
        alt=f"{file.name}，第 {number} 页，共 {file.pages} 页",
        previous=address(number - 1, size) if number > 1 else "",
        next=address(number + 1, size) if number < file.pages else "",
        larger=address(number, size + 1) if size < len(WIDTHS) else "",
        smaller=address(number, size - 1) if size > 1 else "",
    )


def picture_url(file_id: UUID, page: int, zoom: int) -> str:
    return reverse("files:page", args=[file_id, page]) + (f"?z={zoom}" if zoom > 1 else "")


def _within(text: str, most: int) -> int:
    """A number from 1 to `most`, whatever stands in the address."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        return 1
    return min(max(1, int(text)), most)
