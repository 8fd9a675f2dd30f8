"""The sentence for each reason why a file is not taken: what is so, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from portal.files import limits

WORDS: Final[dict[str, str]] = {
    "pdf": "PDF",
    "jpg": "JPG 图片",
    "png": "PNG 图片",
    "docx": "DOCX",
    "xlsx": "XLSX",
    "gif": "GIF 图片",
    "html": "网页",
    "svg": "SVG 图形",
    "program": "可执行程序",
    "archive": "压缩包",
    "rtf": "RTF 文档",
}

SENTENCES: Final[dict[str, str]] = {
    "file_broken": "文件打不开，可能已经损坏。请重新保存后再传。",
    "image_broken": "图片打不开，可能已经损坏。请重新拍照或者扫描后再传。",
    "image_too_large": "图片 {width} × {height} 像素，超过 {most} 万像素。请缩小后再传。",
    "pdf_broken": "PDF 打不开，可能已经损坏。请重新导出后再传。",
    "pdf_locked": "PDF 设了密码，打不开。请去掉密码后再传。",
    "pdf_no_pages": "PDF 里没有页面。请重新导出后再传。",
    "pdf_dynamic_form": "这是动态表单（XFA），页面里没有内容。请打印成普通 PDF 再传。",
    "too_many_pages": "PDF 有 {pages} 页，超过 {most} 页。请分成几个文件再传。",
    "file_bomb": "文件解开后太大，不能接收。请删减内容或者转成 PDF 再传。",
    "file_costly": "文件太复杂，检查不了。请重新扫描或者导出后再传，或者把原件交到窗口。",
    "file_old_office": "文件设了密码，或者是旧格式（DOC、XLS）。请去掉密码，另存为 DOCX、XLSX 或者 PDF 再传。",
    "office_broken": "文件打不开，可能已经损坏。请重新保存后再传。",
    "office_locked": "文件设了密码，打不开。请去掉密码后再传。",
    "office_macros": "文件里有宏，不能接收。请另存为不带宏的文件，或者转成 PDF 再传。",
    "office_embedded": "文件里嵌入了别的文件，不能接收。请删掉嵌入的对象，或者转成 PDF 再传。",
    "office_external": "文件会从外面取内容（外部链接、模板或者数据连接），不能接收。请断开链接，或者转成 PDF 再传。",
    "office_entities": "文件里有外部引用的定义（DTD），不能接收。请用原来的软件另存后再传。",
    "office_paths": "文件里的路径不合规，不能接收。请用原来的软件另存后再传。",
    "virus": "查出病毒，不能接收。请在您的电脑上查毒，换一份干净的文件再传。",
}


def sentence_of(code: str, values: Mapping[str, Any], extension: str) -> str:
    """The sentence for a code of the cleaning; a code that is not known says that the file does not open."""
    if code == "file_mismatch":
        return _mismatch(str(values.get("kind")), str(values.get("found") or ""), extension)
    known = SENTENCES.get(code, SENTENCES["file_broken"])
    return known.format_map(_Figures(values))


def _mismatch(kind: str, found: str, extension: str) -> str:
    what = f"内容其实是{_spaced(WORDS[found])}" if found in WORDS else f"内容不是{_spaced(WORDS.get(kind, kind))}"
    return f"文件名是“.{extension}”，{what}。请用原来的软件另存后再传。"


def _spaced(word: str) -> str:
    return f" {word}" if word[:1].isascii() else word


class _Figures(dict[str, Any]):
    """Figures only, whatever the worker says."""

    def __missing__(self, key: str) -> int:
        return 0

    def __getitem__(self, key: str) -> Any:
        try:
            return int(super().__getitem__(key))
        except (KeyError, TypeError, ValueError):
            return 0


def too_large(size_told: str) -> str:
    most = limits.MAX_BYTES // limits.MEGABYTE
    told = size_told
    if told == f"{most} MB":  # a few bytes too many would read as "50 MB，超过 50 MB"
        told = f"略大于 {most} MB"
    return f"文件 {told}，超过 {most} MB。请压缩后再传。"
