"""Stored files: kept outside the web root under the hash of their content, served only through their owner's policy."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.accounts.models import User
from portal.web.keys import uuid7


class StoredFile(models.Model):
    """An uploaded file. The bytes lie under `files/clean/ab/<sha256>`; several rows may share them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField("内容摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    content_type = models.CharField("类型", max_length=100, help_text="按内容判定，不看文件名")
    name = models.CharField("文件名", max_length=200)
    # The owner registers a policy for its kind (portal.files.policies); no foreign key upwards.
    owner_kind = models.CharField("所属类别", max_length=32)
    owner_id = models.UUIDField("所属对象")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "文件"
        verbose_name_plural = verbose_name
        constraints = [models.CheckConstraint(condition=Q(size__gte=1), name="file_is_not_empty")]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id"], name="file_by_owner"),
            models.Index(fields=["sha256"], name="file_by_hash"),
        ]

    def __str__(self) -> str:
        return self.name
