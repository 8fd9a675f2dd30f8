"""What happened to a case: one row per act, the clock events that it made, and the number counter."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from applications.models.case import Case
from applications.states import CaseState
from portal.accounts.models import User
from portal.organizations.models import Department
from portal.web.keys import uuid7


class Act(models.Model):
    """One act on a case (办理过程): the row of the timeline, and the answer to the same click made twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="acts", verbose_name="办件")
    seq = models.PositiveIntegerField("次序")
    key = models.UUIDField("幂等键")
    action = models.CharField("动作", max_length=32)
    label = models.CharField("动作名称", max_length=50)
    public_label = models.CharField("公开说明", max_length=100, blank=True)
    from_state = models.CharField("原状态", max_length=16, choices=CaseState, blank=True)
    to_state = models.CharField("新状态", max_length=16, choices=CaseState)
    at = models.DateTimeField("时间")
    by_law = models.BooleanField("由法律规定发生", default=False)
    late = models.BooleanField("逾期作出", default=False)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办")
    actor_name = models.CharField("经办姓名", max_length=50)
    actor_post = models.CharField("岗位", max_length=100, blank=True)
    note = models.TextField("说明", blank=True)
    document_id = models.UUIDField("文书", null=True, blank=True)
    ledger_seq = models.BigIntegerField("存证序号", help_text="存证链中的编号")
    ledger_hash = models.CharField("存证摘要", max_length=64)

    class Meta:
        verbose_name = "办理过程"
        verbose_name_plural = verbose_name
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="act_seq_once_per_case"),
            models.UniqueConstraint(fields=["key", "case"], name="act_key_once_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.at:%Y-%m-%d %H:%M}"


class ClockEvent(models.Model):
    """An event of the legal clock, as contracts.md section 1 names them."""

    class Type(models.TextChoices):
        RECEIVED = "received", "收到"
        CORRECTION_ASKED = "correction_asked", "告知补正"
        CORRECTED = "corrected", "补正"
        ACCEPTED = "accepted", "受理"
        REJECTED = "rejected", "不受理、不予受理"
        PAUSED = "paused", "暂停"
        RESUMED = "resumed", "恢复"
        EXTENDED = "extended", "延期"
        DECIDED = "decided", "决定"
        DELIVERED = "delivered", "送达"
        WITHDRAWN = "withdrawn", "撤回"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="clock_events", verbose_name="办件")
    act = models.ForeignKey(Act, models.CASCADE, related_name="clock_events", verbose_name="动作")
    seq = models.PositiveIntegerField("次序")
    type = models.CharField("类型", max_length=16, choices=Type)
    at = models.DateTimeField("时间")
    procedure = models.CharField("特别程序", max_length=20, blank=True)
    until = models.DateField("预计结束", null=True, blank=True)
    n = models.PositiveSmallIntegerField("延期天数", null=True, blank=True)

    class Meta:
        verbose_name = "时限事件"
        verbose_name_plural = verbose_name
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="clock_event_seq_once"),
            models.CheckConstraint(
                condition=~Q(type="paused") | (~Q(procedure="") & Q(until__isnull=False)),
                name="pause_has_procedure_and_end",
            ),
            models.CheckConstraint(condition=~Q(type="extended") | Q(n__gte=1), name="extension_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.at:%Y-%m-%d}"


class CaseNumberCounter(models.Model):
    """The last number given for a department and a day in Shanghai; allocated under its row lock, without gaps."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="部门")
    day = models.DateField("日期")
    last = models.PositiveIntegerField("最后序号", default=0)

    class Meta:
        verbose_name = "办件编号计数"
        verbose_name_plural = verbose_name
        constraints = [models.UniqueConstraint(fields=["department", "day"], name="case_counter_once_per_day")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.day} {self.last}"
