"""Official documents (文书): row, number and data belong to the act's transaction; the PDF is rendered afterwards."""

from __future__ import annotations

from django.conf import settings
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
        SUSPENDED = "suspended", "已中止效力"
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
    valid_until = models.DateField("有效期至", null=True, blank=True, help_text="最后有效的一天；空为长期")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.VALID)
    status_note = models.CharField("状态说明", max_length=200, blank=True)
    pdf_sha256 = models.CharField("PDF 摘要", max_length=64, blank=True)
    pdf_size = models.PositiveIntegerField("PDF 字节数", default=0)
    rendered_at = models.DateTimeField("生成时间", null=True, blank=True)
    # A signature cannot be made twice alike: these bytes are kept and given out as they are.
    signed_sha256 = models.CharField("电子原件摘要", max_length=64, blank=True, db_index=True)
    signed_size = models.PositiveIntegerField("电子原件字节数", default=0)
    signed_at = models.DateTimeField("签名时间", null=True, blank=True)
    # PROTECT: what a document was signed with is told for as long as the document is.
    certificate = models.ForeignKey(
        "documents.SigningCertificate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签名证书"
    )

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


class DocumentAct(models.Model):
    """One change of what a document is worth, with its reason."""

    class Kind(models.TextChoices):
        SUSPEND = "suspend", "中止效力"
        RESUME = "resume", "恢复效力"
        REVOKE = "revoke", "撤销"
        SUPERSEDE = "supersede", "替代"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT on both: who did what to a document is never forgotten.
    document = models.ForeignKey(OfficialDocument, models.PROTECT, related_name="status_acts", verbose_name="文书")
    kind = models.CharField("动作", max_length=12, choices=Kind)
    reason = EncryptedTextField("理由")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "文书效力变动"
        verbose_name_plural = verbose_name
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.document_id}"


class SigningCertificate(models.Model):
    """A certificate that the portal signs or signed with, or that those are issued by; never removed."""

    class Role(models.TextChoices):
        ROOT = "root", "根证书"
        ISSUER = "issuer", "签发证书"
        SIGNER = "signer", "签名证书"
        TIMESTAMP = "timestamp", "时间戳证书"

    class Reason(models.TextChoices):
        """As RFC 5280 names them."""

        KEY_COMPROMISE = "keyCompromise", "密钥可能泄露"
        AFFILIATION_CHANGED = "affiliationChanged", "机构变更"
        SUPERSEDED = "superseded", "换发新证书"
        CESSATION = "cessationOfOperation", "停止使用"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.CharField("指纹", max_length=64, unique=True, help_text="SHA-256")
    role = models.CharField("用途", max_length=12, choices=Role)
    subject = models.CharField("名称", max_length=200)
    serial = models.CharField("序列号", max_length=50, help_text="十进制")
    not_before = models.DateTimeField("生效时间")
    not_after = models.DateTimeField("到期时间")
    der = models.BinaryField("证书")
    development = models.BooleanField("演示证书", default=False)
    in_use = models.BooleanField("正在使用", default=True)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    untrusted_since = models.DateTimeField("自何时起不可信", null=True, blank=True)
    revocation_reason = models.CharField("吊销原因", max_length=24, choices=Reason, blank=True)
    revocation_note = models.CharField("吊销说明", max_length=500, blank=True)
    # PROTECT: who revoked is never forgotten.
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="吊销人"
    )

    class Meta:
        verbose_name = "签名用的证书"
        verbose_name_plural = verbose_name
        ordering = ["not_after", "id"]
        constraints = [
            models.CheckConstraint(
                name="revoked_exactly_with_reason",
                condition=models.Q(revoked_at__isnull=True, untrusted_since__isnull=True, revocation_reason="")
                | models.Q(revoked_at__isnull=False, untrusted_since__isnull=False) & ~models.Q(revocation_reason=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.subject}"


class RevocationList(models.Model):
    """A published list of revoked certificates; the newest is given out, the older ones are kept."""

    number = models.PositiveBigIntegerField("编号", primary_key=True)
    sha256 = models.CharField("摘要", max_length=64)
    der = models.BinaryField("列表")
    this_update = models.DateTimeField("签发时间")
    next_update = models.DateTimeField("下次更新")

    class Meta:
        verbose_name = "证书吊销列表"
        verbose_name_plural = verbose_name
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)
