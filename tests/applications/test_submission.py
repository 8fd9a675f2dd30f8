"""How a case begins: drafts, submission online, receipt in the hall, numbers and query codes."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from applications import services
from applications.models import Case, CaseNumberCounter, CaseSearch, Draft
from applications.services import numbers
from catalog.models import MaterialRequirement
from portal import clock
from portal.privacy.identifiers import has_valid_check
from portal.web.errors import BadInput, NotAllowed, NotFound, WrongState
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    return make.Desk()


@pytest.fixture
def draft(desk):
    """A draft that lacks nothing."""
    edition = make.item(desk.department)
    user = make.citizen()
    actor = make.acting(user)
    draft = services.begin_draft(edition=edition, actor=actor)
    services.save_draft(
        draft_id=draft.pk,
        actor=actor,
        step="details",
        contact_phone="13900000000",
        details={"scope": "餐饮"},
        delivery_method="direct",
    )
    for requirement in edition.materials.filter(necessity="required"):
        services.attach_to_draft(
            draft_id=draft.pk, requirement_id=requirement.pk, file=make.stored_file(user), actor=actor
        )
    draft.refresh_from_db()
    return draft


def submit(draft, **more):
    return services.submit_draft(**{"draft_id": draft.pk, "actor": make.acting(draft.user), "declared": True} | more)


def test_a_submitted_draft_is_one_case_however_often_it_is_clicked(draft):
    first, second = submit(draft), submit(draft)
    assert (first.repeated, second.repeated) == (False, True)
    assert first.case.pk == second.case.pk
    assert Case.objects.count() == 1
    case = first.case
    assert (case.subject, case.applicant_name) == ("餐饮", draft.user.person.name)
    assert case.materials.filter(files__isnull=False).count() == 2
    assert CaseSearch.objects.filter(case=case, bigrams__contains=["餐饮"]).exists()
    receipt = make.paper(case, "receipt")
    assert (receipt["query_code"], receipt["case_number"]) == (case.query_code, case.number)
    assert receipt["acceptance_due_on"] == "2026-11-30"


def test_APP_6_the_truth_of_the_materials_is_declared(draft):
    with pytest.raises(BadInput) as refused:
        submit(draft, declared=False)
    assert refused.value.code == "declaration_required"
    assert submit(draft).case.declared_at == clock.now()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"contact_phone": " "}, "contact_phone"),
        ({"delivery_method": "pigeon"}, "delivery_method"),
        ({"delivery_method": "post"}, "address"),
        ({"details": {"scope": ""}}, "scope"),
        ({"details": {"other": "x"}}, "other"),
        ({"details": {"scope": 7}}, "scope"),
        ({"details": {"scope": "长" * 51}}, "scope"),
    ],
)
def test_what_is_missing_is_named_at_its_field(draft, fields, field):
    services.save_draft(draft_id=draft.pk, actor=make.acting(draft.user), step="details", **fields)
    with pytest.raises(BadInput) as refused:
        submit(draft)
    assert refused.value.field == field


def test_required_materials_are_uploaded_first(draft):
    services.detach_from_draft(draft_id=draft.pk, material_id=draft.materials.first().pk, actor=make.acting(draft.user))
    with pytest.raises(BadInput) as refused:
        submit(draft)
    assert refused.value.code == "materials_missing"


def test_nobody_opens_the_draft_of_another(draft):
    stranger = make.acting(make.citizen())
    with pytest.raises(NotFound):
        services.save_draft(draft_id=draft.pk, actor=stranger, step="details", address="x")
    with pytest.raises(NotFound):
        services.submit_draft(draft_id=draft.pk, actor=stranger, declared=True)


def test_staff_accounts_never_apply(desk):
    with pytest.raises(NotAllowed):
        services.begin_draft(edition=make.item(desk.department), actor=make.acting(desk.clerk_staff))


def test_a_draft_follows_the_edition_in_force_and_says_from_which(draft):
    old = draft.edition
    with clock.shifted(make.at("2026-11-24 09:00")):
        old.effective_until = dt.date(2026, 11, 24)
        old.save()
        make.item(old.department, item=old.item, version=2, effective_from=dt.date(2026, 11, 24), name="新名称")
        with pytest.raises(WrongState) as refused:
            submit(draft)
        assert refused.value.code == "edition_changed"
        moved = services.follow_edition(draft_id=draft.pk, actor=make.acting(draft.user))
        assert (moved.edition.version, moved.edition_changed_from) == (2, 1)
        assert moved.materials.count() == 2
        assert submit(Draft.objects.get(pk=draft.pk)).case.edition.version == 2


def test_a_case_keeps_its_edition_for_life(desk):
    edition = make.item(desk.department)
    case = make.online_case(edition)
    edition.effective_until = dt.date(2026, 11, 24)
    edition.save()
    with clock.shifted(make.at("2026-11-25 09:00")):
        assert desk.accept(case).edition_id == edition.pk


def test_a_firm_is_acted_for_by_its_representative_and_mandataries_only(desk):
    edition = make.item(desk.department)
    firm = make.legal_person()
    agent, stranger = make.citizen(), make.citizen()
    make.mandate(agent.person, firm)
    for user, allowed in ((make.user(firm.representative), True), (agent, True), (stranger, False)):
        actor = make.acting(user)
        draft = services.begin_draft(edition=edition, actor=actor)
        if not allowed:
            with pytest.raises(NotAllowed):
                services.save_draft(draft_id=draft.pk, actor=actor, step="applicant", legal_person=firm)
        else:
            saved = services.save_draft(draft_id=draft.pk, actor=actor, step="applicant", legal_person=firm)
            assert saved.legal_person == firm


def test_an_unverified_person_sees_only_own_submissions(desk):
    from applications.queries import cases_of_applicant

    user = make.citizen(verified=False)
    edition = make.item(desk.department)
    own = make.online_case(edition, user)
    received = services.receive_in_hall(**hall(desk, edition, person_id=user.person.pk))
    assert list(cases_of_applicant(make.acting(user), clock.today())) == [own]
    user.person.verified_at = clock.now()
    user.person.save()
    assert set(cases_of_applicant(make.acting(user), clock.today())) == {own, received.case}


def hall(desk, edition, **more):
    materials = [{"requirement": str(m.pk), "originals": 1, "original_seen": True} for m in edition.materials.all()]
    return {
        "key": uuid4(),
        "actor": desk.clerk,
        "edition_id": edition.pk,
        "contact_phone": "13900000000",
        "delivery_method": "direct",
        "declared": True,
        "details": {"scope": "餐饮"},
        "materials": materials,
    } | more


def test_the_hall_makes_the_same_case_with_clerk_window_and_counts(desk):
    edition = make.item(desk.department)
    window = make.window(desk.department)
    given = hall(desk, edition, person_id=make.person("张三丰").pk, window_id=window.pk)
    first, second = services.receive_in_hall(**given), services.receive_in_hall(**given)
    assert (first.repeated, second.repeated, Case.objects.count()) == (False, True, 1)
    case = first.case
    assert (case.channel, case.clerk_id, case.window) == ("hall", desk.clerk.user_id, window)
    assert set(case.materials.values_list("originals_received", "original_seen")) == {(1, True)}
    assert make.paper(case, "receipt")["receiver"] == desk.clerk.name
    assert desk.deliver(desk.conclude(desk.grant(desk.review(desk.accept(case))))).state == "concluded"


def test_a_clerk_receives_only_for_the_departments_of_the_grant(desk):
    foreign = make.item()
    with pytest.raises(NotAllowed):
        services.receive_in_hall(**hall(desk, foreign, person_id=make.person().pk))
    everywhere = make.acting(desk.clerk_staff, *make.HOLDERS["window_clerk"], everywhere=True)
    services.receive_in_hall(**hall(desk, foreign, person_id=make.person().pk, actor=everywhere))


@pytest.mark.parametrize(
    "wrong", [{"declared": False}, {"materials": [{"requirement": str(uuid4())}]}, {"person_id": None}]
)
def test_the_hall_refuses_what_is_not_an_application(desk, wrong):
    edition = make.item(desk.department)
    with pytest.raises(BadInput):
        services.receive_in_hall(**hall(desk, edition, **{"person_id": make.person().pk} | wrong))
    assert not CaseNumberCounter.objects.exclude(last=0).exists()


def test_the_hall_clerk_is_never_the_approver(desk):
    edition = make.item(desk.department)
    case = services.receive_in_hall(**hall(desk, edition, person_id=make.person().pk)).case
    other = make.acting(make.staff(desk.department), *make.HOLDERS["window_clerk"])
    make.check_materials(case)
    case = desk.review(make.do(case, "accept", other).subject)
    with pytest.raises(NotAllowed):
        make.do(case, "grant", make.acting(desk.clerk_staff, *make.HOLDERS["approver"]), opinion="同意")


def received_without_original(desk, edition, **of_first):
    given = hall(desk, edition, person_id=make.person().pk)
    given["materials"][0] |= {"originals": 0, "copies": 1} | of_first
    case = services.receive_in_hall(**given).case
    make.check_materials(case)
    return case


def test_ACC_6_the_hall_accepts_only_when_the_originals_that_the_item_requires_are_counted(desk):
    edition = make.item(desk.department)
    case = received_without_original(desk, edition)
    material = case.materials.order_by("position").first()
    with pytest.raises(WrongState, match=f"还没有登记收到原件：“{material.name}”"):
        make.do(case, "accept", desk.clerk)
    services.record_material_check(
        material_id=material.pk, actor=desk.clerk, conclusion="complete", original_seen=True, originals=1
    )
    assert make.do(case, "accept", desk.clerk).subject.state == "reviewing"


@pytest.mark.parametrize(
    "wanted",
    [
        {"originals": 0, "copies": 1},
        {"originals": 1, "form": "electronic"},
        {"originals": 1, "necessity": "conditional", "condition": "需要时"},
    ],
)
def test_ACC_6_no_original_is_counted_that_the_item_does_not_always_require_on_paper(desk, wanted):
    edition = make.item(desk.department, materials=())
    MaterialRequirement.objects.create(
        edition=edition,
        position=1,
        code="M01",
        name="材料1",
        source="applicant",
        issuer="申请人",
        **{"necessity": "required", "form": "both"} | wanted,
    )
    assert make.do(received_without_original(desk, edition), "accept", desk.clerk).subject.state == "reviewing"


def test_ACC_6_an_online_case_needs_no_original_on_paper(desk):
    case = make.online_case(make.item(desk.department))
    make.check_materials(case)
    assert make.do(case, "accept", desk.clerk).subject.state == "reviewing"


def test_ACC_5_silence_accepts_without_originals_too(desk):
    case = received_without_original(desk, make.item(desk.department))
    with clock.shifted(make.at("2026-12-01 09:00")):
        services.sweep(100)
    case.refresh_from_db()
    assert case.deemed_accepted


def test_a_hall_case_is_withdrawn_by_the_clerk_with_the_reason(desk):
    edition = make.item(desk.department)
    case = services.receive_in_hall(**hall(desk, edition, person_id=make.person().pk)).case
    with pytest.raises(BadInput):
        make.do(case, "withdraw", desk.clerk)
    assert make.do(case, "withdraw", desk.clerk, reason="申请人书面撤回").subject.state == "withdrawn"


def test_numbers_run_by_department_and_day_with_a_check_character(desk):
    edition = make.item(desk.department)
    cases = [make.online_case(edition) for _ in range(3)]
    assert [case.number[17:22] for case in cases] == ["00001", "00002", "00003"]
    assert all(len(case.number) == 23 and has_valid_check(case.number) for case in cases)
    assert cases[0].number.startswith(f"140600{desk.department.number}20261123")
    with clock.shifted(make.at("2026-11-24 00:00")):
        assert make.online_case(edition).number[9:22] == "2026112400001"
    assert len({case.query_code for case in cases}) > 1
    assert all(len(case.query_code) == 6 and case.query_code.isdigit() for case in cases)
    assert numbers.compose("012", dt.date(2026, 11, 23), 1).startswith("1406000122026112300001")


def test_the_progress_opens_by_number_and_code_together(desk):
    from applications.queries import case_by_number

    case = make.online_case(make.item(desk.department))
    assert case_by_number(case.number, case.query_code) == case
    assert case_by_number(case.number, "000000" if case.query_code != "000000" else "1") is None
    assert case_by_number("140600", case.query_code) is None
