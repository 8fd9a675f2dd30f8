"""Which file an actor may see, how a page of it looks, and what was begun and not finished."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from portal.files import checker, policies, storage
from portal.files.limits import WIDTHS
from portal.files.models import StoredFile, Upload
from portal.files.names import extension_of
from portal.web.grants import Actor


def readable(file_id: UUID, actor: Actor) -> StoredFile | None:
    """The file, when the policy of its owner lets this actor read it; None also when there is none."""
    file = StoredFile.objects.filter(pk=file_id).first()
    if file is None or not policies.may_read(file.owner_kind, actor, file.owner_id):
        return None
    return file


def page_picture(file: StoredFile, page: int, zoom: int) -> bytes:
    """A page of a clean file as a JPEG, drawn once and kept for a while. Raises FileNotFoundError, CheckerAway."""
    width = WIDTHS[zoom - 1]
    kept = storage.root(storage.PAGES) / file.sha256[:2] / f"{file.sha256}-{page}-{width}"
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        picture = checker.draw(storage.get(file.sha256), extension_of(file.name), page=page, width=width)
        storage.write(kept, picture, storage.PAGES)
        return picture


def has_bytes(file: StoredFile) -> bool:
    """Whether what would be served is there: an error instead of a picture says nothing to a reader."""
    return file.is_clean and storage.path_of(file.sha256).exists()


def open_uploads(user_id: UUID, target_kind: str, target_id: UUID, now: dt.datetime) -> list[Upload]:
    """What this user has begun at a place and not finished (1 query)."""
    return list(
        Upload.objects.filter(
            user_id=str(user_id), target_kind=target_kind, target_id=target_id, file=None, expires_at__gt=now
        ).order_by("begun_at", "pk")
    )
