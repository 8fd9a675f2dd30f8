"""Size and name: what can be told before a file is opened."""

from __future__ import annotations

import re
import unicodedata

from portal.files import limits, refusals
from portal.files.errors import FileRefused
from portal.web.dates import size_text


def check_size(size: int) -> None:
    """Refuse what is empty or too large, before it is read."""
    if size == 0:
        raise FileRefused("文件是空的。请检查后重新选择。", code="file_empty")
    if size > limits.MAX_BYTES:
        raise FileRefused(refusals.too_large(size_text(size)), code="file_too_large")


def clean_name(name: str) -> str:
    """A name for people: no folders, no control or direction characters, not too long; the extension stays."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    visible = re.sub(r"\s+", " ", visible).strip(" .")
    stem, dot, extension = visible.rpartition(".")
    if not dot or not stem:
        return (visible or "文件")[: limits.MAX_NAME]
    return f"{stem[: limits.MAX_NAME - len(extension) - 1]}.{extension}"[: limits.MAX_NAME]


def extension_of(name: str) -> str:
    """The extension in lower case; raises FileRefused when it is not on the list."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in limits.TYPES:
        shown = f"“.{extension[:10]}”文件" if extension else "没有扩展名的文件"
        raise FileRefused(f"不能上传{shown}。请转成 {limits.TYPES_TEXT} 中的一种再传。", code="file_type")
    return extension


def kind_of(extension: str) -> str:
    """The word that the cleaning knows."""
    return "jpg" if extension == "jpeg" else extension
