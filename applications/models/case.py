"""The case (办件) and the two narrow rows beside it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from applications.states import FINAL_STATES, CaseChannel, CaseState, ClockLevel, Decision
from catalog.models import ItemEdition, Situation
from portal.accounts.models import LegalPerson, Person, User
from portal.organizations.models import Department, Window
from portal.privacy.fields import EncryptedJSONField, EncryptedTextField
from portal.privacy.models import PersonKey
from portal.web.keys import uuid7


class Case(models.Model):
    """An application from submission to the end. It changes only through `applications.services.apply`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("办件编号", max_length=50, unique=True)
    query_code = EncryptedTextField("查询码")
    # PROTECT: the edition that was in force at receipt binds the case for life.
    edition = models.ForeignKey(ItemEdition, models.PROTECT, related_name="cases", verbose_name="事项版本")
    situation = models.ForeignKey(
        Situation, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="情形"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="cases", verbose_name="承办部门")
    channel = models.CharField("渠道", max_length=8, choices=CaseChannel)
    window = models.ForeignKey(
        Window, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="收件窗口"
    )
    state = models.CharField("状态", max_length=16, choices=CaseState, default=CaseState.RECEIVED)

    applicant_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="申请人（自然人）"
    )
    applicant_legal = models.ForeignKey(
        LegalPerson, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="申请人（法人）"
    )
    applicant_name = models.CharField("申请人", max_length=200, help_text="提交时的名称")
    agent = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cases_as_agent", verbose_name="代理人"
    )
    submitted_by = models.ForeignKey(
        User, models.PROTECT, related_name="submitted_cases", verbose_name="提交用户", help_text="大厅收件时为窗口人员"
    )
    # The applicant's key at submission (a firm's: its representative's); PROTECT: a key is erased, its row never.
    person_key = models.ForeignKey(PersonKey, models.PROTECT, related_name="+", verbose_name="密钥", db_index=False)
    contact_phone = EncryptedTextField("联系电话", person_key="person_key")
    address = EncryptedTextField("地址", person_key="person_key", blank=True, default="")
    subject = models.CharField("事由", max_length=200, blank=True)
    details = EncryptedJSONField("申请内容", person_key="person_key", default=dict)
    delivery_method = models.CharField("领取方式", max_length=20)
    declared_at = models.DateTimeField("真实性承诺时间", help_text="行政许可法第三十一条")

    received_at = models.DateTimeField("收到时间")
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    deemed_accepted = models.BooleanField("视为受理", default=False)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision = models.CharField("决定", max_length=8, choices=Decision, blank=True)
    concluded_at = models.DateTimeField("办结时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closing_reason = models.TextField("结束原因", blank=True)
    decision_details = models.JSONField(
        "决定内容", default=dict, blank=True, help_text="准予：内容、有效期、条件；不予：事实、理由、依据、救济途径"
    )
    result_number = models.CharField("证照或者批文编号", max_length=100, blank=True)

    clerk = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人")
    reviewer_ids = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name="审核人")
    approver = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人")
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="claimed_cases", verbose_name="经办"
    )
    claimed_at = models.DateTimeField("认领时间", null=True, blank=True)
    restricted_at = models.DateTimeField("限制处理时间", null=True, blank=True, help_text="只保存，不公示、不检索")
    erased_at = models.DateTimeField("个人信息删除时间", null=True, blank=True)

    class Meta:
        verbose_name = "办件"
        verbose_name_plural = verbose_name
        constraints = [
            models.CheckConstraint(
                condition=(Q(applicant_person__isnull=False) & Q(applicant_legal__isnull=True))
                | (Q(applicant_person__isnull=True) & Q(applicant_legal__isnull=False)),
                name="one_applicant",
            ),
            models.CheckConstraint(
                condition=(Q(decided_at__isnull=True) & Q(decision=""))
                | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="decided_at_exactly_when_decided",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["granted", "refused", "concluded"]) & Q(decided_at__isnull=False))
                | (~Q(state__in=["granted", "refused", "concluded"]) & Q(decided_at__isnull=True)),
                name="decided_states_have_a_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reviewing", "approving", "granted", "refused", "concluded"])
                | Q(accepted_at__isnull=False),
                name="nothing_is_reviewed_before_acceptance",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=sorted(FINAL_STATES)) & Q(closed_at__isnull=False))
                | (~Q(state__in=sorted(FINAL_STATES)) & Q(closed_at__isnull=True)),
                name="closed_at_exactly_when_closed",
            ),
            models.CheckConstraint(
                condition=(Q(state="concluded") & Q(concluded_at__isnull=False))
                | (~Q(state="concluded") & Q(concluded_at__isnull=True)),
                name="concluded_at_exactly_when_concluded",
            ),
            # 职责分离 (domain 3.1): the approver is neither the clerk nor a reviewer.
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | Q(clerk__isnull=True) | ~Q(approver=F("clerk")),
                name="approver_is_not_the_clerk",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(reviewer_ids__contains=[F("approver_id")]),
                name="approver_is_not_a_reviewer",
            ),
        ]
        indexes = [
            models.Index(fields=["applicant_person", "-received_at"], name="case_by_person"),
            models.Index(fields=["applicant_legal", "-received_at"], name="case_by_legal_person"),
            models.Index(fields=["submitted_by", "-received_at"], name="case_by_submitter"),
            models.Index(fields=["-received_at", "-id"], name="case_by_receipt"),
            models.Index(fields=["department", "state"], name="case_by_department_state"),
            models.Index(
                fields=["department", "-received_at", "-id"], condition=Q(closed_at__isnull=False), name="case_closed"
            ),
            # Only while a case waits for the approver: no other act pays for it.
            GinIndex(
                fields=["reviewer_ids"], condition=Q(state=CaseState.APPROVING), fastupdate=False, name="case_submitted"
            ),
            models.Index(fields=["result_number"], condition=~Q(result_number=""), name="case_by_result_number"),
            models.Index(fields=["person_key"], name="case_by_person_key"),
            models.Index(fields=["closed_at"], condition=Q(erased_at__isnull=True), name="case_to_run_out"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES


class CaseClock(models.Model):
    """The stored reading of a case's legal clock. Work lists and sweeps read only this row (design.md section 3)."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="clock", verbose_name="办件")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="部门")
    open = models.BooleanField("在办", default=True)
    state = models.CharField("状态", max_length=16, choices=CaseState)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    deemed_accepted = models.BooleanField("视为受理", default=False)
    acceptance_due_on = models.DateField("受理审查期满", help_text="收到后第 5 个工作日")
    correction_due_on = models.DateField("补正期满", null=True, blank=True)
    promised_due_on = models.DateField("承诺到期", null=True, blank=True)
    statutory_due_on = models.DateField("法定到期", null=True, blank=True)
    delivery_due_on = models.DateField("送达到期", null=True, blank=True)
    sort_on = models.DateField("排序日期", help_text="承诺到期；没有时为受理审查期满")
    promised_days = models.PositiveSmallIntegerField("承诺天数", null=True, blank=True, help_text="含延期")
    # The dates on which the level turns as things stand, so that the sweep needs no events (operations.md section 9).
    warning_on = models.DateField("预警日期", null=True, blank=True)
    yellow_on = models.DateField("黄牌日期", null=True, blank=True)
    red_on = models.DateField("红牌日期", null=True, blank=True)
    pause_until = models.DateField("暂停到", null=True, blank=True, help_text="当天起自动恢复")
    level = models.CharField("灯", max_length=8, choices=ClockLevel, default=ClockLevel.NONE)
    paused = models.BooleanField("暂停", default=False)
    provisional = models.BooleanField("暂行日历", default=False)
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办")
    next_check_at = models.DateTimeField("下次检查", null=True, blank=True, help_text="空表示不再变化")

    class Meta:
        verbose_name = "办件时限"
        verbose_name_plural = verbose_name
        indexes = [
            # A list's order within department and state, and what its lights and tabs count: read without the table.
            models.Index(
                fields=["department", "state", "paused", "sort_on", "case"],
                include=["level", "claimed_by"],
                condition=Q(open=True),
                name="clock_work_list",
            ),
            models.Index(fields=["department", "level"], condition=Q(open=True), name="clock_by_level"),
            models.Index(fields=["claimed_by", "sort_on"], condition=Q(open=True), name="clock_by_claim"),
            models.Index(fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="clock_next_check"),
            models.Index(fields=["state", "sort_on", "case"], condition=Q(open=True), name="clock_intake"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class CaseSearch(models.Model):
    """The findable text of a case for staff: applicant, item, subject."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="search", verbose_name="办件")
    vector = SearchVectorField("词")
    bigrams = ArrayField(models.CharField(max_length=4), default=list, verbose_name="二元组")

    class Meta:
        verbose_name = "办件检索"
        verbose_name_plural = verbose_name
        indexes = [
            GinIndex(fields=["vector"], name="case_search_vector"),
            GinIndex(fields=["bigrams"], name="case_search_bigrams"),
        ]

    def __str__(self) -> str:
        return str(self.case_id)
