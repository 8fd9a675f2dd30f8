"""What a change of the catalogue does to open cases and drafts on its day (plan 三(三)1; domain 0.16)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from applications.models import Case, Draft, DraftMaterial
from applications.services import nightly
from applications.services.drafts import begin_draft
from applications.services.moving import on_item_changed
from applications.states import CaseState
from catalog.hooks import ItemChanged
from catalog.models import ItemChange, ItemEdition
from catalog.states import ChangeKind, ChangeState, OpenCases
from portal import clock
from portal.documents.models import OfficialDocument
from portal.messaging.models import Message
from portal.web.checks import Scope
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> make.Desk:
    return make.Desk()


def changed(
    desk: make.Desk, edition: ItemEdition, kind: ChangeKind, open_cases: OpenCases, **more: Any
) -> ItemChanged:
    """A change of the item that takes effect now."""
    now = clock.now()
    change = ItemChange.objects.create(
        kind=kind,
        state=ChangeState.SCHEDULED,
        item=edition.item,
        item_key=edition.item_id,
        department=desk.department,
        name="演示许可",
        reason="职责调整",
        basis="演示文件",
        effective_on=clock.today(),
        open_cases=open_cases,
        created_at=now,
        drafter=desk.clerk_staff.user,
        edited_at=now,
        edited_by=desk.clerk_staff.user,
    )
    told = ItemChanged(
        change_id=change.pk,
        kind=change.kind,
        item_ids=(edition.item_id,),
        on=clock.today(),
        open_cases=open_cases,
        receiving_department_id=None,
        edition_id=None,
    )
    return replace(told, **more)


@pytest.mark.parametrize("state", ["received", "correcting", "reviewing", "approving", "granted"])
def test_an_open_case_goes_to_the_receiving_department_as_it_is(desk: make.Desk, state: str) -> None:
    receiver, citizen = make.department(), make.citizen()
    case = desk.bring_to(make.online_case(make.item(desk.department), citizen), state)
    due = case.clock.promised_due_on
    on_item_changed(
        changed(desk, case.edition, ChangeKind.TRANSFER, OpenCases.HAND_OVER, receiving_department_id=receiver.pk)
    )
    moved = Case.objects.select_related("clock").get(pk=case.pk)
    assert (moved.department, moved.clock.department, moved.state) == (receiver, receiver, state)
    assert moved.edition_id == case.edition_id and moved.clock.promised_due_on == due
    assert set(moved.tasks.filter(done_at=None).values_list("department", flat=True)) <= {receiver.pk}
    act = moved.acts.latest("seq")
    assert (act.action, act.by_law) == ("hand_over", True) and receiver.name in act.note
    assert Message.objects.filter(user=citizen, kind="case_handed_over").exists()


def test_cases_that_are_over_and_other_items_stay(desk: make.Desk) -> None:
    receiver = make.department()
    over = desk.bring_to(make.online_case(make.item(desk.department)), "withdrawn")
    other = desk.bring_to(make.online_case(make.item(desk.department)), "reviewing")
    on_item_changed(
        changed(desk, over.edition, ChangeKind.TRANSFER, OpenCases.HAND_OVER, receiving_department_id=receiver.pk)
    )
    assert not Case.objects.filter(department=receiver).exists()
    assert other.acts.filter(action="hand_over").count() == 0


@pytest.mark.parametrize("state", ["received", "correcting", "reviewing", "approving"])
def test_an_open_case_of_an_abolished_item_ends_with_a_notice_and_remedies(desk: make.Desk, state: str) -> None:
    case = desk.bring_to(make.online_case(make.item(desk.department)), state)
    on_item_changed(changed(desk, case.edition, ChangeKind.ABOLITION, OpenCases.CLOSE))
    ended = Case.objects.select_related("clock").get(pk=case.pk)
    assert ended.state == CaseState.TERMINATED and ended.closed_at is not None and not ended.clock.open
    paper = make.paper(case, "termination")
    assert "职责调整" in paper["reason"] and "60日" in paper["remedies"]
    assert "终" in OfficialDocument.objects.get(subject_id=case.pk, kind="termination").number


def test_done_twice_it_is_done_once(desk: make.Desk) -> None:
    case = desk.bring_to(make.online_case(make.item(desk.department)), "reviewing")
    change = changed(desk, case.edition, ChangeKind.ABOLITION, OpenCases.CLOSE)
    on_item_changed(change)
    on_item_changed(change)
    assert case.acts.filter(action="terminate").count() == 1


def test_cases_go_on_under_their_edition_unless_decided_otherwise(desk: make.Desk) -> None:
    case = desk.bring_to(make.online_case(make.item(desk.department)), "reviewing")
    on_item_changed(changed(desk, case.edition, ChangeKind.ABOLITION, OpenCases.CONTINUE))
    case.refresh_from_db()
    assert case.state == "reviewing" and case.acts.count() == case.acts.exclude(action="terminate").count()


def test_a_merger_leads_drafts_to_the_new_item_with_their_materials(desk: make.Desk) -> None:
    old, new, citizen = make.item(desk.department), make.item(desk.department), make.citizen()
    draft = begin_draft(edition=old, actor=make.acting(citizen))
    first, second = list(old.materials.order_by("position"))[:2]
    files = [make.stored_file(citizen) for _ in range(2)]
    for requirement, file in zip((first, second), files, strict=True):
        DraftMaterial.objects.create(draft=draft, requirement=requirement, file=file, added_at=clock.now())
    on_item_changed(
        changed(
            desk,
            old,
            ChangeKind.MERGER,
            OpenCases.CONTINUE,
            edition_id=new.pk,
            materials={old.item_id: {first.code: "M03", second.code: "M99"}},
        )
    )
    led = Draft.objects.get(pk=draft.pk)
    assert led.edition_id == new.pk and led.edition_changed_from == old.version
    assert [material.requirement.code for material in led.materials.all()] == ["M03"]


def test_what_moved_is_found_consistent(desk: make.Desk) -> None:
    receiver = make.department()
    first = desk.bring_to(make.online_case(make.item(desk.department)), "approving")
    second = desk.bring_to(make.online_case(make.item(desk.department)), "reviewing")
    on_item_changed(
        changed(desk, first.edition, ChangeKind.TRANSFER, OpenCases.HAND_OVER, receiving_department_id=receiver.pk)
    )
    on_item_changed(changed(desk, second.edition, ChangeKind.ABOLITION, OpenCases.CLOSE))
    assert [*nightly.check_paths(Scope()), *nightly.check_data(Scope())] == []
