"""Review, special procedures, extension, decision, delivery: 行政许可法 34 to 45 (domain reference 1.2, 1.3, 3.1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from applications import services
from applications.models import Case
from applications.states import CaseState, ClockLevel
from portal import clock
from portal.accounts.roles import Role
from portal.documents.kinds import DocumentKind
from portal.web.errors import BadInput, NotAllowed, WrongState
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    return make.Desk()


@pytest.fixture
def case(desk):
    """Accepted on 2026-11-23, promised 10 (12-07) and statutory 20 working days (12-21)."""
    return desk.accept(make.online_case(make.item(desk.department)))


def pause(desk, case, until="2026-12-02", **more):
    return make.do(
        case, "pause", desk.reviewer, **{"procedure": "expert_review", "until": until, "reason": "专家评审"} | more
    )


def test_a_review_needs_an_opinion_and_not_a_bare_signature(desk, case):
    with pytest.raises(BadInput):
        make.do(case, "review", desk.reviewer, recommendation="grant", opinion="  ")
    with pytest.raises(BadInput):
        make.do(case, "review", desk.reviewer, opinion="可以")
    case = desk.review(case)
    assert case.state == CaseState.APPROVING
    assert case.opinions.get().author_id == desk.reviewer.user_id


def test_the_approver_returns_a_case_to_its_reviewer(desk, case):
    case = desk.review(case)
    case = make.do(case, "return_to_reviewer", desk.approver, opinion="请补充核查").subject
    assert (case.state, case.claimed_by_id) == (CaseState.REVIEWING, desk.reviewer.user_id)
    case = desk.grant(desk.review(case))
    assert case.state == CaseState.GRANTED


def test_TIM_1_one_extension_moves_both_dates_and_tells_the_reason(desk, case):
    outcome = make.do(case, "extend", desk.head, n=5, reason="需要核实产地")
    row = outcome.subject.clock
    assert (row.promised_due_on, row.statutory_due_on) == (dt.date(2026, 12, 14), dt.date(2026, 12, 28))
    assert row.promised_days == 15
    notice = make.paper(case, DocumentKind.EXTENSION)
    assert (notice["old_due_on"], notice["new_due_on"], notice["days"]) == ("2026-12-07", "2026-12-14", 5)
    assert notice["reason"] == "需要核实产地"
    with pytest.raises(WrongState) as refused:
        make.do(case, "extend", desk.head, n=1, reason="再延")
    assert refused.value.code == "extended_twice"


@pytest.mark.parametrize("n", [0, 11, -1, "x", None, 2.5, True])
def test_TIM_1_an_extension_is_one_to_ten_working_days(desk, case, n):
    with pytest.raises(BadInput):
        make.do(case, "extend", desk.head, n=n, reason="理由")


def test_TIM_1_an_extension_has_a_reason_and_the_heads_permission(desk, case):
    with pytest.raises(BadInput):
        make.do(case, "extend", desk.head, n=3, reason="")
    for other in (desk.clerk, desk.reviewer, desk.approver):
        with pytest.raises(NotAllowed):
            make.do(case, "extend", other, n=3, reason="理由")


def test_TIM_1_on_the_promised_due_date_it_is_possible_and_the_day_after_no_more(desk):
    first, second = (desk.accept(make.online_case(make.item(desk.department))) for _ in range(2))
    with clock.shifted(make.at("2026-12-07 23:00")):
        make.do(first, "extend", desk.head, n=3, reason="理由")
    with clock.shifted(make.at("2026-12-08 00:00")), pytest.raises(WrongState):
        make.do(second, "extend", desk.head, n=3, reason="理由")


def test_TIM_1_items_without_extension_and_other_units_are_refused(desk):
    for edition in (
        make.item(desk.department, extension_allowed=False, extension_max=0),
        make.item(desk.department, unit="calendar_day", extension_allowed=True, extension_max=10),
        make.item(desk.department, immediate=True),
    ):
        case = desk.accept(make.online_case(edition))
        with pytest.raises(WrongState):
            make.do(case, "extend", desk.head, n=3, reason="理由")


def test_TIM_4_a_procedure_of_the_item_stops_the_clock_and_is_told_in_writing(desk, case):
    outcome = pause(desk, case)
    row = outcome.subject.clock
    # 11-24 … 12-02 are seven working days that do not count.
    assert row.paused
    assert (row.pause_until, row.promised_due_on) == (dt.date(2026, 12, 2), dt.date(2026, 12, 16))
    assert row.next_check_at == make.at("2026-12-02 00:00")
    notice = make.paper(case, DocumentKind.SPECIAL_PROCEDURE)
    assert (notice["procedure"], notice["until"], notice["days"]) == ("专家评审", "2026-12-02", 9)
    assert "第四十五条" in notice["legal_basis"]


@pytest.mark.parametrize("procedure", ["site_check", "现场核查", "publicity", "hearing", "", None, 7])
def test_TIM_4_nothing_else_stops_it(desk, case, procedure):
    """现场核查 and 公示 are not in the law; hearing is, but this item does not list it."""
    with pytest.raises(BadInput):
        pause(desk, case, procedure=procedure)
    assert not case.special_procedures.exists()


def test_TIM_4_a_procedure_with_its_own_legal_basis_does(desk):
    edition = make.item(
        desk.department,
        extra_procedures=[
            {"code": "consulting", "name": "征求意见", "basis": "《取水许可和水资源费征收管理条例》第十九条"}
        ],
    )
    case = desk.accept(make.online_case(edition))
    pause(desk, case, procedure="consulting")
    assert case.special_procedures.get().legal_basis.startswith("《取水许可")


def test_TIM_4_the_clock_runs_again_by_itself_on_the_planned_end(desk, case):
    pause(desk, case)
    with clock.shifted(make.at("2026-12-10 10:00")):
        services.sweep(10)
    case.refresh_from_db()
    special = case.special_procedures.get()
    assert (special.ended_on, special.ended_by_law) == (dt.date(2026, 12, 2), True)
    assert case.acts.get(action="end_pause").at == make.at("2026-12-02 00:00")
    assert (case.clock.paused, case.clock.promised_due_on) == (False, dt.date(2026, 12, 16))


def test_TIM_4_resuming_early_gives_the_days_back(desk, case):
    pause(desk, case)
    with pytest.raises(WrongState):
        pause(desk, case)
    with clock.shifted(make.at("2026-11-26 10:00")):
        case = make.do(case, "resume", desk.reviewer, result="评审通过").subject
        assert (case.clock.paused, case.clock.promised_due_on) == (False, dt.date(2026, 12, 10))
        pause(desk, case)  # allowed on the day of resuming
    with clock.shifted(make.at("2026-12-02 09:00")), pytest.raises(WrongState):
        make.do(case, "resume", desk.reviewer, result="晚了")


@pytest.mark.parametrize("until", ["2026-11-23", "2026-11-01", "someday", None, "2999-01-01", dt.date(2200, 1, 1)])
def test_TIM_4_the_end_is_a_date_to_come(desk, case, until):
    with pytest.raises(BadInput):
        pause(desk, case, until=until)


def test_TIM_4_one_notice_stops_the_clock_for_half_a_year_at_most(desk, case):
    last = clock.today() + dt.timedelta(days=183)
    with pytest.raises(BadInput) as refused:
        pause(desk, case, until=last + dt.timedelta(days=1))
    assert (refused.value.field, refused.value.code) == ("until", "until_too_far")
    assert pause(desk, case, until=last).subject.clock.pause_until == last


def test_TIM_4_what_is_overdue_is_not_paused_away(desk, case):
    due = case.clock.promised_due_on
    with clock.shifted(make.at(f"{due + dt.timedelta(days=1)} 09:00")), pytest.raises(WrongState) as refused:
        pause(desk, case, until=due + dt.timedelta(days=9))
    assert refused.value.code == "paused_too_late"


def test_TIM_6_both_due_dates_move_together(desk, case):
    before = case.clock
    gap = before.statutory_due_on - before.promised_due_on
    row = pause(desk, case).subject.clock
    assert row.promised_due_on > before.promised_due_on
    assert row.statutory_due_on - row.promised_due_on >= gap


def test_REV_1_immediate_items_are_due_at_once_and_need_two_persons(desk):
    case = desk.accept(make.online_case(make.item(desk.department, immediate=True)))
    assert case.clock.promised_due_on == dt.date(2026, 11, 23)
    both = make.acting(desk.clerk_staff, roles=[Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER])
    case = make.do(case, "review", both, recommendation="grant", opinion="齐全").subject
    with pytest.raises(NotAllowed):
        make.do(case, "grant", both, opinion="同意")
    assert desk.grant(case).state == CaseState.GRANTED


def test_REV_5_a_grant_is_written(desk, case):
    case = desk.grant(desk.review(case))
    assert (case.decision, case.decided_at) == ("granted", clock.now())
    document = make.paper(case, DocumentKind.GRANT)
    assert (document["content"], document["validity"]) == (case.edition.name, "5年")


@pytest.mark.parametrize("missing", ["facts", "reasons", "legal_basis", "remedies"])
def test_REV_5_a_refusal_has_facts_reasons_law_and_remedies(desk, case, missing):
    case = desk.review(case, "refuse")
    data = {"facts": "现场不符", "reasons": "不合条件", "legal_basis": "《演示法》第一条"} | {missing: " "}
    with pytest.raises(BadInput) as refused:
        make.do(case, "refuse", desk.approver, **data)
    assert refused.value.field == missing


@pytest.mark.parametrize("remedies", ["可以复议", "60日内申请复议", "60日内申请复议，三个月内提起诉讼"])
def test_REV_6_the_remedies_name_both_ways_and_periods(desk, case, remedies):
    case = desk.review(case, "refuse")
    with pytest.raises(BadInput):
        make.do(case, "refuse", desk.approver, facts="现", reasons="理", legal_basis="《演示法》", remedies=remedies)
    case = desk.refuse(case)
    text = make.paper(case, DocumentKind.REFUSAL)["remedies"]
    assert "60日" in text
    assert "6个月" in text


def test_REV_5_the_grant_says_where_and_what_as_the_applicant_wrote_it(desk):
    fields = [
        {"name": "premises", "label": "经营场所", "type": "text", "required": False, "on_decision": True},
        {"name": "scope", "label": "经营项目", "type": "text", "required": True, "on_decision": True},
        {
            "name": "warehouse", "label": "库房地址", "type": "text", "required": False, "sensitive": True,
            "on_decision": True,
        },
        {"name": "staff_count", "label": "从业人数", "type": "integer", "required": False},
    ]
    case = make.online_case(make.item(desk.department, form_fields=fields))
    case.details = {"premises": "开发北路 12 号", "scope": "热食类", "warehouse": "后院", "staff_count": 3}
    case.save()
    desk.grant(desk.review(desk.accept(case)))
    assert make.paper(case, DocumentKind.GRANT)["particulars"] == [
        {"label": "经营场所", "text": "开发北路 12 号"},
        {"label": "经营项目", "text": "热食类"},
    ]


@pytest.mark.parametrize(
    ("advice", "decision", "data"),
    [
        ("refuse", "grant", {"opinion": "同意"}),
        ("grant", "refuse", {"facts": "现场不符", "reasons": "不合条件", "legal_basis": "《演示法》第一条"}),
    ],
)
def test_REV_5_a_decision_against_the_advice_says_why(desk, case, advice, decision, data):
    from portal.ledger.models import LedgerEvent

    case = desk.review(case, advice)
    with pytest.raises(BadInput) as refused:
        make.do(case, decision, desk.approver, **data)
    assert refused.value.field == "departure"
    case = make.do(case, decision, desk.approver, departure="补交的图纸已经说明", **data).subject
    assert case.opinions.get(stage="approve").departure == "补交的图纸已经说明"
    act = case.acts.get(action=decision)
    assert act.note == "与审核意见不一致：补交的图纸已经说明"
    event = bytes(LedgerEvent.objects.get(subject=case.pk, kind=f"case.{decision}").canon).decode()
    assert '"departure":' in event
    assert "补交的图纸" not in event


def test_REV_5_a_decision_that_follows_the_advice_needs_no_further_reason(desk, case):
    case = desk.review(desk_returned(desk, case), "grant")
    case = make.do(case, "grant", desk.approver, opinion="同意", departure="多余的话").subject
    assert case.opinions.filter(stage="approve", recommendation="grant").get().departure == ""


def desk_returned(desk, case):
    """Advised to refuse and sent back: only the last advice counts."""
    case = desk.review(case, "refuse")
    return make.do(case, "return_to_reviewer", desk.approver, opinion="请再核实").subject


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"validity_kind": "years"}, "validity_years"),
        ({"validity_kind": "years", "validity_years": 6}, "validity_years"),
        ({"validity_kind": "years", "validity_years": 0}, "validity_years"),
        ({"validity_kind": "until"}, "validity_until"),
        ({"validity_kind": "until", "validity_until": "2026-11-23"}, "validity_until"),
        ({"validity_kind": "until", "validity_until": "2031-11-24"}, "validity_until"),
        ({"validity_kind": "for_good"}, "validity_kind"),
        ({"validity_kind": "随便"}, "validity_kind"),
    ],
)
def test_a_validity_lies_after_the_decision_and_within_what_the_edition_gives(desk, case, data, field):
    case = desk.review(case)
    with pytest.raises(BadInput) as refused:
        make.do(case, "grant", desk.approver, opinion="同意", **data)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({}, "5年"),
        ({"validity_kind": "item"}, "5年"),
        ({"validity_kind": "years", "validity_years": "3"}, "3年"),
        ({"validity_kind": "until", "validity_until": "2031-11-23"}, "至2031年11月23日"),
    ],
)
def test_the_paper_says_the_validity_as_text(desk, case, data, text):
    case = make.do(desk.review(case), "grant", desk.approver, opinion="同意", **data).subject
    assert make.paper(case, DocumentKind.GRANT)["validity"] == text


@pytest.mark.parametrize("number", ["JY1", "JY 2140", "许可证第一号", "J" * 50 + "1", "JY1140<b>"])
def test_the_number_of_a_licence_has_a_shape(desk, case, number):
    case = desk.grant(desk.review(case))
    with pytest.raises(BadInput) as refused:
        make.do(case, "conclude", desk.clerk, result_number=number)
    assert (refused.value.field, refused.value.code) == ("result_number", "number_shape")


def test_the_number_of_a_licence_is_the_items_only_one(desk, case):
    make.do(desk.grant(desk.review(case)), "conclude", desk.clerk, result_number="朔食药证〔2026〕0001号")
    second = desk.accept(make.online_case(case.edition))
    second = desk.grant(desk.review(second))
    with pytest.raises(BadInput) as refused:
        make.do(second, "conclude", desk.clerk, result_number="朔食药证〔2026〕0001号")
    assert refused.value.code == "number_taken"
    assert case.number in refused.value.message
    make.do(second, "conclude", desk.clerk, result_number="朔食药证〔2026〕0002号")
    elsewhere = desk.bring_to(make.online_case(make.item(desk.department)), "granted")
    make.do(elsewhere, "conclude", desk.clerk, result_number="朔食药证〔2026〕0001号")


def test_a_refusal_has_no_number_of_a_licence(desk, case):
    case = desk.refuse(desk.review(case, "refuse"))
    with pytest.raises(BadInput):
        make.do(case, "conclude", desk.clerk, result_number="JY1140001")


def test_TIM_3_delivery_is_due_ten_working_days_after_the_decision(desk, case):
    case = desk.conclude(desk.grant(desk.review(case)))
    assert case.clock.delivery_due_on == dt.date(2026, 12, 7)
    with pytest.raises(BadInput):
        make.do(case, "deliver", desk.clerk, method="post", recipient="本人")
    case = make.do(case, "deliver", desk.clerk, method="post", recipient="本人", tracking="EMS1").subject
    assert case.delivered_at == clock.now()
    assert make.paper(case, DocumentKind.SERVICE_RECEIPT)["documents"][0]["name"] == "准予行政许可决定书"
    with pytest.raises(WrongState):
        make.do(case, "deliver", desk.clerk, method="direct", recipient="本人")


@pytest.fixture
def concluded(desk, case):
    """Decided and concluded on 2026-11-23."""
    return desk.conclude(desk.grant(desk.review(case)))


def test_TIM_3_the_day_of_delivery_is_said_and_lies_between_decision_and_today(desk, concluded, frozen_clock):
    frozen_clock(make.at("2026-11-26 09:00"))
    for day, code in (("2026-11-27", "day_in_the_future"), ("2026-11-22", "day_before_decision")):
        with pytest.raises(BadInput) as refused:
            make.do(concluded, "deliver", desk.clerk, method="direct", recipient="本人", delivered_on=day)
        assert (refused.value.field, refused.value.code) == ("delivered_on", code)
    case = make.do(
        concluded, "deliver", desk.clerk, method="direct", recipient="本人", delivered_on="2026-11-25"
    ).subject
    assert (case.delivery.delivered_on, clock.local_date(case.delivered_at)) == (dt.date(2026, 11, 25),) * 2
    assert clock.local_date(case.clock_events.get(type="delivered").at) == dt.date(2026, 11, 25)
    assert make.paper(case, DocumentKind.SERVICE_RECEIPT)["delivered_on"] == "2026-11-25"


def test_TIM_3_delivered_on_the_day_of_the_decision_is_not_before_it(desk, concluded, frozen_clock):
    decided_at = concluded.decided_at
    frozen_clock(make.at("2026-11-24 09:00"))
    case = make.do(
        concluded, "deliver", desk.clerk, method="direct", recipient="本人", delivered_on="2026-11-23"
    ).subject
    assert case.delivered_at == decided_at


def test_TIM_3_what_came_back_leaves_the_case_to_be_delivered_in_another_way(desk, concluded, frozen_clock):
    with pytest.raises(BadInput):
        make.do(concluded, "post", desk.clerk)
    make.do(concluded, "post", desk.clerk, tracking="EMS1")
    with pytest.raises(WrongState):
        make.do(concluded, "post", desk.clerk, tracking="EMS2")
    frozen_clock(make.at("2026-11-30 09:00"))
    with pytest.raises(BadInput) as refused:
        make.do(concluded, "delivery_failed", desk.clerk, failed_on="2026-11-27")
    assert refused.value.field == "reason"
    case = make.do(concluded, "delivery_failed", desk.clerk, reason="地址不详", failed_on="2026-11-27").subject
    assert case.delivered_at is None
    assert case.tasks.get(done_at=None).kind == "deliver"
    attempt = case.delivery_attempts.get()
    assert (attempt.method, attempt.tracking, attempt.outcome) == ("post", "EMS1", "failed")
    assert (attempt.begun_on, attempt.ended_on) == (dt.date(2026, 11, 23), dt.date(2026, 11, 27))
    case = make.do(case, "deliver", desk.clerk, method="direct", recipient="本人").subject
    assert make.paper(case, DocumentKind.SERVICE_RECEIPT)["attempts"] == [
        {"method": "邮寄", "failed_on": "2026-11-27", "reason": "地址不详"}
    ]


def test_TIM_3_a_failure_may_be_recorded_without_a_posting_and_not_before_one(desk, concluded, frozen_clock):
    make.do(concluded, "delivery_failed", desk.clerk, method="leaving", reason="门锁着")
    frozen_clock(make.at("2026-11-25 09:00"))
    make.do(concluded, "post", desk.clerk, tracking="EMS1")
    with pytest.raises(BadInput) as refused:
        make.do(concluded, "delivery_failed", desk.clerk, reason="退回", failed_on="2026-11-24")
    assert refused.value.code == "day_before_attempt"
    case = make.do(concluded, "deliver", desk.clerk, method="post", recipient="本人").subject
    assert case.delivery.tracking == "EMS1"
    assert list(case.delivery_attempts.values_list("outcome", flat=True)) == ["failed", "delivered"]


def test_TIM_3_a_public_notice_delivers_when_its_thirty_days_are_over(desk, concluded, frozen_clock):
    with pytest.raises(BadInput) as refused:
        make.do(concluded, "deliver", desk.clerk, method="public")
    assert refused.value.code == "not_announced"
    for missing in ("notice_place", "reason"):
        with pytest.raises(BadInput) as refused:
            data = {"notice_place": "本机关公告栏", "reason": "下落不明"} | {missing: ""}
            make.do(concluded, "announce", desk.clerk, **data)
        assert refused.value.field == missing
    make.do(concluded, "announce", desk.clerk, notice_place="本机关公告栏", reason="下落不明")
    frozen_clock(make.at("2026-12-23 18:00"))  # the thirtieth day
    with pytest.raises(BadInput) as refused:
        make.do(concluded, "deliver", desk.clerk, method="public")
    assert refused.value.code == "notice_runs"
    frozen_clock(make.at("2026-12-25 09:00"))
    case = make.do(concluded, "deliver", desk.clerk, method="public").subject
    assert (case.delivery.delivered_on, case.delivery.recipient_relation) == (
        dt.date(2026, 12, 23),
        "公告期满视为送达",
    )
    said = make.paper(case, DocumentKind.SERVICE_RECEIPT)
    assert (said["notice_place"], said["notice_first_on"]) == ("本机关公告栏", "2026-11-23")


def test_TIM_3_who_comes_during_a_public_notice_is_given_the_paper(desk, concluded):
    make.do(concluded, "announce", desk.clerk, notice_place="本机关公告栏", reason="下落不明")
    case = make.do(concluded, "deliver", desk.clerk, method="direct", recipient="本人").subject
    assert case.delivery_attempts.get().outcome == "replaced"
    assert make.paper(case, DocumentKind.SERVICE_RECEIPT)["notice_place"] == ""


def test_a_decision_ends_the_pause_and_the_clock(desk, case):
    case = desk.review(case)
    make.do(case, "pause", desk.approver, procedure="inspection", until="2026-12-30", reason="检验")
    case = desk.grant(case)
    assert case.special_procedures.get().ended_on == dt.date(2026, 11, 23)
    assert (case.clock.paused, case.clock.next_check_at) == (False, None)


def test_separation_the_approver_is_neither_clerk_nor_reviewer(desk, case):
    for who in (desk.clerk_staff, desk.reviewer_staff):
        actor = make.acting(who, roles=[Role.APPROVER])
        reviewed = desk.review(case) if case.state == CaseState.REVIEWING else case
        for action, data in (
            ("grant", {"opinion": "同意"}),
            ("refuse", {"facts": "1", "reasons": "1", "legal_basis": "1"}),
            ("return_to_reviewer", {"opinion": "退回"}),
        ):
            with pytest.raises(NotAllowed):
                make.do(reviewed, action, actor, **data)
        case = reviewed
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(approver=desk.reviewer.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(approver=desk.clerk.user_id)


def test_separation_whether_the_clerk_may_review_is_the_departments_setting(desk, case):
    both = make.acting(desk.clerk_staff, roles=[Role.WINDOW_CLERK, Role.REVIEWER])
    desk.department.one_person_may_review_and_receive = False
    desk.department.save()
    with pytest.raises(NotAllowed):
        make.do(case, "review", both, recommendation="grant", opinion="可以")
    desk.department.one_person_may_review_and_receive = True
    desk.department.save()
    assert make.do(case, "review", both, recommendation="grant", opinion="可以").subject.state == CaseState.APPROVING


def test_a_claim_keeps_others_out_until_it_is_released(desk, case):
    other = make.acting(make.staff(desk.department), roles=[Role.REVIEWER])
    case = make.do(case, "claim", desk.reviewer).subject
    assert case.tasks.get(done_at=None).assignee_id == desk.reviewer.user_id
    assert case.clock.claimed_by_id == desk.reviewer.user_id
    for action, data in (("claim", {}), ("review", {"recommendation": "grant", "opinion": "可以"}), ("release", {})):
        with pytest.raises((WrongState, NotAllowed)):
            make.do(case, action, other, **data)
    with pytest.raises(NotAllowed):
        make.do(case, "claim", desk.clerk)
    make.do(case, "release", desk.head)
    case = make.do(case, "claim", other).subject
    assert make.do(case, "review", other, recommendation="grant", opinion="可以").subject.claimed_by_id is None


def test_the_applicant_withdraws_before_the_decision(desk, case):
    applicant = make.acting(case.submitted_by)
    with pytest.raises(NotAllowed):
        make.do(case, "withdraw", desk.clerk, reason="申请人要求")  # online: only the applicant
    pause(desk, case)
    case = make.do(case, "withdraw", applicant).subject
    assert (case.state, case.clock.level, case.clock.promised_due_on) == (CaseState.WITHDRAWN, ClockLevel.NONE, None)
    assert not case.special_procedures.filter(ended_on=None).exists()


def test_the_applicant_cannot_withdraw_after_the_decision(desk, case):
    case = desk.grant(desk.review(case))
    with pytest.raises(WrongState):
        make.do(case, "withdraw", make.acting(case.submitted_by))


def test_the_ledger_holds_no_text_about_a_person(desk, case):
    from portal.ledger.models import LedgerEvent

    case = desk.deliver(desk.conclude(desk.grant(desk.review(case))))
    told = b"".join(bytes(each) for each in LedgerEvent.objects.filter(subject=case.pk).values_list("canon", flat=True))
    for secret in (case.applicant_name, case.number, case.contact_phone, case.query_code, "符合条件"):
        assert secret.encode() not in told


def test_TIM_5_papers_say_that_a_date_in_a_year_without_a_notice_may_move(desk, frozen_clock):
    frozen_clock(make.at("2026-12-28 09:00"))
    case = desk.accept(make.online_case(make.item(desk.department)))
    pause(desk, case, until="2026-12-30")
    case = make.do(case, "extend", desk.head, n=5, reason="需要核实产地").subject
    make.do(case, "resume", desk.reviewer, result="评审通过")
    desk.grant(desk.review(case))
    for kind in ("receipt", "acceptance", "special_procedure", "extension", "grant"):
        assert make.paper(case, kind)["provisional"] is True, kind
    corrected = desk.ask_correction(make.online_case(make.item(desk.department)))
    assert make.paper(corrected, "correction")["provisional"] is True


def test_TIM_5_papers_of_a_year_with_its_notice_promise_the_date(desk, case):
    desk.grant(desk.review(case))
    assert [make.paper(case, kind)["provisional"] for kind in ("receipt", "acceptance", "grant")] == [False] * 3
