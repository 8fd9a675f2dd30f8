"""A few small demonstration papers, drawn once and shared by content among all uploads."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from portal import clock
from portal.accounts.models import User
from portal.documents.press import font_folders
from portal.files import services as files
from portal.files.models import StoredFile
from portal.web.keys import uuid7

PAGE = (620, 877)
#: Of the papers themselves: nobody reads them through this owner.
OWNER_KIND = "demonstration"
TITLES = ("演示文件：申请材料", "演示文件：证照复印件", "演示文件：图纸")


class SampleFiles:
    """Stores each paper once through the checks of an upload; further uploads refer to the same bytes."""

    def __init__(self) -> None:
        self._kept: dict[str, StoredFile] = {}

    def upload(self, *, names: Sequence[str], user: User, owner_kind: str, owner_id: UUID) -> list[StoredFile]:
        """Rows as a citizen's uploads make them, one for each name."""
        now = clock.now()
        rows = []
        for place, name in enumerate(names):
            extension = "jpg" if place % 4 == 3 else "pdf"
            kept = self._paper(TITLES[place % len(TITLES)], extension, user, now)
            rows.append(
                StoredFile(
                    id=uuid7(),
                    state=kept.state,
                    original_sha256=kept.original_sha256,
                    original_size=kept.original_size,
                    sha256=kept.sha256,
                    pages=kept.pages,
                    checked_at=now,
                    scan=kept.scan,
                    scanned_at=kept.scanned_at,
                    size=kept.size,
                    content_type=kept.content_type,
                    name=f"{name[:40]}.{extension}".replace("/", "、"),
                    owner_kind=owner_kind,
                    owner_id=owner_id,
                    uploaded_by=user,
                    uploaded_at=now,
                )
            )
        return StoredFile.objects.bulk_create(rows)

    def _paper(self, title: str, extension: str, user: User, now: dt.datetime) -> StoredFile:
        kept = self._kept.get(title + extension)
        if kept is None:
            upload = SimpleUploadedFile(f"{title}.{extension}", _drawn(title, extension))
            kept = files.store(upload=upload, owner_kind=OWNER_KIND, owner_id=user.pk, user=user, now=now)
            kept = files.check_file(file_id=kept.pk, wait=60.0)
            self._kept[title + extension] = kept
        return kept


def _drawn(title: str, extension: str) -> bytes:
    page = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(page)
    big, small = _font(34), _font(18)
    draw.rectangle((30, 30, PAGE[0] - 30, PAGE[1] - 30), outline="#1f3a5f", width=3)
    draw.text((PAGE[0] / 2, 160), title, font=big, fill="#1f3a5f", anchor="mm")
    draw.text((PAGE[0] / 2, 220), "朔州市政务服务平台", font=small, fill="#444444", anchor="mm")
    for line in range(8):
        draw.line((90, 320 + line * 50, PAGE[0] - 90, 320 + line * 50), fill="#bbbbbb")
    draw.text((PAGE[0] / 2, PAGE[1] - 90), "仅供演示，没有效力", font=small, fill="#aa2222", anchor="mm")
    stream = io.BytesIO()
    page.save(stream, "JPEG" if extension == "jpg" else "PDF", quality=70)
    return stream.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A Chinese font out of those that official documents use; without it the paper keeps its frame and lines."""
    for folder in font_folders():
        for path in sorted(folder.rglob("*.ttf")):
            if "Sans" in path.name or "Serif" in path.name:
                return ImageFont.truetype(str(path), size)
    raise FileNotFoundError("the fonts of the documents are missing: run make setup")
