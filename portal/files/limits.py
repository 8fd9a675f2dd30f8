"""What may be uploaded: one place for the figures and for the sentence that tells them beforehand."""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1024 * 1024
MAX_BYTES: Final = 20 * MEGABYTE
MAX_FILES_PER_MATERIAL: Final = 10
MAX_FILES_PER_CASE: Final = 100
MAX_PIXELS: Final = 50_000_000
MAX_PDF_PAGES: Final = 500
#: Unpacked size of an office file, and how many parts it may have.
MAX_UNPACKED: Final = 200 * MEGABYTE
MAX_UNPACK_RATIO: Final = 200
MAX_PARTS: Final = 5_000
MAX_NAME: Final = 120

#: Extension -> media type; what is told to the file picker as well.
TYPES: Final[dict[str, str]] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TYPES_TEXT: Final = "PDF、JPG、PNG、DOCX、XLSX"
ACCEPT: Final = ",".join(f".{extension}" for extension in TYPES)


def limits_text() -> str:
    """The limits, told before anybody uploads."""
    most = MAX_BYTES // MEGABYTE
    return f"可以传 {TYPES_TEXT}，每个文件不超过 {most} MB，每项材料最多 {MAX_FILES_PER_MATERIAL} 个文件。"
