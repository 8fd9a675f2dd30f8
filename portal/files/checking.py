"""Is this what its name says, and does it open? Type by content, never by name alone.

Cleaning (re-encoding, removing scripts from PDFs) is the quarantine's; what passes here leaves as an attachment.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
import zipfile
from typing import Final

from PIL import Image

from portal.files import limits
from portal.files.errors import FileRefused
from portal.web.dates import size_text

_PDF: Final = limits.TYPES["pdf"]
_JPEG: Final = limits.TYPES["jpg"]
_PNG: Final = limits.TYPES["png"]
_DOCX: Final = limits.TYPES["docx"]
_XLSX: Final = limits.TYPES["xlsx"]
_OFFICE_PART: Final = {_DOCX: "word/document.xml", _XLSX: "xl/workbook.xml"}
_IMAGE_FORMAT: Final = {_JPEG: "JPEG", _PNG: "PNG"}
_WORD_OF_TYPE: Final = {_PDF: "PDF", _JPEG: "JPG 图片", _PNG: "PNG 图片", _DOCX: "DOCX", _XLSX: "XLSX"}


def check_size(size: int) -> None:
    """Refuse what is empty or too large, before it is read."""
    if size == 0:
        raise FileRefused("文件是空的。请检查后重新选择。", code="file_empty")
    if size > limits.MAX_BYTES:
        most = limits.MAX_BYTES // limits.MEGABYTE
        told = size_text(size)
        if told == f"{most} MB":  # a few bytes too many would read as "20 MB，超过 20 MB"
            told = f"略大于 {most} MB"
        raise FileRefused(f"文件 {told}，超过 {most} MB。请压缩后再传。", code="file_too_large")


def clean_name(name: str) -> str:
    """A name for people: no folders, no control or direction characters, not too long; the extension stays."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    visible = re.sub(r"\s+", " ", visible).strip(" .")
    stem, dot, extension = visible.rpartition(".")
    if not dot or not stem:
        return (visible or "文件")[: limits.MAX_NAME]
    return f"{stem[: limits.MAX_NAME - len(extension) - 1]}.{extension}"[: limits.MAX_NAME]


def content_type_of(name: str, content: bytes) -> str:
    """The media type, when extension, first bytes and a parser agree; raises FileRefused with what is wrong."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    expected = limits.TYPES.get(extension)
    if expected is None:
        shown = f"“.{extension[:10]}”文件" if extension else "没有扩展名的文件"
        raise FileRefused(f"不能上传{shown}。请转成 {limits.TYPES_TEXT} 中的一种再传。", code="file_type")
    found = _sniffed(content)
    if found != expected:
        what = f"内容其实是 {_WORD_OF_TYPE[found]}" if found else f"内容不是 {_WORD_OF_TYPE[expected]}"
        raise FileRefused(f"文件名是“.{extension}”，{what}。请用原来的软件另存后再传。", code="file_mismatch")
    if expected == _PDF:
        _open_pdf(content)
    elif expected in _IMAGE_FORMAT:
        _open_image(content, _IMAGE_FORMAT[expected])
    else:
        _open_office(content)
    return expected


def _sniffed(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return _PDF
    if content.startswith(b"\xff\xd8\xff"):
        return _JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _PNG
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError):
            return None
        if "[Content_Types].xml" in names:
            return next((kind for kind, part in _OFFICE_PART.items() if part in names), None)
    return None


def _open_image(content: bytes, image_format: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own pixel limit speaks, and oddities of metadata are no fault
            with Image.open(io.BytesIO(content), formats=[image_format]) as image:
                width, height = image.size
                if width * height > limits.MAX_PIXELS:
                    raise FileRefused(
                        f"图片 {width} × {height} 像素，超过 {limits.MAX_PIXELS // 10_000} 万像素。请缩小后再传。",
                        code="image_too_large",
                    )
                image.load()
    except FileRefused:
        raise
    except Exception as error:  # a parser of foreign bytes may fail in any way; all of them mean one thing
        raise FileRefused("图片打不开，可能已经损坏。请重新拍照或者扫描后再传。", code="file_broken") from error


def _open_pdf(content: bytes) -> None:
    import pikepdf  # 30 MB of libraries that most processes never need

    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            pages = len(document.pages)
            for page in document.pages:
                _ = page.mediabox
    except pikepdf.PasswordError as error:
        raise FileRefused("PDF 设了密码，打不开。请去掉密码后再传。", code="file_locked") from error
    except Exception as error:  # as above
        raise FileRefused("PDF 打不开，可能已经损坏。请重新导出后再传。", code="file_broken") from error
    if pages == 0:
        raise FileRefused("PDF 里没有页面。请重新导出后再传。", code="file_broken")
    if pages > limits.MAX_PDF_PAGES:
        raise FileRefused(
            f"PDF 有 {pages} 页，超过 {limits.MAX_PDF_PAGES} 页。请分成几个文件再传。", code="too_many_pages"
        )


def _open_office(content: bytes) -> None:
    broken = FileRefused("文件打不开，可能已经损坏。请重新保存后再传。", code="file_broken")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if (
                len(parts) > limits.MAX_PARTS
                or unpacked > limits.MAX_UNPACKED
                or unpacked > limits.MAX_UNPACK_RATIO * len(content)
            ):
                raise FileRefused("文件解开后太大，不能接收。请删减内容或者转成 PDF 再传。", code="file_bomb")
            names = [part.filename for part in parts]
            if any(part.flag_bits & 0x1 for part in parts):
                raise FileRefused("文件设了密码，打不开。请去掉密码后再传。", code="file_locked")
            if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
                raise broken
            if len(set(names)) != len(names):
                raise broken
            if any(name.lower().rpartition("/")[2].startswith("vbaproject") for name in names):
                raise FileRefused("文件里有宏，不能接收。请另存为不带宏的文件，或者转成 PDF 再传。", code="file_macros")
            read = 0
            for part in parts:  # the sizes in the directory may lie: count what really comes out, and check the sums
                with archive.open(part) as stream:
                    while chunk := stream.read(1024 * 1024):
                        read += len(chunk)
                        if read > limits.MAX_UNPACKED:
                            raise FileRefused(
                                "文件解开后太大，不能接收。请删减内容或者转成 PDF 再传。", code="file_bomb"
                            )
    except FileRefused:
        raise
    except Exception as error:  # as above
        raise broken from error
