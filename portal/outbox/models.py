"""A job is a row that was written with the act it follows; so it exists exactly when the act was committed."""

from django.db import models
from django.db.models import Q

from portal.web.keys import uuid7


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> "JobQuerySet":
        """Neither done nor dead."""
        return self.filter(done_at__isnull=True, dead_at__isnull=True)

    def dead(self) -> "JobQuerySet":
        """Without an attempt left; an operator looks at them."""
        return self.filter(dead_at__isnull=False, given_up_at__isnull=True)

    def given_up(self) -> "JobQuerySet":
        """Dead, and an operator has said why it stays so."""
        return self.filter(given_up_at__isnull=False)


class Job(models.Model):
    """Work that follows a commit: claimed with a lease, tried up to five times, then dead."""

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("类型", max_length=64)
    key = models.CharField("幂等键", max_length=200, help_text="同一类型内唯一，同一键只执行一次")
    payload = models.JSONField("内容", default=dict)
    created_at = models.DateTimeField("登记时间")
    due_at = models.DateTimeField("到期时间")
    attempts = models.PositiveSmallIntegerField("已尝试次数", default=0)
    token = models.UUIDField("领取凭据", null=True, blank=True, editable=False)
    lease_until = models.DateTimeField("领取到期", null=True, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    dead_at = models.DateTimeField("放弃时间", null=True, blank=True)
    given_up_at = models.DateTimeField("不再重试的时间", null=True, blank=True)
    given_up_reason = models.CharField("不再重试的理由", max_length=200, blank=True, default="", db_default="")
    last_error = models.TextField("最近一次错误", blank=True, default="")

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "提交后任务"
        verbose_name_plural = "提交后任务"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_one_job_per_kind_and_key"),
            models.CheckConstraint(
                name="outbox_not_both_done_and_dead", condition=Q(done_at__isnull=True) | Q(dead_at__isnull=True)
            ),
            models.CheckConstraint(
                name="outbox_given_up_is_dead_and_has_a_reason",
                condition=Q(given_up_at__isnull=True, given_up_reason="")
                | (Q(given_up_at__isnull=False, dead_at__isnull=False) & ~Q(given_up_reason="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="outbox_open_by_due", condition=Q(done_at__isnull=True, dead_at__isnull=True)
            ),
            models.Index(fields=["dead_at"], name="outbox_dead", condition=Q(dead_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
