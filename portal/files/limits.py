"""What may be uploaded: one place for the figures and for the sentences that tell them beforehand."""

from __future__ import annotations

import datetime as dt
from typing import Final

MEGABYTE: Final = 1024 * 1024
MAX_BYTES: Final = 50 * MEGABYTE
#: Up to here a file is checked in the request that brings it; a larger one by the outbox, within a minute.
CHECKED_AT_ONCE: Final = 10 * MEGABYTE
#: How long such a request waits for the checker before it leaves the file to the outbox, in seconds.
WAIT_FOR_CHECK: Final = 8.0
MAX_FILES_PER_MATERIAL: Final = 10
MAX_FILES_PER_CASE: Final = 100
MAX_PIXELS: Final = 50_000_000
MAX_PDF_PAGES: Final = 500
#: Unpacked size of an office file, and how many parts it may have.
MAX_UNPACKED: Final = 200 * MEGABYTE
MAX_UNPACK_RATIO: Final = 200
MAX_PARTS: Final = 5_000
MAX_NAME: Final = 120

#: Of one person in one day; whoever scans at a window takes in other people's papers and has ten times as much.
FILES_PER_DAY: Final = 200
BYTES_PER_DAY: Final = 1000 * MEGABYTE
STAFF_FACTOR: Final = 10
#: And in ten minutes, so that one account alone cannot keep the checker busy.
FILES_PER_BURST: Final = 60
BURST: Final = 600  # seconds
#: Uploads that one person has begun and not finished.
OPEN_UPLOADS: Final = 10
#: The largest piece of a resumable upload, and the size of the pieces that the page sends.
MAX_CHUNK: Final = 4 * MEGABYTE
CHUNK: Final = 512 * 1024
#: Smaller files go with the form: one request, nothing to resume.
RESUMED_FROM: Final = 512 * 1024

#: An unfinished upload that nobody goes on with.
UPLOAD_AGE: Final = dt.timedelta(days=2)
#: A file that belongs to nothing any more; one that was refused stays longer, as evidence.
UNUSED_AGE: Final = dt.timedelta(days=30)
REFUSED_AGE: Final = dt.timedelta(days=180)
#: Bytes that no row refers to; pictures of pages that nobody looked at.
ORPHAN_AGE: Final = dt.timedelta(days=1)
PAGES_AGE: Final = dt.timedelta(days=7)

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
#: Widths of a page picture, in pixels, from the whole page to the smallest print.
WIDTHS: Final = (920, 1400, 2100)


def limits_text() -> str:
    """The limits, told before anybody uploads."""
    most = MAX_BYTES // MEGABYTE
    return f"可以传 {TYPES_TEXT}，每个文件不超过 {most} MB，每项材料最多 {MAX_FILES_PER_MATERIAL} 个文件。"


def for_the_page() -> dict[str, int]:
    """What `files/_picker_data.html` tells the script."""
    return {"resumed_from": RESUMED_FROM, "chunk": CHUNK, "max_bytes": MAX_BYTES}


def for_the_worker() -> dict[str, int]:
    """The figures that the cleaning needs."""
    return {
        "pixels": MAX_PIXELS,
        "pages": MAX_PDF_PAGES,
        "unpacked": MAX_UNPACKED,
        "ratio": MAX_UNPACK_RATIO,
        "parts": MAX_PARTS,
    }
