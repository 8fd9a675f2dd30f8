"""Materials of a case: what was asked, what came, what the clerk concluded."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from applications.models.case import Case
from catalog.models import MaterialRequirement
from portal.accounts.models import User
from portal.files.models import StoredFile
from portal.web.keys import uuid7


class CaseMaterial(models.Model):
    """One published material in one case."""

    class Conclusion(models.TextChoices):
        PENDING = "pending", "未看"
        COMPLETE = "complete", "齐全"
        INCOMPLETE = "incomplete", "要补"
        NOT_APPLICABLE = "not_applicable", "不适用"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="materials", verbose_name="办件")
    requirement = models.ForeignKey(
        MaterialRequirement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="case_materials",
        verbose_name="材料要求",
    )
    # What a correction asks beyond the published list carries a legal basis (domain APP-6).
    extra_name = models.CharField("另外要求的材料", max_length=200, blank=True)
    legal_basis = models.CharField("另外要求的依据", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("次序")
    original_seen = models.BooleanField("原件已核", default=False)
    originals_received = models.PositiveSmallIntegerField("收到原件", default=0)
    copies_received = models.PositiveSmallIntegerField("收到复印件", default=0)
    conclusion = models.CharField("结论", max_length=16, choices=Conclusion, default=Conclusion.PENDING)
    remark = models.TextField("要补什么", blank=True)
    # What the applicant said of a conditional material; the clerk agrees (不适用) or asks for it in a correction.
    not_applicable_reason = models.CharField("申请人说不适用的理由", max_length=300, blank=True)
    seen_by_reviewer_at = models.DateTimeField("审核人已看", null=True, blank=True)

    class Meta:
        verbose_name = "办件材料"
        verbose_name_plural = verbose_name
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "requirement"], name="material_once_per_case"),
            models.CheckConstraint(
                condition=Q(requirement__isnull=False, extra_name="", legal_basis="")
                | (Q(requirement__isnull=True) & ~Q(extra_name="") & ~Q(legal_basis="")),
                name="material_is_published_or_has_a_legal_basis",
            ),
            models.CheckConstraint(
                condition=~Q(conclusion="incomplete") | ~Q(remark=""), name="what_is_missing_is_said"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.requirement.name if self.requirement is not None else self.extra_name

    @property
    def is_required(self) -> bool:
        return self.requirement is None or self.requirement.is_required


class CaseMaterialFile(models.Model):
    """A file given for a material; a supplied one stands beside the first, nothing is replaced."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    material = models.ForeignKey(CaseMaterial, models.CASCADE, related_name="files", verbose_name="材料")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    supplied = models.BooleanField("补正时提交", default=False)
    added_at = models.DateTimeField("提交时间")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提交用户")

    class Meta:
        verbose_name = "材料文件"
        verbose_name_plural = verbose_name
        ordering = ["added_at", "id"]

    def __str__(self) -> str:
        return str(self.file)
