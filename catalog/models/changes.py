"""Changes of the catalogue (动态管理), each with draft, remarks and timeline, and the meetings that decide."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from catalog.models.items import ItemEdition, ServiceItem
from catalog.states import CLOSED, OF_AN_ITEM, TO_ANOTHER, ChangeKind, ChangeState, OpenCases
from portal.accounts.models import User
from portal.organizations.models import Department
from portal.web.keys import uuid7


class Meeting(models.Model):
    """A meeting of 市政府常务会议 with the batch of changes on its agenda, and its resolution."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField("会议", max_length=100, help_text="例如：市政府第 12 次常务会议")
    held_on = models.DateField("会议日期")
    resolution_number = models.CharField("纪要文号", max_length=50, blank=True)
    resolution = models.TextField("会议决定", blank=True)
    recorded_at = models.DateTimeField("记录时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="建立人")
    history = HistoricalRecords()

    class Meta:
        verbose_name = "会议"
        verbose_name_plural = verbose_name
        ordering = ["-held_on", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="meeting_name_once"),
            models.CheckConstraint(
                condition=Q(recorded_at__isnull=True) | (~Q(resolution_number="") & ~Q(resolution="")),
                name="recorded_meeting_has_a_resolution",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_recorded(self) -> bool:
        return self.recorded_at is not None


class ItemChange(models.Model):
    """One change of one item (a merger: of several into one), from the first proposal to the day it takes effect."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("变更类型", max_length=12, choices=ChangeKind)
    state = models.CharField("状态", max_length=12, choices=ChangeState, default=ChangeState.DRAFTING)
    item = models.ForeignKey(
        ServiceItem, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name="事项"
    )
    item_key = models.UUIDField("事项标识", help_text="存证链的主体；新增的事项公布后用它作标识")
    department = models.ForeignKey(Department, models.PROTECT, related_name="item_changes", verbose_name="申请部门")
    name = models.CharField("项目名称", max_length=200, blank=True)

    content = models.JSONField("清单草稿", null=True, blank=True)
    based_on = models.ForeignKey(
        ItemEdition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="起草时的版本"
    )
    edition = models.OneToOneField(
        ItemEdition, models.PROTECT, null=True, blank=True, related_name="change", verbose_name="公布的版本"
    )

    reason = models.TextField("变更理由", blank=True)
    basis = models.TextField("变更依据", blank=True, help_text="文件名称和文号，或者修改了的法律条文")
    occurred_on = models.DateField("变更情形发生日", null=True, blank=True, help_text="例如：文件印发的那天")
    effective_on = models.DateField("生效日期", null=True, blank=True)
    open_cases = models.CharField("在办件的处理", max_length=10, choices=OpenCases, default=OpenCases.CONTINUE)
    receiving_department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收部门"
    )
    people_note = models.TextField("人员调整内容", blank=True)

    reported_at = models.DateTimeField("报告时间", null=True, blank=True)
    reported_late = models.BooleanField("逾期报告", default=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name="会议"
    )
    agenda_position = models.PositiveSmallIntegerField("议程次序", null=True, blank=True)

    created_at = models.DateTimeField("起草时间")
    drafter = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    submitter = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提交的负责人"
    )
    edited_at = models.DateTimeField("最近修改")
    edited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="最近修改人")
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    published_at = models.DateTimeField("公告时间", null=True, blank=True)

    class Meta:
        verbose_name = "事项变更"
        verbose_name_plural = verbose_name
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "department"], name="change_state_department"),
            models.Index(fields=["-published_at"], condition=Q(published_at__isnull=False), name="change_published"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=~Q(state__in=sorted(state.value for state in CLOSED)),
                name="one_open_change_per_item",
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | ~Q(kind__in=sorted(kind.value for kind in OF_AN_ITEM)),
                name="change_of_an_item_names_it",
            ),
            models.CheckConstraint(
                condition=Q(receiving_department__isnull=True)
                | Q(kind__in=sorted(kind.value for kind in TO_ANOTHER | {ChangeKind.MERGER})),
                name="only_what_moves_has_a_receiver",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["scheduled", "in_force"]) | Q(effective_on__isnull=False),
                name="approved_change_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=True, agenda_position__isnull=True)
                | Q(meeting__isnull=False, agenda_position__isnull=False),
                name="on_an_agenda_with_a_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.name or '（未命名）'}"


class MergedItem(models.Model):
    """An item that a merger ends, with where its materials go in the merged list: {old code: new code}."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(ItemChange, models.CASCADE, related_name="merged", verbose_name="变更")
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="mergers", verbose_name="被合并的事项")
    position = models.PositiveSmallIntegerField("次序")
    materials = models.JSONField("材料对应", default=dict, blank=True)

    class Meta:
        verbose_name = "被合并的事项"
        verbose_name_plural = verbose_name
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["change", "item"], name="item_merged_once_per_change")]

    def __str__(self) -> str:
        return str(self.item)


class ChangeAct(models.Model):
    """One act on a change: the row of its timeline."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(ItemChange, models.PROTECT, related_name="acts", verbose_name="变更")
    seq = models.PositiveIntegerField("次序")
    key = models.UUIDField("幂等键")
    action = models.CharField("动作", max_length=32)
    label = models.CharField("动作名称", max_length=50)
    from_state = models.CharField("原状态", max_length=12, choices=ChangeState, blank=True)
    to_state = models.CharField("新状态", max_length=12, choices=ChangeState)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办")
    actor_name = models.CharField("经办姓名", max_length=50)
    note = models.TextField("说明", blank=True)
    ledger_seq = models.BigIntegerField("存证序号")
    ledger_hash = models.CharField("存证摘要", max_length=64)

    class Meta:
        verbose_name = "变更过程"
        verbose_name_plural = verbose_name
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["change", "seq"], name="change_act_seq_once"),
            models.UniqueConstraint(fields=["change", "key"], name="change_act_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.at:%Y-%m-%d %H:%M}"


class ChangeRemark(models.Model):
    """A remark of 编办 on one element of a draft; open until the department says what it did."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(ItemChange, models.CASCADE, related_name="remarks", verbose_name="变更")
    place = models.CharField("位置", max_length=60, help_text="例如：materials.M01")
    text = models.TextField("意见")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    author_name = models.CharField("提出人姓名", max_length=50)
    made_at = models.DateTimeField("提出时间")
    sent = models.BooleanField("已退回告知", default=False)
    answer = models.TextField("怎么改的", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = "核定意见"
        verbose_name_plural = verbose_name
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"{self.place}：{self.text[:20]}"
