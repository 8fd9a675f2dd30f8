"""Official documents (文书): row, number and data belong to the act's transaction; the PDF is rendered afterwards."""

from __future__ import annotations

from django.db import models

from portal.documents.kinds import DocumentKind
from portal.organizations.models import Department
from portal.privacy.fields import EncryptedTextField
from portal.privacy.models import PersonKey
from portal.web.keys import ulid, uuid7


class OfficialDocument(models.Model):
    """One numbered document. Its data never changes; what it is worth today is its status."""

    class Status(models.TextChoices):
        VALID = "valid", "有效"
        SUPERSEDED = "superseded", "已被替代"
        REVOKED = "revoked", "已撤销"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("查验码", max_length=26, unique=True, default=ulid, editable=False)
    short_code = models.CharField(
        "核验码", max_length=12, unique=True, editable=False, help_text="印在文书上，手工输入；查验码的后十二位"
    )
    kind = models.CharField("种类", max_length=32, choices=DocumentKind)
    # PROTECT: a document outlives nothing that it names.
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="出具机关")
    year = models.PositiveSmallIntegerField("年")
    seq = models.PositiveIntegerField("序号")
    number = models.CharField("文号", max_length=60, unique=True)
    subject_kind = models.CharField("所属类别", max_length=32, help_text="portal.documents.policies 中登记的类别")
    subject_id = models.UUIDField("所属对象")
    person_key = models.ForeignKey(
        PersonKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="密钥"
    )
    issuer_name = models.CharField("出具机关名称", max_length=100, help_text="出具时的名称，机构改革后不变")
    data = EncryptedTextField("数据", person_key="person_key", help_text="规范 JSON (RFC 8785)")
    data_hash = models.CharField("数据摘要", max_length=64, help_text="SHA-256，写入存证")
    template_version = models.PositiveSmallIntegerField("模板版本", default=1)
    issued_at = models.DateTimeField("出具时间")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.VALID)
    status_note = models.CharField("状态说明", max_length=200, blank=True)
    pdf_sha256 = models.CharField("PDF 摘要", max_length=64, blank=True)
    pdf_size = models.PositiveIntegerField("PDF 字节数", default=0)
    rendered_at = models.DateTimeField("生成时间", null=True, blank=True)

    class Meta:
        verbose_name = "文书"
        verbose_name_plural = verbose_name
        ordering = ["issued_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["department", "kind", "year", "seq"], name="document_number_once"),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="document_by_subject")]

    def __str__(self) -> str:
        return self.number


class DocumentCounter(models.Model):
    """The last number of a department, kind and year; allocated under its row lock inside the act, without gaps."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="机关")
    kind = models.CharField("种类", max_length=32, choices=DocumentKind)
    year = models.PositiveSmallIntegerField("年")
    last = models.PositiveIntegerField("最后序号", default=0)

    class Meta:
        verbose_name = "文号计数"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(fields=["department", "kind", "year"], name="document_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.last}"
