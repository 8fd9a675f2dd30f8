"""Uploads in pieces: begin, append, cancel; the last piece makes the file. Each is safe to send again."""

from __future__ import annotations

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction

from portal.accounts.models import User
from portal.files import limits, names, pieces
from portal.files.errors import FileRefused
from portal.files.models import Upload
from portal.files.services.quotas import check_quota
from portal.files.services.receiving import received
from portal.files.targets import target_of
from portal.web.errors import Expired, NotFound, WrongState
from portal.web.grants import Actor


class OffsetDiffers(WrongState):
    """The piece does not begin where the last one ended; `offset` says where that is."""

    default_code = "offset_differs"

    def __init__(self, offset: int) -> None:
        super().__init__(f"已收到 {offset} 字节，请从这里接着传。")
        self.offset = offset


@transaction.atomic
def begin_upload(
    *,
    actor: Actor,
    user: User,
    target_kind: str,
    target_id: UUID,
    slot: str,
    name: str,
    fingerprint: str,
    size: int,
    now: dt.datetime,
) -> Upload:
    """Begin, or go on with the same file at the same place. Raises FileRefused and what stands against the target."""
    names.check_size(size)
    name = names.clean_name(name)
    names.extension_of(name)
    target_of(target_kind).check(actor, target_id, slot)
    same = Upload.objects.filter(
        user=user,
        target_kind=target_kind,
        target_id=target_id,
        slot=slot,
        name=name,
        fingerprint=fingerprint[:100],
        size=size,
        file=None,
        expires_at__gt=now,
    )
    if fingerprint and (found := same.order_by("begun_at", "pk").first()) is not None:
        return found
    quota = check_quota(user, size, now)
    if quota.open_uploads >= limits.OPEN_UPLOADS:
        raise FileRefused(
            f"您有 {quota.open_uploads} 个文件没有传完，最多 {limits.OPEN_UPLOADS} 个。请先传完，或者放弃几个。",
            code="quota_open",
        )
    return Upload.objects.create(
        user=user,
        target_kind=target_kind,
        target_id=target_id,
        slot=slot,
        name=name,
        fingerprint=fingerprint[:100],
        size=size,
        begun_at=now,
        expires_at=now + limits.UPLOAD_AGE,
    )


@transaction.atomic
def append(*, actor: Actor, user: User, upload_id: UUID, offset: int, content: bytes, now: dt.datetime) -> Upload:
    """Put one piece behind the last. Raises OffsetDiffers, and then nothing has changed; the last piece makes the file.

    The bytes are on disk before the row says so. A piece that came twice is answered by OffsetDiffers with the place
    to go on from.
    """
    upload = _locked(user, upload_id, now)
    if offset != upload.offset or (upload.file_id is not None and content):
        raise OffsetDiffers(upload.offset)
    if offset + len(content) > upload.size:
        raise FileRefused("传来的内容比文件大，请重新选择文件。", code="upload_too_long")
    if content:
        try:
            pieces.write(upload.pk, offset, content)
        except FileNotFoundError:  # the disk lost what the row remembers: begin again
            upload.offset = 0
            upload.save(update_fields=["offset"])
            return upload
    upload.offset = offset + len(content)
    upload.expires_at = now + limits.UPLOAD_AGE
    if upload.offset == upload.size and upload.file_id is None:
        _complete(upload, actor, user, now)
    upload.save(update_fields=["offset", "expires_at", "file"])
    return upload


def _complete(upload: Upload, actor: Actor, user: User, now: dt.datetime) -> None:
    target = target_of(upload.target_kind)
    owner_kind, owner_id = target.check(actor, upload.target_id, upload.slot)
    file = received(
        content=pieces.read(upload.pk),
        name=upload.name,
        owner_kind=owner_kind,
        owner_id=owner_id,
        user=user,
        now=now,
    )
    target.attach(actor, upload.target_id, upload.slot, file)
    upload.file = file
    transaction.on_commit(partial(pieces.remove, upload.pk))


@transaction.atomic
def cancel_upload(*, user: User, upload_id: UUID, now: dt.datetime) -> None:
    """Give an unfinished upload up; the file of a finished one stays."""
    _locked(user, upload_id, now).delete()
    transaction.on_commit(partial(pieces.remove, upload_id))


def _locked(user: User, upload_id: UUID, now: dt.datetime) -> Upload:
    upload = Upload.objects.select_for_update().filter(pk=upload_id, user=user).first()
    if upload is None:
        raise NotFound("没有这个上传，可能已经放弃。请重新选择文件。")
    if upload.expires_at <= now:
        raise Expired("这个上传放得太久，已经清理。请重新选择文件。")
    return upload
