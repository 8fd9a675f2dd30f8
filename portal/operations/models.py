"""The one table of operations: what the operators have been told."""

from django.db import models


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
