"""Signals of e-supervision (预警、黄牌、红牌)."""

from __future__ import annotations

from django.db import models

from applications.models import Case
from applications.states import ClockLevel
from portal.organizations.models import Department
from portal.web.keys import uuid7


class Signal(models.Model):
    """A level that a case's clock reached; unique by (rule, case, link, due date), never deleted (domain 6.2)."""

    class Rule(models.TextChoices):
        T1 = "T1", "承诺时限将到"
        T2 = "T2", "超过承诺时限"
        T3 = "T3", "超过法定时限或严重超期"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.CharField("规则", max_length=4, choices=Rule)
    level = models.CharField("级别", max_length=8, choices=ClockLevel)
    case = models.ForeignKey(Case, models.PROTECT, related_name="signals", verbose_name="办件")
    link = models.CharField("环节", max_length=10, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="signals", verbose_name="部门")
    due_on = models.DateField("到期日期")
    on = models.DateField("发生日期", help_text="达到这一级的日期，不是发现的日期")
    created_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = "监察信号"
        verbose_name_plural = verbose_name
        ordering = ["-on", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "case", "link", "due_on"], name="signal_once"),
        ]
        indexes = [models.Index(fields=["department", "-on"], name="signal_by_department")]

    def __str__(self) -> str:
        return f"{self.rule} {self.case_id}"
