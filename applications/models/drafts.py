"""Drafts of online applications: kept in the database, one address per step."""

from __future__ import annotations

from django.db import models

from applications.models.case import Case
from catalog.models import ItemEdition, MaterialRequirement, Situation
from portal.accounts.models import LegalPerson, User
from portal.files.models import StoredFile
from portal.privacy.fields import EncryptedJSONField, EncryptedTextField
from portal.web.keys import uuid7


class Draft(models.Model):
    """An application that is not yet submitted. It follows the edition in force and shows what changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="drafts", verbose_name="用户")
    edition = models.ForeignKey(ItemEdition, models.PROTECT, related_name="drafts", verbose_name="事项版本")
    situation = models.ForeignKey(
        Situation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="情形"
    )
    # null: the user applies for himself.
    legal_person = models.ForeignKey(
        LegalPerson, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代表的法人"
    )
    contact_phone = EncryptedTextField("联系电话", blank=True, default="")
    address = EncryptedTextField("地址", blank=True, default="")
    details = EncryptedJSONField("申请内容", default=dict, blank=True)
    delivery_method = models.CharField("领取方式", max_length=20, blank=True)
    not_applicable = models.JSONField(
        "不适用的材料", default=list, blank=True, help_text="有条件的材料中申请人说不适用的，材料代码"
    )
    not_applicable_reasons = models.JSONField(
        "不适用的理由", default=dict, blank=True, help_text="材料代码到申请人写的理由"
    )
    steps_done = models.JSONField("完成的步骤", default=list, blank=True)
    edition_changed_from = models.PositiveSmallIntegerField("原版次", null=True, blank=True)
    submit_key = models.UUIDField("提交键", default=uuid7, editable=False)
    # A submitted draft is kept until its time so that the second click finds its case.
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name="办件")
    created_at = models.DateTimeField("建立时间")
    saved_at = models.DateTimeField("保存时间")
    expires_at = models.DateTimeField("保留到")

    class Meta:
        verbose_name = "草稿"
        verbose_name_plural = verbose_name
        ordering = ["-saved_at"]
        indexes = [models.Index(fields=["user", "-saved_at"], name="draft_by_user")]

    def __str__(self) -> str:
        return f"{self.edition} 草稿"


class DraftMaterial(models.Model):
    """A file uploaded for a material of a draft."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="materials", verbose_name="草稿")
    requirement = models.ForeignKey(MaterialRequirement, models.PROTECT, related_name="+", verbose_name="材料要求")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "草稿材料"
        verbose_name_plural = verbose_name
        ordering = ["added_at", "id"]

    def __str__(self) -> str:
        return str(self.file)
