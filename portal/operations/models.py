"""What operations itself remembers: what the operators have been told, and what the nightly check has found."""

from django.db import models

from portal.web.keys import uuid7


class Alarm(models.Model):
    """A reading that is bad, since when, and when a mail last said so; gone when the reading is good again."""

    name = models.CharField("指标", max_length=64, primary_key=True)
    label = models.CharField("名称", max_length=50)
    since = models.DateTimeField("开始")
    told_at = models.DateTimeField("最近一次通知")

    class Meta:
        verbose_name = "告警"
        verbose_name_plural = verbose_name
        ordering = ["since"]

    def __str__(self) -> str:
        return self.label


class VerificationRun(models.Model):
    """One run of `manage.py verify`, nightly or by hand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("结束时间")
    thorough = models.BooleanField("读了全部文件内容", default=True)
    checks = models.JSONField("做了哪些检查", default=list)
    finding_count = models.PositiveIntegerField("发现", default=0)
    findings = models.JSONField("发现的内容", default=list, help_text="检查、名称、一句话；最多保留二百条")

    class Meta:
        verbose_name = "数据核查"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["-finished_at"], name="verification_newest")]

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M} {self.finding_count}"

    @property
    def is_clean(self) -> bool:
        return self.finding_count == 0
