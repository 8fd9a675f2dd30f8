"""How much one person may upload: told beforehand, and refused with the figure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Sum

from portal.accounts.models import User
from portal.clock import local_date
from portal.files import limits
from portal.files.errors import FileRefused, UploadsTooFast
from portal.files.models import StoredFile, Upload
from portal.web.dates import size_text
from portal.web.limits import count
from portal.workdays.terms import shanghai_midnight


@dataclass(frozen=True, slots=True)
class Quota:
    """Of today: what is allowed and what is used, open uploads included."""

    most_files: int
    most_bytes: int
    files: int
    size: int
    open_uploads: int

    @property
    def files_left(self) -> int:
        return max(0, self.most_files - self.files)

    @property
    def bytes_left(self) -> int:
        return max(0, self.most_bytes - self.size)


def quota_of(user: User, now: dt.datetime) -> Quota:
    """What this person has used today (2 queries, one more for the kind of account)."""
    factor = _factor(user)
    since = shanghai_midnight(local_date(now))
    stored = StoredFile.objects.filter(uploaded_by=user, uploaded_at__gte=since).aggregate(
        files=Count("pk"), size=Sum("original_size")
    )
    coming = Upload.objects.filter(user=user, file=None, expires_at__gt=now).aggregate(
        files=Count("pk"), size=Sum("size")
    )
    return Quota(
        most_files=limits.FILES_PER_DAY * factor,
        most_bytes=limits.BYTES_PER_DAY * factor,
        files=stored["files"] + coming["files"],
        size=(stored["size"] or 0) + (coming["size"] or 0),
        open_uploads=coming["files"],
    )


def quota_text(user: User, now: dt.datetime) -> str:
    """What may still be uploaded today, in a sentence."""
    quota = quota_of(user, now)
    return f"您今天还可以传 {quota.files_left} 个文件，共 {size_text(quota.bytes_left)}。"


def check_quota(user: User, size: int, now: dt.datetime) -> Quota:
    """Refuse what would be too much; inside a transaction, one request of a person after the other."""
    if count("upload", str(user.pk), limits.BURST) > limits.FILES_PER_BURST * _factor(user):
        raise UploadsTooFast(retry_after=limits.BURST)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [user.pk.int >> 65])
    quota = quota_of(user, now)
    if quota.files_left < 1:
        raise FileRefused(
            f"您今天已经上传 {quota.files} 个文件，每人每天最多 {quota.most_files} 个。"
            "请合并成几个 PDF 明天再传，或者把材料交到窗口。",
            code="quota_files",
        )
    if quota.bytes_left < size:
        raise FileRefused(
            f"这个文件 {size_text(size)}，您今天还可以传 {size_text(quota.bytes_left)}，"
            f"每人每天最多 {size_text(quota.most_bytes)}。请压缩后再传，或者明天再传。",
            code="quota_bytes",
        )
    return quota


def _factor(user: User) -> int:
    return limits.STAFF_FACTOR if hasattr(user, "staff") else 1
