"""Stored files: the original in quarantine, the cleaned copy served through its owner's policy; uploads in progress."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.accounts.models import User
from portal.web.keys import uuid7


class StoredFile(models.Model):
    """An uploaded file. Its bytes lie by content under `files/quarantine` and `files/clean`; rows may share them."""

    class State(models.TextChoices):
        RECEIVED = "received", "等待检查"
        CHECKING = "checking", "正在检查"
        CLEAN = "clean", "检查通过"
        REFUSED = "refused", "没有通过检查"

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", "未查毒"
        CLEAN = "clean", "已查毒"
        INFECTED = "infected", "有病毒"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    original_sha256 = models.CharField("原件摘要", max_length=64, blank=True)
    original_size = models.PositiveBigIntegerField("原件字节数", default=0)
    sha256 = models.CharField("内容摘要", max_length=64, blank=True, help_text="清理后的内容，检查通过才有")
    size = models.PositiveBigIntegerField("字节数")
    content_type = models.CharField("类型", max_length=100, help_text="按扩展名，检查时与内容核对")
    name = models.CharField("文件名", max_length=200)
    pages = models.PositiveIntegerField("可看的页数", default=0)
    removed = models.JSONField("清理掉的内容", default=list, blank=True)
    refusal = models.CharField("没有通过的原因", max_length=300, blank=True)
    refusal_code = models.CharField("原因代码", max_length=40, blank=True)
    checked_at = models.DateTimeField("检查时间", null=True, blank=True)
    scan = models.CharField("查毒", max_length=12, choices=Scan, default=Scan.NOT_SCANNED)
    scanned_at = models.DateTimeField("查毒时间", null=True, blank=True)
    # The owner registers a policy for its kind (portal.files.policies); no foreign key upwards.
    owner_kind = models.CharField("所属类别", max_length=32)
    owner_id = models.UUIDField("所属对象")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "文件"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1), name="file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(state="clean") & ~Q(sha256="") | ~Q(state="clean") & Q(sha256=""),
                name="only_a_clean_file_is_served",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal="") | ~Q(state="refused") & Q(refusal=""),
                name="a_refused_file_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(scan="infected") | Q(state="refused"), name="an_infected_file_is_refused"
            ),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id"], name="file_by_owner"),
            models.Index(fields=["sha256"], name="file_by_hash"),
            models.Index(fields=["original_sha256"], name="file_by_original"),
            models.Index(fields=["uploaded_by", "uploaded_at"], name="file_by_uploader"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_clean(self) -> bool:
        return self.state == self.State.CLEAN

    @property
    def is_refused(self) -> bool:
        return self.state == self.State.REFUSED

    @property
    def is_pending(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.CHECKING)

    @property
    def is_unscanned(self) -> bool:
        """Nobody looked for viruses; staff are told."""
        return self.scan == self.Scan.NOT_SCANNED


class Upload(models.Model):
    """An upload that comes in pieces; the bytes so far lie under `files/uploads/<id>`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="上传人")
    # For whom the file is (portal.files.targets): a draft's material, a line of a correction, a scan at the window.
    target_kind = models.CharField("用途", max_length=32)
    target_id = models.UUIDField("所属对象")
    slot = models.CharField("位置", max_length=64, blank=True)
    name = models.CharField("文件名", max_length=200)
    fingerprint = models.CharField("选中的文件", max_length=100, blank=True, help_text="页面据此认出同一个文件")
    size = models.PositiveBigIntegerField("字节数")
    offset = models.PositiveBigIntegerField("已收字节数", default=0)
    begun_at = models.DateTimeField("开始时间")
    expires_at = models.DateTimeField("保留到")
    file = models.OneToOneField(
        StoredFile, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="传完的文件"
    )

    class Meta:
        verbose_name = "上传"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1), name="upload_is_not_empty"),
            models.CheckConstraint(condition=Q(offset__lte=models.F("size")), name="upload_within_its_size"),
        ]
        indexes = [
            models.Index(fields=["target_kind", "target_id"], name="upload_by_target"),
            models.Index(fields=["user", "expires_at"], name="upload_by_user"),
            models.Index(fields=["expires_at"], name="upload_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return self.offset * 100 // self.size
