"""Receipt and acceptance: 行政许可法 29 to 32, one test per rule (domain reference 1.1)."""

from __future__ import annotations

import datetime as dt

import pytest

from applications import services
from applications.models import Act, CaseMaterial
from applications.states import CaseState, ClockLevel
from portal import clock
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.web.errors import BadInput, WrongState
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    return make.Desk()


@pytest.fixture
def case(desk):
    return make.online_case(make.item(desk.department))


def test_APP_3_the_channel_is_recorded_and_the_clock_starts_at_submission(case):
    assert case.channel == "online"
    assert case.received_at == clock.now()
    assert case.clock.acceptance_due_on == dt.date(2026, 11, 30)
    assert case.clock.next_check_at == make.at("2026-12-01 00:00")


def test_ACC_1_not_required_is_answered_on_the_day_of_receipt(desk, case):
    outcome = make.do(case, "not_required", desk.clerk, reason="不需要许可", legal_basis="《演示法》第一条")
    assert outcome.subject.state == CaseState.NOT_REQUIRED
    assert not outcome.results["act"].late
    assert case.clock_events.filter(type="rejected").exists()
    assert make.paper(case, DocumentKind.NOT_REQUIRED)["remedies"]


def test_ACC_1_a_late_answer_is_possible_until_deemed_acceptance_and_marked(desk, case):
    with clock.shifted(make.at("2026-11-24 09:00")):
        outcome = make.do(case, "not_required", desk.clerk, reason="不需要许可", legal_basis="《演示法》第一条")
    assert outcome.results["act"].late
    assert make.paper(case, DocumentKind.NOT_REQUIRED)["late"] is True


def test_ACC_1_online_after_hours_is_due_on_the_next_working_day(desk):
    from portal.organizations.models import OpeningHours

    hall = make.window().hall
    OpeningHours.objects.create(hall=hall, opens=dt.time(9), closes=dt.time(17, 30))
    with clock.shifted(make.at("2026-11-27 20:00")):  # a Friday evening
        case = make.online_case(make.item(desk.department))
    with clock.shifted(make.at("2026-11-30 16:00")):
        outcome = make.do(case, "not_required", desk.clerk, reason="不需要许可", legal_basis="《演示法》第一条")
    assert not outcome.results["act"].late


def test_ACC_2_not_competent_names_the_competent_organ(desk, case):
    with pytest.raises(BadInput) as refused:
        make.do(case, "not_competent", desk.clerk, reason="属于省级权限", legal_basis="《演示法》第二条")
    assert refused.value.field == "competent_organ"
    make.do(case, "not_competent", desk.clerk, competent_organ="省厅", reason="省级", legal_basis="《演示法》第二条")
    assert make.paper(case, DocumentKind.NOT_COMPETENT)["competent_organ"] == "省厅"


def test_ACC_2_after_deemed_acceptance_it_is_too_late(desk, case):
    with clock.shifted(make.at("2026-12-01 09:00")), pytest.raises(WrongState):
        make.do(
            case, "not_competent", desk.clerk, competent_organ="省厅", reason="省级", legal_basis="《演示法》第二条"
        )
    case.refresh_from_db()
    assert case.state == CaseState.REVIEWING
    assert case.deemed_accepted


def test_ACC_4_every_line_names_a_published_material(desk, case):
    make.check_materials(case)
    other = make.online_case(make.item(desk.department)).materials.first()
    with pytest.raises(BadInput):
        make.do(case, "ask_correction", desk.clerk, lines=[{"material": str(other.pk), "what": "请补"}])
    with pytest.raises(BadInput):
        make.do(case, "ask_correction", desk.clerk, lines=[])
    case = desk.ask_correction(case)
    assert case.state == CaseState.CORRECTING
    assert make.paper(case, DocumentKind.CORRECTION)["lines"] == [
        {"material": "材料1", "what": "请补盖章", "legal_basis": ""}
    ]


def test_APP_6_a_material_outside_the_list_needs_a_legal_basis(desk, case):
    make.check_materials(case)
    with pytest.raises(BadInput):
        make.do(case, "ask_correction", desk.clerk, lines=[{"name": "验资报告", "what": "请补"}])
    make.do(
        case,
        "ask_correction",
        desk.clerk,
        lines=[{"name": "验资报告", "legal_basis": "《演示法》第三条", "what": "请补"}],
    )
    line = case.correction.lines.get()
    assert (line.material.name, line.material.legal_basis) == ("验资报告", "《演示法》第三条")


def test_ACC_4_whatever_the_clerk_marked_is_in_the_one_notice(desk, case):
    make.check_materials(case)
    for material in case.materials.order_by("position")[:2]:
        services.record_material_check(
            material_id=material.pk, actor=desk.clerk, conclusion="incomplete", remark="请补盖章"
        )
    make.do(case, "ask_correction", desk.clerk)
    assert case.correction.lines.count() == 2


def test_ACC_4_nothing_required_may_be_left_unseen(desk, case):
    first = case.materials.order_by("position").first()
    with pytest.raises(WrongState) as refused:
        make.do(case, "ask_correction", desk.clerk, lines=[{"material": str(first.pk), "what": "请补"}])
    assert refused.value.code == "materials_unseen"


def test_ACC_4_there_is_no_second_notice(desk, case):
    case = desk.ask_correction(case)
    with pytest.raises(WrongState):
        desk.ask_correction(case)


def test_ACC_4_no_notice_after_five_working_days(desk, case):
    make.check_materials(case)
    with clock.shifted(make.at("2026-12-01 00:00")), pytest.raises(WrongState):
        desk.ask_correction(case)


def test_ACC_5_silence_accepts_back_to_the_receipt_with_its_own_date(desk, case):
    with clock.shifted(make.at("2026-11-30 23:59")):
        assert services.sweep(10) == 0
    with clock.shifted(make.at("2026-12-03 10:00")):
        assert services.sweep(10) == 1
        assert services.sweep(10) == 0
    case.refresh_from_db()
    assert (case.state, case.deemed_accepted, case.accepted_at) == (CaseState.REVIEWING, True, case.received_at)
    act = case.acts.get(action="deemed_acceptance")
    assert act.at == make.at("2026-12-01 00:00")
    assert act.by_law
    assert case.clock.accepted_on == dt.date(2026, 11, 23)
    assert case.clock.promised_due_on == dt.date(2026, 12, 7)
    notice = OfficialDocument.objects.get(subject_id=case.pk, kind=DocumentKind.ACCEPTANCE)
    assert notice.issued_at == make.at("2026-12-03 10:00")
    assert not case.clock_events.exclude(type="received").exists()


def test_ACC_5_the_law_comes_before_any_act_so_that_none_overtakes_the_sweep(desk, case):
    make.check_materials(case)
    with clock.shifted(make.at("2026-12-01 08:00")):
        with pytest.raises(WrongState):
            make.do(case, "accept", desk.clerk)
        case.refresh_from_db()
        assert case.deemed_accepted  # what the law did stays, though the act was refused
        outcome = make.do(case, "review", desk.reviewer, recommendation="grant", opinion="可以")
    assert [act.action for act in outcome.subject.acts.order_by("seq")] == ["submit", "deemed_acceptance", "review"]


def test_ACC_6_acceptance_needs_every_required_material(desk, case):
    with pytest.raises(WrongState) as refused:
        make.do(case, "accept", desk.clerk)
    assert refused.value.code == "materials_incomplete"
    required = [m for m in case.materials.select_related("requirement") if m.is_required]
    for material in required:
        services.record_material_check(material_id=material.pk, actor=desk.clerk, conclusion="complete")
    outcome = make.do(case, "accept", desk.clerk)
    assert outcome.subject.accepted_at == clock.now()
    assert outcome.subject.clerk_id == desk.clerk.user_id
    assert make.paper(case, DocumentKind.ACCEPTANCE)["promised_due_on"] == "2026-12-07"


def test_ACC_6_what_the_item_always_requires_applies_to_everybody(desk, case):
    required, conditional = (
        next(m for m in case.materials.select_related("requirement") if m.requirement.necessity == necessity)
        for necessity in ("required", "conditional")
    )
    with pytest.raises(BadInput) as refused:
        services.record_material_check(material_id=required.pk, actor=desk.clerk, conclusion="not_applicable")
    assert refused.value.field == "conclusion"
    services.record_material_check(material_id=conditional.pk, actor=desk.clerk, conclusion="not_applicable")


def test_ACC_6_what_nobody_has_handed_in_is_not_complete(desk, case):
    conditional = next(
        m for m in case.materials.select_related("requirement") if m.requirement.necessity == "conditional"
    )
    with pytest.raises(BadInput) as refused:
        services.record_material_check(material_id=conditional.pk, actor=desk.clerk, conclusion="complete")
    assert refused.value.field == "copies"
    services.record_material_check(material_id=conditional.pk, actor=desk.clerk, conclusion="complete", copies=1)


def test_ACC_6_a_conditional_material_that_must_be_corrected_keeps_from_acceptance(desk, case):
    make.check_materials(case)
    conditional = next(
        m for m in case.materials.select_related("requirement") if m.requirement.necessity == "conditional"
    )
    services.record_material_check(material_id=conditional.pk, actor=desk.clerk, conclusion="incomplete", remark="缺页")
    with pytest.raises(WrongState):
        make.do(case, "accept", desk.clerk)


def test_ACC_6_a_complete_supply_accepts_on_its_date(desk, case):
    case = desk.ask_correction(case)
    applicant = make.acting(case.submitted_by)
    line = case.correction.lines.get()
    with clock.shifted(make.at("2026-12-02 11:00")):
        file = make.stored_file(case.submitted_by)
        outcome = make.do(case, "supply", applicant, supplies=[{"line": str(line.pk), "files": [str(file.pk)]}])
    case = outcome.subject
    assert case.state == CaseState.REVIEWING
    assert case.clock.accepted_on == dt.date(2026, 12, 2)
    assert not case.deemed_accepted
    assert case.clock_events.order_by("seq").last().type == "corrected"
    notice = make.paper(case, DocumentKind.ACCEPTANCE)
    assert notice["corrected"] is True
    assert notice["handler"] == desk.clerk.name != applicant.name
    file.refresh_from_db()
    assert (file.owner_kind, file.owner_id) == ("case", case.pk)


def test_ACC_6_a_mere_text_is_no_supply(desk, case):
    case = desk.ask_correction(case)
    with pytest.raises(BadInput) as refused:
        make.do(case, "supply", make.acting(case.submitted_by), supplies=[], note="已经补了")
    assert refused.value.code == "supply_incomplete"


def test_ACC_6_nobody_supplies_a_file_of_another(desk, case):
    case = desk.ask_correction(case)
    line = case.correction.lines.get()
    foreign = make.stored_file(make.citizen())
    with pytest.raises(BadInput):
        make.do(
            case,
            "supply",
            make.acting(case.submitted_by),
            supplies=[{"line": str(line.pk), "files": [str(foreign.pk)]}],
        )


def test_ACC_6_paper_is_counted_by_the_clerk(desk, case):
    case = desk.ask_correction(case)
    line = case.correction.lines.get()
    supplies = [{"line": str(line.pk), "copies": 1}]
    with pytest.raises(BadInput):
        make.do(case, "supply", make.acting(case.submitted_by), supplies=supplies)
    assert make.do(case, "supply", desk.clerk, supplies=supplies).subject.state == CaseState.REVIEWING


def test_files_that_come_one_by_one_count_when_the_supply_is_submitted(desk, case):
    case = desk.ask_correction(case)
    applicant = make.acting(case.submitted_by)
    line = case.correction.lines.get()
    file = make.stored_file(case.submitted_by)
    added = services.add_supply_file(line_id=line.pk, file_id=file.pk, actor=applicant)
    assert services.add_supply_file(line_id=line.pk, file_id=file.pk, actor=applicant) is None
    services.remove_supply_file(material_file_id=added.pk, actor=applicant)
    with pytest.raises(BadInput):
        make.do(case, "supply", applicant)
    services.add_supply_file(line_id=line.pk, file_id=file.pk, actor=applicant)
    assert make.do(case, "supply", applicant).subject.state == CaseState.REVIEWING


def test_ACC_7_acceptance_leaves_no_state_without_its_document(desk, case):
    case = desk.accept(case)
    act = case.acts.get(action="accept")
    assert OfficialDocument.objects.filter(pk=act.document_id, kind=DocumentKind.ACCEPTANCE).exists()


def test_TIM_7_silence_after_a_notice_closes_the_case(desk, case):
    case = desk.ask_correction(case)
    # 15 calendar days from Monday 11-23 are Tuesday 12-08.
    assert case.clock.correction_due_on == dt.date(2026, 12, 8)
    with clock.shifted(make.at("2026-12-08 23:00")):
        assert services.sweep(10) == 0
    with clock.shifted(make.at("2026-12-20 10:00")):
        assert services.sweep(10) == 1
    case.refresh_from_db()
    assert (case.state, case.closed_at) == (CaseState.LAPSED, make.at("2026-12-09 00:00"))
    assert case.clock_events.order_by("seq").last().type == "withdrawn"
    assert case.clock.next_check_at is None
    assert not case.clock.open


def test_TIM_7_a_period_that_ends_on_a_holiday_moves_to_the_next_working_day(desk):
    with clock.shifted(make.at("2026-12-18 09:00")):  # + 15 days is 2027-01-02, a Saturday
        case = desk.ask_correction(make.online_case(make.item(desk.department)))
    assert case.clock.correction_due_on == dt.date(2027, 1, 4)


def test_TIM_7_a_supply_after_the_period_is_too_late_without_any_sweep(desk, case):
    case = desk.ask_correction(case)
    with clock.shifted(make.at("2026-12-09 08:00")), pytest.raises(WrongState):
        make.do(case, "supply", make.acting(case.submitted_by))
    case.refresh_from_db()
    assert case.state == CaseState.LAPSED


def test_material_checks_end_with_acceptance(desk, case):
    material = case.materials.first()
    desk.accept(case)
    with pytest.raises(WrongState):
        services.record_material_check(material_id=material.pk, actor=desk.clerk, conclusion="complete")
    with pytest.raises(BadInput):
        services.record_material_check(material_id=material.pk, actor=desk.clerk, conclusion="incomplete")


def test_a_reviewer_marks_what_was_seen(desk, case):
    case = desk.accept(case)
    material = case.materials.first()
    assert services.mark_material_seen(material_id=material.pk, actor=desk.reviewer).seen_by_reviewer_at == clock.now()
    assert CaseMaterial.objects.filter(seen_by_reviewer_at__isnull=False).count() == 1


def test_the_same_key_does_an_act_once(desk, case):
    from uuid import uuid4

    make.check_materials(case)
    key = uuid4()
    first = services.apply(case_id=case.pk, action="accept", actor=desk.clerk, key=key)
    second = services.apply(case_id=case.pk, action="accept", actor=desk.clerk, key=key)
    assert (first.repeated, second.repeated) == (False, True)
    assert Act.objects.filter(case=case, action="accept").count() == 1
    with pytest.raises(BadInput):
        services.apply(case_id=case.pk, action="withdraw", actor=desk.clerk, key=key)
    assert case.clock.level == ClockLevel.NONE
