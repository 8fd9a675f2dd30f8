"""Identity library (身份认证库): who signs in, who is a person before the law, who works for the city.

User (sign-in) is not Person (identity) is not LegalPerson (design.md section 6).
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from portal.accounts.security_models import FactorReset, Handover, PasswordRecord, SignIn, StaffEnding
from portal.organizations.models import Department, Window
from portal.privacy.fields import BlindIndexField, EncryptedTextField
from portal.privacy.models import PersonKey
from portal.web.keys import uuid7

__all__ = [
    "ApprovalOffice",
    "FactorReset",
    "Handover",
    "LegalPerson",
    "Mandate",
    "OneTimeCode",
    "PasswordRecord",
    "Person",
    "Posting",
    "RoleAssignment",
    "SignIn",
    "Staff",
    "StaffEnding",
    "User",
]


class Person(models.Model):
    """A natural person (自然人). Numbers are unique among the verified; an online registration is unverified."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT: the key is destroyed (erased), its row never.
    key = models.OneToOneField(PersonKey, models.PROTECT, related_name="+", verbose_name="密钥", editable=False)
    name = models.CharField("姓名", max_length=50)
    identity_number = EncryptedTextField("公民身份号码", person_key="key")
    identity_index = BlindIndexField("身份号码索引", source="identity_number", purpose="identity")
    phone = EncryptedTextField("手机号码", person_key="key", blank=True, default="")
    phone_index = BlindIndexField("手机号码索引", source="phone", purpose="phone", blank=True)
    # While a change is young, a sign-in is linked by the phone before it (services/persons.py).
    previous_phone = EncryptedTextField("原手机号码", person_key="key", blank=True, default="")
    phone_changed_at = models.DateTimeField("手机号码变更时间", null=True, blank=True)
    address = EncryptedTextField("住址", person_key="key", blank=True, default="")
    verified_at = models.DateTimeField("核验时间", null=True, blank=True, help_text="窗口或省平台核验身份的时间")
    # PROTECT: cases that stand on the online registration ask here whether it was confirmed.
    confirmed_as = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核验为",
        help_text="网上登记核验以后，大厅早已登记的同一人",
    )
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "自然人"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                fields=["identity_index"], condition=Q(verified_at__isnull=False), name="identity_once_among_verified"
            ),
        ]
        indexes = [
            models.Index(fields=["identity_index"], name="person_identity"),
            models.Index(fields=["phone_index"], name="person_phone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def is_confirmed(self) -> bool:
        """Verified, or an online registration that was found to be a verified person."""
        return self.is_verified or self.confirmed_as_id is not None


class LegalPerson(models.Model):
    """A legal person or other organisation (法人和其他组织) with its unified credit code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    representative = models.ForeignKey(Person, models.PROTECT, related_name="represented", verbose_name="法定代表人")
    address = models.CharField("住所", max_length=200, blank=True)
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    # PROTECT: as with persons.
    confirmed_as = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核验为",
        help_text="网上添加的单位核验以后，大厅早已登记的同一单位",
    )
    created_at = models.DateTimeField("登记时间")
    history = HistoricalRecords()

    class Meta:
        verbose_name = "法人"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"], condition=Q(verified_at__isnull=False), name="uscc_once_among_verified"
            ),
        ]
        indexes = [models.Index(fields=["uscc"], name="legal_person_uscc")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def is_confirmed(self) -> bool:
        """Verified, or declared online and found to be a verified legal person."""
        return self.is_verified or self.confirmed_as_id is not None

    @property
    def is_individual_business(self) -> bool:
        """个体工商户 (GB 32100: codes that begin with 92): applies under its 字号, acts by its 经营者."""
        return self.uscc.startswith("92")

    @property
    def representative_word(self) -> str:
        """What the person who acts for it is called."""
        return "经营者" if self.is_individual_business else "法定代表人"


class User(AbstractUser):
    """A sign-in. The username is the staff number, or generated; citizens sign in by phone or username."""

    # The documented way to drop a field of the abstract model; the stubs do not know it.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # SET_NULL is not offered: a person with a sign-in stays; erasing is destroying the key.
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="user", verbose_name="自然人"
    )
    phone = EncryptedTextField("登录手机号", blank=True, default="")
    phone_index = BlindIndexField("登录手机号索引", source="phone", purpose="phone", blank=True)
    phone_verified = models.BooleanField("手机号已验证", default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], condition=Q(phone_verified=True), name="phone_once_among_verified"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        staff = getattr(self, "staff", None)
        if staff is not None:
            return staff.name
        return self.person.name if self.person_id and self.person is not None else self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class Mandate(models.Model):
    """A person may act for a legal person (代理授权): as its legal representative or as an agent, in a period."""

    class Kind(models.TextChoices):
        REPRESENTATIVE = "representative", "法定代表人"
        AGENT = "agent", "代理人"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates", verbose_name="自然人")
    legal_person = models.ForeignKey(LegalPerson, models.PROTECT, related_name="mandates", verbose_name="法人")
    kind = models.CharField("身份", max_length=16, choices=Kind)
    scope = models.CharField("授权范围", max_length=200, default="全部事项")
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "授权"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                fields=["person", "legal_person", "kind"],
                condition=Q(valid_until__isnull=True),
                name="one_open_mandate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} — {self.legal_person}"

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class Staff(models.Model):
    """A person who works for the city; the staff number is the username."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, models.PROTECT, related_name="staff", verbose_name="用户")
    number = models.CharField("工号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=50)
    department = models.ForeignKey(Department, models.PROTECT, related_name="staff", verbose_name="部门")
    title = models.CharField("职务", max_length=50, blank=True)
    phone = models.CharField("办公电话", max_length=30, blank=True)
    joined_on = models.DateField("到岗日期")
    left_on = models.DateField("离岗日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "工作人员"
        verbose_name_plural = verbose_name
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")), name="staff_period_is_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """A role that a staff member holds for one department, or for all (null), in a period."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="roles", verbose_name="工作人员")
    role = models.CharField("角色", max_length=32, help_text="portal.accounts.roles.Role")
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="部门",
        help_text="空为全部部门",
    )
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "角色"
        verbose_name_plural = verbose_name
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "role", "department"],
                condition=Q(valid_until__isnull=True),
                nulls_distinct=False,
                name="one_open_role_per_department",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="role_period_is_forward",
            ),
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(valid_until__isnull=True, role__in=["system_admin", "security_admin", "audit_admin"]),
                name="three_administrators_are_three_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.role}"


class ApprovalOffice(models.Model):
    """行政审批服务办公室 of an approving department, headed by a section chief (plan 三(一)2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    department = models.OneToOneField(Department, models.PROTECT, related_name="approval_office", verbose_name="部门")
    name = models.CharField("名称", max_length=50, default="行政审批服务办公室")
    head = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="heads", verbose_name="主任")
    established_on = models.DateField("设立日期")
    history = HistoricalRecords()

    class Meta:
        verbose_name = "行政审批服务机构"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.department}{self.name}"


class Posting(models.Model):
    """派驻: a staff member stands at a window for the department, in a period and with a post."""

    class Post(models.TextChoices):
        CHIEF = "chief", "首席代表"
        CLERK = "clerk", "窗口受理"
        BACKUP = "backup", "AB 岗"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="postings", verbose_name="工作人员")
    department = models.ForeignKey(Department, models.PROTECT, related_name="postings", verbose_name="派出部门")
    window = models.ForeignKey(Window, models.PROTECT, related_name="postings", verbose_name="窗口")
    post = models.CharField("岗位", max_length=8, choices=Post)
    stands_in_for = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="A 岗", help_text="AB 岗时填写"
    )
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "派驻"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="posting_period_is_forward",
            ),
            models.UniqueConstraint(
                fields=["staff", "window", "post"], condition=Q(valid_until__isnull=True), name="one_open_posting"
            ),
            models.CheckConstraint(
                condition=~Q(post="backup") | Q(stands_in_for__isnull=False), name="backup_names_whom_it_stands_in_for"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.window} {self.get_post_display()}"


class OneTimeCode(models.Model):
    """A code that proves a phone or a mail address (验证码), of which only the keyed hash is kept.

    Used once, for ten minutes, five attempts.
    """

    class Purpose(models.TextChoices):
        REGISTER = "register", "注册"
        RESET = "reset", "重设密码"
        CHANGE_PHONE = "change_phone", "更换手机"
        CHANGE_EMAIL = "change_email", "更改电子邮箱"
        LINK = "link", "关联大厅登记"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField("用途", max_length=16, choices=Purpose)
    # CASCADE: a code is nothing without its sign-in.
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="用户")
    phone = EncryptedTextField("手机号码", blank=True, default="")
    content = EncryptedTextField("待办内容", blank=True, default="")
    code_hash = models.CharField("验证码摘要", max_length=64)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    created_at = models.DateTimeField("发出时间")
    expires_at = models.DateTimeField("失效时间", db_index=True)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "验证码"
        verbose_name_plural = verbose_name

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"
