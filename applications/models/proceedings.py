"""What happens between receipt and delivery: corrections, special procedures, extension, opinions, delivery, tasks."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from applications.models.acts import Act
from applications.models.case import Case
from applications.models.materials import CaseMaterial
from applications.states import Stage
from portal.accounts.models import User
from portal.clock import local_date
from portal.organizations.models import Department
from portal.web.keys import uuid7


class CorrectionNotice(models.Model):
    """补正告知: once per case, all of it at once (行政许可法 32(4), ACC-4)."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="correction", verbose_name="办件")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+", verbose_name="动作")
    asked_at = models.DateTimeField("告知时间")
    supply_until = models.DateField("补正期限", help_text="自然日（domain TIM-7）")
    supplied_at = models.DateTimeField("补齐时间", null=True, blank=True)

    class Meta:
        verbose_name = "补正告知"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return str(self.case_id)


class CorrectionLine(models.Model):
    """One thing to correct, tied to a published material (APP-6)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(CorrectionNotice, models.CASCADE, related_name="lines", verbose_name="告知")
    material = models.ForeignKey(CaseMaterial, models.PROTECT, related_name="correction_lines", verbose_name="材料")
    what = models.TextField("要补什么，怎么补")
    supplied_at = models.DateTimeField("补交时间", null=True, blank=True)

    class Meta:
        verbose_name = "补正内容"
        verbose_name_plural = verbose_name
        ordering = ["material__position"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "material"], name="correction_line_once_per_material"),
            models.CheckConstraint(condition=~Q(what=""), name="correction_line_says_what"),
        ]

    def __str__(self) -> str:
        return self.what[:30]


class SpecialProcedure(models.Model):
    """特别程序: time that does not count, by law only (行政许可法 45, TIM-4)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="special_procedures", verbose_name="办件")
    procedure = models.CharField("程序", max_length=20)
    name = models.CharField("名称", max_length=50)
    reason = models.TextField("原因")
    legal_basis = models.CharField("依据", max_length=200)
    started_at = models.DateTimeField("开始")
    until = models.DateField("预计结束")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    ended_by_law = models.BooleanField("到期自动恢复", default=False)

    class Meta:
        verbose_name = "特别程序"
        verbose_name_plural = verbose_name
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_on__isnull=True), name="one_open_pause_per_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Extension(models.Model):
    """延期: once, at most ten working days, by the organ's head, with the reason (行政许可法 42, TIM-1)."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="extension", verbose_name="办件")
    days = models.PositiveSmallIntegerField("延长", help_text="工作日")
    reason = models.TextField("理由")
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="批准人")
    extended_at = models.DateTimeField("时间")
    old_due_on = models.DateField("原承诺到期")
    new_due_on = models.DateField("新承诺到期")

    class Meta:
        verbose_name = "延期"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1) & Q(days__lte=15), name="extension_is_within_the_law"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"延长 {self.days} 个工作日"


class Opinion(models.Model):
    """审核意见 or 审批意见: explicit, signed by its author, timed (domain 3.1)."""

    class Recommendation(models.TextChoices):
        GRANT = "grant", "建议准予"
        REFUSE = "refuse", "建议不予"
        RETURN = "return", "退回"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="opinions", verbose_name="办件")
    stage = models.CharField("环节", max_length=10, choices=Stage)
    recommendation = models.CharField("意见", max_length=8, choices=Recommendation)
    text = models.TextField("内容")
    departure = models.TextField("与审核意见不一致的理由", blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="签署人")
    author_name = models.CharField("签署人姓名", max_length=50)
    given_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "意见"
        verbose_name_plural = verbose_name
        ordering = ["given_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="opinion_is_not_a_bare_signature")]

    def __str__(self) -> str:
        return f"{self.heading} {self.author_name}"

    @property
    def heading(self) -> str:
        """A reviewer recommends, an approver decides."""
        if self.stage == Stage.APPROVE:
            return {
                self.Recommendation.GRANT.value: "审批决定：准予",
                self.Recommendation.REFUSE.value: "审批决定：不予",
            }.get(self.recommendation, f"{self.get_stage_display()}：{self.get_recommendation_display()}")
        return f"{self.get_stage_display()}：{self.get_recommendation_display()}"


class Delivery(models.Model):
    """送达: within ten working days of the decision (行政许可法 44, TIM-3); a row within 办结."""

    class Method(models.TextChoices):
        DIRECT = "direct", "窗口领取"
        POST = "post", "邮寄"
        ELECTRONIC = "electronic", "电子送达"
        LEAVING = "leaving", "留置送达"
        ENTRUSTED = "entrusted", "委托送达"
        PUBLIC = "public", "公告送达"

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="delivery", verbose_name="办件")
    method = models.CharField("方式", max_length=12, choices=Method)
    recipient = models.CharField("签收人", max_length=50)
    recipient_relation = models.CharField("与受送达人关系", max_length=50, default="本人")
    tracking = models.CharField("邮件号", max_length=50, blank=True)
    delivered_at = models.DateTimeField("送达时间", help_text="登记以前送达的，为那天零点")
    deliverer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="送达人")
    remark = models.TextField("备注", blank=True)

    class Meta:
        verbose_name = "送达"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(condition=~Q(method="post") | ~Q(tracking=""), name="post_has_a_tracking_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.recipient}"

    @property
    def delivered_on(self) -> dt.date:
        """The legal day: what the limits and the service receipt count by."""
        return local_date(self.delivered_at)


class DeliveryAttempt(models.Model):
    """送达的一次尝试: posted, announced, or brought in vain; the case waits for delivery until one succeeds."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", "已送达"
        FAILED = "failed", "送达不成"
        REPLACED = "replaced", "改用别的方式送达"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="delivery_attempts", verbose_name="办件")
    method = models.CharField("方式", max_length=12, choices=Delivery.Method)
    begun_on = models.DateField("开始日期", help_text="交寄、公告的第一天")
    tracking = models.CharField("邮件号", max_length=50, blank=True)
    notice_place = models.CharField("公告地点", max_length=200, blank=True)
    notice_reason = models.TextField("公告的理由", blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True, help_text="空表示还在送达")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    failure = models.TextField("送达不成的原因", blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "送达尝试"
        verbose_name_plural = verbose_name
        ordering = ["begun_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(outcome=""), name="one_delivery_under_way"),
            models.CheckConstraint(
                condition=(Q(outcome="") & Q(ended_on__isnull=True)) | (~Q(outcome="") & Q(ended_on__isnull=False)),
                name="attempt_ended_exactly_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="failed") | ~Q(failure=""), name="failed_delivery_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(method="public") | (~Q(notice_place="") & ~Q(notice_reason="")),
                name="public_notice_has_place_and_reason",
            ),
            models.CheckConstraint(condition=~Q(method="post") | ~Q(tracking=""), name="posted_has_a_tracking_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.begun_on}"


class Task(models.Model):
    """Open work on a case: status is one, tasks may be several (design.md section 3)."""

    class Kind(models.TextChoices):
        INTAKE = "intake", "收件审查"
        SUPPLY = "supply", "补正"
        REVIEW = "review", "审核"
        APPROVE = "approve", "审批"
        CONCLUDE = "conclude", "办结"
        DELIVER = "deliver", "送达"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks", verbose_name="办件")
    kind = models.CharField("任务", max_length=10, choices=Kind)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="部门")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办")
    opened_at = models.DateTimeField("开始")
    done_at = models.DateTimeField("完成", null=True, blank=True)

    class Meta:
        verbose_name = "任务"
        verbose_name_plural = verbose_name
        ordering = ["opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(done_at__isnull=True), name="one_open_task_of_a_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "kind"], condition=Q(done_at__isnull=True), name="task_open"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
