"""What keeps a sign-in safe: passwords that were used, sessions that stand open, lost second factors.

A part of portal.accounts.models, which imports it.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q

from portal.web.keys import uuid7


class PasswordRecord(models.Model):
    """A password that a member of staff had: its hash (not to be used again), its age, who chose it."""

    class Level(models.TextChoices):
        STAFF = "staff", "工作人员"
        ADMINISTRATOR = "administrator", "管理员"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # CASCADE: nothing without its sign-in.
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="password_records", verbose_name="用户")
    password = models.CharField("密码摘要", max_length=128)
    set_at = models.DateTimeField("设置时间")
    initial = models.BooleanField("由他人设置", default=False, help_text="第一次登录要改")
    level = models.CharField("按谁的规则", max_length=16, choices=Level)

    class Meta:
        verbose_name = "用过的密码"
        verbose_name_plural = verbose_name
        indexes = [models.Index(fields=["user", "-set_at"], name="password_record_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class Handover(models.Model):
    """A password that somebody else set and whose owner has not yet shown by a second factor who they are (当面交接).

    While it stands, setting the factor up wants the code that a second administrator hands over; only its keyed hash
    is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # CASCADE: nothing without its sign-in.
    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="handover", verbose_name="用户")
    # Null: the system (manage.py appoint).
    set_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="设密码的人"
    )
    set_at = models.DateTimeField("设密码的时间")
    code_hash = models.CharField("启用码摘要", max_length=64, blank=True, default="")
    code_expires_at = models.DateTimeField("启用码失效时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)

    class Meta:
        verbose_name = "当面交接的密码"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(
                condition=Q(code_hash="", code_expires_at__isnull=True)
                | ~Q(code_hash="") & Q(code_expires_at__isnull=False),
                name="enrolment_code_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class SignIn(models.Model):
    """A session that somebody opened by signing in (登录), until it ended for a reason."""

    class Ending(models.TextChoices):
        SIGNED_OUT = "signed_out", "本人退出"
        ELSEWHERE = "elsewhere", "本人在另一处结束"
        REPLACED = "replaced", "在另一处登录"
        IDLE = "idle", "长时间没有操作"
        EXPIRED = "expired", "登录时间已满"
        PASSWORD = "password", "密码已改"
        ROLES = "roles", "角色有变化"
        FACTOR = "factor", "动态验证码已重设"
        CLOSED = "closed", "账号已停用"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # CASCADE: nothing without its sign-in.
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="sign_ins", verbose_name="用户")
    session_key = models.CharField("会话", max_length=40, unique=True)
    device = models.CharField("设备", max_length=60)
    address = models.CharField("网络地址", max_length=64)
    began_at = models.DateTimeField("登录时间", db_index=True)
    seen_at = models.DateTimeField("最近使用")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ending = models.CharField("结束原因", max_length=16, choices=Ending, blank=True, default="")

    class Meta:
        verbose_name = "登录"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
                name="sign_in_ends_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="sign_in_open")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.began_at:%Y-%m-%d %H:%M}"


class TwoPeople(models.Model):
    """What one administrator asks for and another decides (两人办理)."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "已重设"
        REFUSED = "refused", "未同意"
        EXPIRED = "expired", "过期未办"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=16, choices=Outcome, blank=True, default="")

    class Meta:
        abstract = True


_DECIDED: Final = Q(outcome="", decided_at__isnull=True) | ~Q(outcome="") & Q(decided_at__isnull=False)
_BY_ANOTHER: Final = ~Q(outcome="confirmed") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by")))


class FactorReset(TwoPeople):
    """A lost second factor."""

    staff = models.ForeignKey("accounts.Staff", models.PROTECT, related_name="factor_resets", verbose_name="工作人员")
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = "动态验证码重设"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=Q(outcome=""), name="one_open_factor_reset"),
            models.CheckConstraint(condition=_DECIDED, name="factor_reset_decided_with_outcome"),
            models.CheckConstraint(condition=_BY_ANOTHER, name="factor_reset_takes_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.get_outcome_display() or '待办'}"


class StaffEnding(TwoPeople):
    """The end of an administrator's work."""

    staff = models.ForeignKey("accounts.Staff", models.PROTECT, related_name="endings", verbose_name="工作人员")
    left_on = models.DateField("离岗日期")

    class Meta:
        verbose_name = "管理员离岗"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=Q(outcome=""), name="one_open_staff_ending"),
            models.CheckConstraint(condition=_DECIDED, name="staff_ending_decided_with_outcome"),
            models.CheckConstraint(condition=_BY_ANOTHER, name="staff_ending_takes_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.left_on}"
