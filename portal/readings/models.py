"""Who read whose data, and what the person asks about it (个人信息保护法 44, 50)."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from portal.accounts.models import User
from portal.organizations.models import Department
from portal.privacy.fields import EncryptedTextField
from portal.privacy.models import PersonKey
from portal.web.keys import uuid7


class Reading(models.Model):
    """A member of staff read something of a person: one row per reader, thing, way of reading, ground and day.

    The row says what the event in the ledger only commits to; the event has the row's id as its key.
    """

    class Kind(models.TextChoices):
        CASE = "case", "打开办件"
        FILE = "file", "查看材料"
        DOCUMENT = "document", "查看文书"
        PRINT = "print", "打印办件"
        UNMASKED = "unmasked", "查看完整信息"
        FOUND = "found", "按号码查找到您"

    class Reason(models.TextChoices):
        CONSULTING = "consulting", "答复申请人的咨询"
        HELPING = "helping", "协助其他人员办理"
        SUPERVISING = "supervising", "督查、效能监察"
        DISPUTE = "dispute", "处理投诉、复议、诉讼"
        ASSESSING = "assessing", "案卷评查"
        OTHER = "other", "其他"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT: a key is erased, its row never.
    key = models.ForeignKey(PersonKey, models.PROTECT, related_name="+", verbose_name="密钥")
    subject_kind = models.CharField("对象种类", max_length=16)
    subject_id = models.UUIDField("对象")
    kind = models.CharField("方式", max_length=12, choices=Kind)
    thing_id = models.UUIDField("看的是", help_text="材料文件、文书的标识；其余与对象相同")
    detail = EncryptedTextField("名称", person_key="key", blank=True, default="", help_text="材料、文书叫什么")
    # PROTECT: staff who left stay answerable.
    reader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查看人")
    reader_name = models.CharField("查看人姓名", max_length=50)
    reader_number = models.CharField("工号", max_length=30)
    office = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="单位")
    day = models.DateField("日期")
    at = models.DateTimeField("时间", help_text="当天第一次")
    task = models.CharField("办理任务", max_length=40, blank=True, help_text="空表示没有办理任务")
    reason = models.CharField("原因", max_length=12, choices=Reason, blank=True)
    words = EncryptedTextField("说明", person_key="key", blank=True, default="")
    # What the reading rests on: a task, one statement of a reason, one act of unmasking.
    basis = models.CharField("根据", max_length=60)
    open_until = models.DateTimeField("可以查看到", null=True, blank=True, help_text="说明原因的那一次才有")

    class Meta:
        verbose_name = "查看记录"
        verbose_name_plural = verbose_name
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "subject_id", "kind", "thing_id", "day", "basis"], name="reading_once_a_day"
            ),
            models.CheckConstraint(
                condition=(Q(task="") & ~Q(reason="")) | (~Q(task="") & Q(reason="")),
                name="reading_has_a_task_or_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "-at", "-id"], name="reading_by_subject"),
            models.Index(fields=["key"], name="reading_by_key"),
            models.Index(fields=["at"], name="reading_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_number} {self.kind} {self.subject_id}"

    @property
    def is_marked(self) -> bool:
        """无办理任务: the reader had no task on the subject."""
        return not self.task


class Question(models.Model):
    """疑问: a person asks the data-protection officer about one entry."""

    class Finding(models.TextChoices):
        PROPER = "proper", "合规"
        IMPROPER = "improper", "不当查看"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # CASCADE: a question says nothing without its entry; both end together.
    reading = models.OneToOneField(Reading, models.CASCADE, related_name="question", verbose_name="查看记录")
    key = models.ForeignKey(PersonKey, models.PROTECT, related_name="+", verbose_name="密钥")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    words = EncryptedTextField("疑问", person_key="key")
    asked_at = models.DateTimeField("提出时间")
    due_on = models.DateField("答复期限")
    finding = models.CharField("认定", max_length=10, choices=Finding, blank=True)
    answer = EncryptedTextField("答复", person_key="key", blank=True, default="")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )

    class Meta:
        verbose_name = "对查看记录的疑问"
        verbose_name_plural = verbose_name
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, finding="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(finding="")),
                name="question_answered_by_someone_with_a_finding",
            ),
        ]
        indexes = [models.Index(fields=["due_on", "id"], name="question_by_due_date")]

    def __str__(self) -> str:
        return str(self.pk)

    def is_late(self, today: dt.date) -> bool:
        """Not answered, and the day is over."""
        return self.answered_at is None and self.due_on < today
