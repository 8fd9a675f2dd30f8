"""Small files of every kind, good and hostile, made here."""

from __future__ import annotations

import io
import zipfile

import pikepdf
from PIL import Image


def image(image_format: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, image_format)
    return target.getvalue()


def pdf(*, pages: int = 1, password: str = "") -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        encryption = pikepdf.Encryption(owner=password, user=password) if password else False
        document.save(target, encryption=encryption)
    return target.getvalue()


def office(part: str = "word/document.xml", *more: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document>" + "字" * 50 + "</document>")
        for name, content in more:
            archive.writestr(name, content)
    return target.getvalue()


def broken_sum(content: bytes) -> bytes:
    """The same archive with one byte of its content changed."""
    place = content.index(b"[Content_Types].xml") + 24
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
