"""Regions, departments, halls and windows: the organisation of the city, each part with its period."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from portal.web.keys import uuid7


class PeriodQuerySet(models.QuerySet):
    """Rows that hold in a period [valid_from, valid_until); an open end is null."""

    def in_force(self, on: dt.date) -> PeriodQuerySet:
        return self.filter(valid_from__lte=on).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))


class Region(models.Model):
    """An administrative division by GB/T 2260 code; a code holds in a period (140624 until 2018, 140681 after)."""

    class Kind(models.TextChoices):
        CITY = "city", "地级市"
        DISTRICT = "district", "市辖区"
        COUNTY = "county", "县"
        COUNTY_CITY = "county_city", "县级市"
        ZONE = "zone", "开发区"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("区划代码", max_length=6)
    name = models.CharField("名称", max_length=50)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    # PROTECT: a region that others stand under is never removed, only ended.
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="上级", related_name="children"
    )
    valid_from = models.DateField("启用日期")
    valid_until = models.DateField("停用日期", null=True, blank=True, help_text="当天起不再使用")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        verbose_name_plural = verbose_name
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="region_code_once_per_start"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="region_period_is_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """An organ of the city that holds power items or steers the platform; a name lives in a period."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "市直部门"
        ESTABLISHMENT = "establishment", "机构编制部门"
        REFORM = "reform", "审改办"
        SUPERVISION = "supervision", "监察机关"
        CENTRE = "centre", "政务服务中心"
        GOVERNMENT = "government", "市政府办公厅"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("编号", max_length=3, unique=True, help_text="办件编号中的三位部门代码")
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=20, help_text="文书字号中使用")
    kind = models.CharField("类别", max_length=16, choices=Kind, default=Kind.DEPARTMENT)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    approving = models.BooleanField("具有行政审批职能", default=False)
    phone = models.CharField("电话", max_length=30, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="departments")
    valid_from = models.DateField("启用日期")
    valid_until = models.DateField("停用日期", null=True, blank=True)
    one_person_may_review_and_receive = models.BooleanField(
        "同一人可以收件并审核", default=True, help_text="批准人永远不能是收件人或审核人"
    )
    pinyin = models.CharField("排序用拼音", max_length=200, blank=True, editable=False)

    objects = PeriodQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "部门"
        verbose_name_plural = verbose_name
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="department_period_is_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """What a department of 2015 became, and when; documents issued before keep the old name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    predecessor = models.ForeignKey(Department, models.PROTECT, related_name="successions", verbose_name="原部门")
    successor_name = models.CharField("承接部门", max_length=100)
    effective_on = models.DateField("日期")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "机构沿革"
        verbose_name_plural = verbose_name
        ordering = ["effective_on", "predecessor__number"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor_name"], name="succession_once"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor_name}"


class Hall(models.Model):
    """A service hall (政务大厅) with its opening hours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField("代码", unique=True)
    name = models.CharField("名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="halls")
    address = models.CharField("地址", max_length=200)
    phone = models.CharField("总服务台电话", max_length=30)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "大厅"
        verbose_name_plural = verbose_name
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """A span in which the hall is open on working days; make-up working days included."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hall = models.ForeignKey(Hall, models.CASCADE, related_name="opening_hours", verbose_name="大厅")
    opens = models.TimeField("开门")
    closes = models.TimeField("关门")

    class Meta:
        verbose_name = "开放时间"
        verbose_name_plural = verbose_name
        ordering = ["opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_hours_are_forward"),
            models.UniqueConstraint(fields=["hall", "opens"], name="opening_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


class Window(models.Model):
    """A window (窗口) of the hall; a window without department is a general intake window (综合受理)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="windows", verbose_name="大厅")
    code = models.CharField("窗口号", max_length=10)
    name = models.CharField("名称", max_length=50)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="windows", verbose_name="部门"
    )
    floor = models.PositiveSmallIntegerField("楼层", default=1)
    valid_from = models.DateField("启用日期")
    valid_until = models.DateField("停用日期", null=True, blank=True)

    objects = PeriodQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "窗口"
        verbose_name_plural = verbose_name
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "code"], name="window_code_once_per_hall"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
