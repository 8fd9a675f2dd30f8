"""The calendar as a table: the State Council's notices, one year a row, and the days that they move."""

from django.db import models
from django.db.models import Q

from portal.web.keys import uuid7
from portal.workdays.notices import NOTICE_KINDS, DayKind


class CalendarYear(models.Model):
    """A year for which there is, or was, a notice. A year without a row is provisional like a row that says so."""

    class Status(models.TextChoices):
        OFFICIAL = "official", "正式"
        PROVISIONAL = "provisional", "暂行"

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    status = models.CharField("状态", max_length=16, choices=Status.choices)
    notice = models.CharField("通知名称", max_length=200, blank=True)
    number = models.CharField("文号", max_length=100, blank=True, help_text="不知道时留空")
    revision = models.UUIDField("修订标识", default=uuid7, help_text="每次导入都会更换，各进程据此知道日历变了")

    class Meta:
        verbose_name = "日历年份"
        verbose_name_plural = "日历年份"
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                name="workdays_notice_exactly_when_official",
                condition=(Q(status="official") & ~Q(notice="")) | Q(status="provisional", notice="", number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年（{self.get_status_display()}）"


class CalendarDay(models.Model):
    """One day that a notice takes out of, or puts into, the working week; all other days follow the weekday."""

    class Kind(models.TextChoices):
        HOLIDAY = DayKind.HOLIDAY.value, NOTICE_KINDS[DayKind.HOLIDAY]
        REST = DayKind.REST.value, NOTICE_KINDS[DayKind.REST]
        MAKEUP = DayKind.MAKEUP.value, NOTICE_KINDS[DayKind.MAKEUP]

    date = models.DateField("日期", primary_key=True)
    # Days live and die with the notice that made them.
    year = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="days", verbose_name="通知的年份")
    is_workday = models.BooleanField("是工作日")
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    name = models.CharField("节日", max_length=50)

    class Meta:
        verbose_name = "日历日"
        verbose_name_plural = "日历日"
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                name="workdays_workday_exactly_when_makeup",
                condition=Q(is_workday=True, kind="makeup") | Q(is_workday=False, kind__in=["holiday", "rest"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class NoticeImport(models.Model):
    """Who brought which days into the calendar, and when; never changed afterwards."""

    id = models.UUIDField("标识", primary_key=True, default=uuid7, editable=False)
    year = models.PositiveSmallIntegerField("年份")
    notice = models.CharField("通知名称", max_length=200, blank=True, help_text="空表示撤回了通知")
    number = models.CharField("文号", max_length=100, blank=True)
    days = models.JSONField("日期", help_text="日期、类型、节日的列表")
    actor_id = models.UUIDField("导入人", null=True, help_text="系统导入时为空")
    actor_name = models.CharField("导入人姓名", max_length=100)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "通知导入记录"
        verbose_name_plural = "通知导入记录"
        ordering = ["-imported_at"]
        indexes = [models.Index(fields=["year", "-imported_at"], name="workdays_import_by_year")]

    def __str__(self) -> str:
        return f"{self.year}年，{self.actor_name}"
