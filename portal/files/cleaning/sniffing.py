"""What a file is by its first bytes: the first step, never the last."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from portal.files.cleaning.faults import Unclean

OFFICE_PART: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_BEGINNINGS: Final = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"GIF8", "gif"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "rtf"),
)


def sniffed(content: bytes, limits: dict[str, int]) -> str:
    """A kind's word; "" for what is not known."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            if kind == "ole":
                raise Unclean("file_old_office")
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _office(content, limits)
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<body")):
        return "svg" if b"<svg" in start else "html"
    return ""


def _office(content: bytes, limits: dict[str, int]) -> str:
    if content.count(b"PK\x01\x02") > 2 * limits["parts"]:
        raise Unclean("file_bomb")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError):
        return ""
    if "[Content_Types].xml" not in names:
        return "archive"
    return next((kind for kind, part in OFFICE_PART.items() if part in names), "archive")
