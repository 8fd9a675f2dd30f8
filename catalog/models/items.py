"""Power items (权力事项库): an item and its immutable editions with everything the law wants published."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from catalog.enumerations import (
    BasisRank,
    CasePublicity,
    Exercise,
    FlowLinkCode,
    Handling,
    ItemType,
    Level,
    LimitUnit,
    MaterialForm,
    MaterialSource,
    Necessity,
    OnlineDepth,
    PlanKind,
    ResultType,
    ServiceObject,
)
from portal.organizations.models import Department
from portal.web.keys import uuid7


class ServiceItem(models.Model):
    """A power item (事项). What it says stands in its editions; a case binds to one of them for life."""

    class Status(models.TextChoices):
        IN_FORCE = "in_force", "在用"
        SUSPENDED = "suspended", "暂停"
        ABOLISHED = "abolished", "取消"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveSmallIntegerField("清单序号", null=True, blank=True, unique=True)
    basic_code = models.CharField("基本编码", max_length=12, unique=True)
    implementation_code = models.CharField("实施编码", max_length=31, unique=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="items", verbose_name="实施部门")
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.IN_FORCE)
    created_at = models.DateTimeField("建立时间")
    history = HistoricalRecords()

    class Meta:
        verbose_name = "事项"
        verbose_name_plural = verbose_name
        ordering = ["number", "basic_code"]

    def __str__(self) -> str:
        return self.basic_code


class EditionQuerySet(models.QuerySet["ItemEdition"]):
    def in_force(self, on: dt.date) -> EditionQuerySet:
        return self.filter(effective_from__lte=on).filter(Q(effective_until__isnull=True) | Q(effective_until__gt=on))


class ItemEdition(models.Model):
    """One edition of an item's list (实施清单). Never edited once published: a change is a new edition."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="editions", verbose_name="事项")
    version = models.PositiveSmallIntegerField("版次")
    effective_from = models.DateField("生效日期")
    effective_until = models.DateField("失效日期", null=True, blank=True)
    published_at = models.DateTimeField("公布时间")
    digest = models.CharField("内容摘要", max_length=64, help_text="清单数据的 SHA-256，用来判断内容是否变化")

    name = models.CharField("项目名称", max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, related_name="editions", verbose_name="实施部门")
    co_departments = models.ManyToManyField(Department, blank=True, related_name="+", verbose_name="共同实施部门")
    kind = models.CharField("类别", max_length=12, choices=PlanKind)
    type = models.CharField("事项类型", max_length=2, choices=ItemType)
    level = models.CharField("行使层级", max_length=1, choices=Level)
    exercise = models.CharField("行使方式", max_length=12, choices=Exercise, default=Exercise.APPLICATION)
    power_source = models.CharField("权力来源", max_length=30)
    authority = models.TextField("权限划分", blank=True)
    service_objects = ArrayField(models.CharField(max_length=1), verbose_name="服务对象")
    themes_person = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name="个人主题",
    )
    themes_firm = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name="法人主题",
    )
    handling = models.CharField("办件类型", max_length=10, choices=Handling)
    conditions = models.JSONField("申报资格", default=list)
    exclusions = models.JSONField("不需要办理的情形", default=list, blank=True)
    quantity_limit = models.CharField("数量限制", max_length=200)

    promised_n = models.PositiveSmallIntegerField("承诺时限", null=True, blank=True)
    statutory_n = models.PositiveSmallIntegerField("法定时限", null=True, blank=True)
    limit_unit = models.CharField("时限单位", max_length=12, choices=LimitUnit, default=LimitUnit.WORKDAY)
    limit_by_practice = models.BooleanField("法条为日、按工作日执行", default=False)
    statutory_reason = models.CharField("没有法定时限的原因", max_length=200, blank=True)
    limit_note = models.CharField("时限说明", max_length=500, blank=True)
    extension_allowed = models.BooleanField("可以延期", default=False)
    extension_max = models.PositiveSmallIntegerField("延期最长", default=0, help_text="工作日；行政许可法第四十二条")
    correction_days = models.PositiveSmallIntegerField("补正期限", default=15, help_text="自然日；逾期按补正不来办结")
    special_procedures = models.JSONField("可能的特别程序", default=list, blank=True)
    extra_procedures = models.JSONField("另有依据的特别程序", default=list, blank=True)

    fee_charged = models.BooleanField("收费", default=False)
    fee_name = models.CharField("收费项目", max_length=100, blank=True)
    fee_standard = models.CharField("收费标准", max_length=500, blank=True)
    fee_basis = models.CharField("收费依据", max_length=500, blank=True)
    fee_basis_rank = models.CharField("收费依据层级", max_length=12, choices=BasisRank, blank=True)
    online_payment = models.BooleanField("网上支付", default=False)

    result_name = models.CharField("结果名称", max_length=100, blank=True)
    result_type = models.CharField("结果类型", max_length=10, choices=ResultType, blank=True)
    result_validity = models.CharField("有效期", max_length=100, blank=True)
    result_sample = models.TextField("结果样本", blank=True)
    visits = models.PositiveSmallIntegerField("到现场次数", default=0)
    visits_reason = models.CharField("到现场原因", max_length=200, blank=True)
    channels = ArrayField(models.CharField(max_length=1), default=list, verbose_name="办理形式")
    online_depth = models.CharField("网上办理深度", max_length=1, choices=OnlineDepth)
    in_person_required = models.BooleanField("须本人到场", default=False)
    place = models.CharField("办理地点", max_length=200)
    hours = models.CharField("办理时间", max_length=200)
    consultation_phone = models.CharField("咨询电话", max_length=30)
    supervision_phone = models.CharField("监督电话", max_length=30)
    complaint_note = models.CharField("监督电话说明", max_length=100, blank=True)
    form_fields = models.JSONField("申请表字段", default=list, blank=True)
    application_subject = models.CharField("事由字段", max_length=50, blank=True)
    faq = models.JSONField("常见问题", default=list, blank=True)
    sample = models.TextField("示范文本", blank=True)
    keywords = models.JSONField("检索词", default=list, blank=True)
    renewal_note = models.CharField("延续说明", max_length=300, blank=True)
    publicity = models.CharField("办件公开", max_length=8, choices=CasePublicity, default=CasePublicity.FULL)
    demo_fields = models.JSONField("演示数据字段", default=list, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "实施清单版本"
        verbose_name_plural = verbose_name
        ordering = ["item__number", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="edition_version_once"),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(effective_until__isnull=True),
                name="one_open_edition_per_item",
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gte=F("effective_from")),
                name="edition_period_is_forward",
            ),
            models.CheckConstraint(
                condition=Q(promised_n__isnull=True)
                | Q(statutory_n__isnull=True)
                | Q(promised_n__lte=F("statutory_n")),
                name="promise_is_not_longer_than_the_law",
            ),
            models.CheckConstraint(
                condition=Q(exercise="ex_officio")
                | (Q(handling="immediate") & Q(promised_n__isnull=True))
                | (Q(handling="promised") & Q(promised_n__isnull=False)),
                name="promised_limit_exactly_when_promised",
            ),
            models.CheckConstraint(
                condition=~Q(consultation_phone=F("supervision_phone")),
                name="consultation_and_supervision_phone_differ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第 {self.version} 版）"

    @property
    def by_application(self) -> bool:
        return self.exercise == Exercise.APPLICATION

    @property
    def serves_persons(self) -> bool:
        return "1" in self.service_objects

    @property
    def serves_firms(self) -> bool:
        return any(code != "1" for code in self.service_objects)

    @property
    def serves_individual_businesses(self) -> bool:
        """个体工商户 are neither natural nor legal persons: the standard counts them among 其他组织."""
        return ServiceObject.OTHER in self.service_objects

    @property
    def is_license(self) -> bool:
        return self.type == ItemType.LICENSE

    @property
    def full_online(self) -> bool:
        return self.online_depth == OnlineDepth.FULL


class Situation(models.Model):
    """情形: where the law gives two limits, each case chooses one; exists in the edition from the start."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.ForeignKey(ItemEdition, models.CASCADE, related_name="situations", verbose_name="版本")
    code = models.CharField("代码", max_length=4)
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("名称", max_length=100)
    promised_n = models.PositiveSmallIntegerField("承诺时限", null=True, blank=True)
    statutory_n = models.PositiveSmallIntegerField("法定时限", null=True, blank=True)
    limit_unit = models.CharField("时限单位", max_length=12, choices=LimitUnit, default=LimitUnit.WORKDAY)

    class Meta:
        verbose_name = "情形"
        verbose_name_plural = verbose_name
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="situation_code_once"),
            models.CheckConstraint(
                condition=Q(promised_n__isnull=True)
                | Q(statutory_n__isnull=True)
                | Q(promised_n__lte=F("statutory_n")),
                name="situation_promise_is_not_longer_than_the_law",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LegalBasis(models.Model):
    """设定依据: law and article."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.ForeignKey(ItemEdition, models.CASCADE, related_name="bases", verbose_name="版本")
    position = models.PositiveSmallIntegerField("次序")
    law = models.CharField("名称", max_length=100)
    article = models.CharField("条款", max_length=100)
    rank = models.CharField("层级", max_length=12, choices=BasisRank)
    text = models.TextField("要点", blank=True)

    class Meta:
        verbose_name = "设定依据"
        verbose_name_plural = verbose_name
        ordering = ["position"]

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}"


class MaterialRequirement(models.Model):
    """申请材料: no material outside this list can be demanded (行政许可法 31)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.ForeignKey(ItemEdition, models.CASCADE, related_name="materials", verbose_name="版本")
    position = models.PositiveSmallIntegerField("次序")
    code = models.CharField("代码", max_length=8)
    name = models.CharField("材料名称", max_length=200)
    source = models.CharField("来源", max_length=14, choices=MaterialSource)
    issuer = models.CharField("出具机构", max_length=100)
    necessity = models.CharField("必要性", max_length=12, choices=Necessity)
    condition = models.CharField("何时需要", max_length=200, blank=True)
    form = models.CharField("形式", max_length=10, choices=MaterialForm)
    originals = models.PositiveSmallIntegerField("原件份数", default=0)
    copies = models.PositiveSmallIntegerField("复印件份数", default=0)
    note = models.TextField("填报须知", blank=True)
    acceptance_standard = models.TextField("受理标准", blank=True)
    basis = models.CharField("要求提供的依据", max_length=300, blank=True)
    blank_form = models.BooleanField("有空白表格", default=False)

    class Meta:
        verbose_name = "申请材料"
        verbose_name_plural = verbose_name
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="material_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_required(self) -> bool:
        return self.necessity == Necessity.REQUIRED


class FlowLink(models.Model):
    """办理环节: 受理、审核、审批、办结, each with its role and limit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.ForeignKey(ItemEdition, models.CASCADE, related_name="links", verbose_name="版本")
    position = models.PositiveSmallIntegerField("次序")
    link = models.CharField("环节", max_length=10, choices=FlowLinkCode)
    name = models.CharField("环节名称", max_length=50)
    role = models.CharField("岗位", max_length=50)
    office = models.CharField("办理处室", max_length=100)
    limit_n = models.PositiveSmallIntegerField("时限", null=True, blank=True)
    limit_unit = models.CharField("单位", max_length=12, choices=LimitUnit, default=LimitUnit.WORKDAY)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "办理环节"
        verbose_name_plural = verbose_name
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "link"], name="link_once_per_edition")]

    def __str__(self) -> str:
        return self.name


class ItemSearch(models.Model):
    """The findable text of the edition in force: words, parts of words and pinyin."""

    item = models.OneToOneField(ServiceItem, models.CASCADE, primary_key=True, related_name="search")
    synonyms = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name="群众的说法",
        help_text="catalog/data/synonyms.yaml；和关键词一样检索，不属于事项版本",
    )  # fmt: skip
    name_vector = SearchVectorField("名称词")
    vector = SearchVectorField("全文词")
    bigrams = ArrayField(models.CharField(max_length=4), default=list, verbose_name="二元组")
    pinyin = models.CharField("全拼", max_length=400, blank=True)
    initials = models.CharField("首字母", max_length=100, blank=True)

    class Meta:
        verbose_name = "事项检索"
        verbose_name_plural = verbose_name
        indexes = [
            GinIndex(fields=["name_vector"], name="item_search_name"),
            GinIndex(fields=["vector"], name="item_search_vector"),
            GinIndex(fields=["bigrams"], name="item_search_bigrams"),
        ]

    def __str__(self) -> str:
        return str(self.item_id)
