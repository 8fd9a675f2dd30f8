"""A change from its first word to its day: the table, its guards, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from catalog import contents
from catalog.models import ItemChange, ItemEdition, ItemSearch, ServiceItem
from catalog.queries import edition_in_force, editions_in_force
from catalog.search import find_items
from catalog.services import changes
from catalog.services.changes import Overtaken
from catalog.services.publishing import load_items
from catalog.shape import SECTIONS, Section
from catalog.states import ChangeKind, ChangeState
from catalog.transitions import TABLE
from portal import clock
from portal.ledger.models import LedgerEvent
from portal.messaging.models import Message
from portal.web.errors import BadInput, DomainError, NotAllowed, NotFound, WrongState
from tests.catalog.city import City, act, begin, city, frame, item, on_agenda, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def people(db: None) -> City:
    return city()


def section(code: str) -> Section:
    return next(each for each in SECTIONS if each.code == code)


def shorten(of: City, change: ItemChange, days: int) -> None:
    limits = change.content["limits"] | {"promised": {"n": days, "unit": "workday"}}
    flow = [link | {"limit": None} for link in change.content["flow"]]
    for code, values in (("limits", {"limits": limits}), ("flow", {"flow": flow})):
        changes.save_section(
            change_id=change.pk,
            section=section(code),
            values=values,
            digest=changes.digest_of(change, section(code)),
            actor=of.editor,
        )
    change.refresh_from_db()


def new_item(of: City, name: str = "小餐饮店登记") -> ItemChange:
    """A new item with everything that the gate asks for, as the food permit has it."""
    change = begin(of, ChangeKind.NEW, None, name=name)
    food = contents.draft_of(contents.of_edition(item().editions.get().pk))
    ItemChange.objects.filter(pk=change.pk).update(
        content=food | {"name": name, "basic_code": "", "number": None}, name=name
    )
    change.refresh_from_db()
    return frame(of, change)


def test_the_table_contradicts_itself_nowhere() -> None:
    assert TABLE.faults() == []


def test_a_shorter_promise_is_verified_published_and_in_force_on_its_day(people: City, frozen_clock: Any) -> None:
    change = frame(people, begin(people))
    shorten(people, change, 5)
    submitted(people, change)
    act(change, "verify_and_publish", people.office)
    change.refresh_from_db()
    today = clock.today()
    assert change.state == ChangeState.SCHEDULED and change.edition is not None
    assert edition_in_force(item().basic_code, today).promised_n == 10
    assert edition_in_force(item().basic_code, today + dt.timedelta(days=7)).promised_n == 5
    assert changes.take_effect_due() == 0
    with frozen_clock(clock.now() + dt.timedelta(days=7)):
        assert changes.take_effect_due() == 1
        assert changes.take_effect_due() == 0
    change.refresh_from_db()
    assert change.state == ChangeState.IN_FORCE
    events = LedgerEvent.objects.filter(subject=item().pk).order_by("seq")
    assert [event.kind.rpartition(".")[2] for event in events][1:] == [
        "begin", "hand_up", "submit", "verify_and_publish", "take_effect",
    ]  # fmt: skip
    assert [act.action for act in change.acts.all()] == [
        "begin", "hand_up", "submit", "verify_and_publish", "take_effect",
    ]  # fmt: skip


def test_an_item_with_several_editions_is_found_once_by_what_it_says_today(people: City, frozen_clock: Any) -> None:
    change = frame(people, begin(people), effective_on=clock.today() + dt.timedelta(days=1))
    changes.save_section(
        change_id=change.pk,
        section=section("basics"),
        values={"name": "食品经营许可（新版）"},
        digest=changes.digest_of(change, section("basics")),
        actor=people.editor,
    )
    submitted(people, change)
    act(change, "verify_and_publish", people.office)

    def found() -> list[str]:
        hits = find_items("食品经营许可", on=clock.today(), audience="firm").hits
        return [hit.edition.name for hit in hits if hit.edition.item_id == item().pk]

    assert found() == ["食品经营许可"]
    with frozen_clock(clock.now() + dt.timedelta(days=1)):
        changes.take_effect_due()
        assert found() == ["食品经营许可（新版）"]


def test_what_is_published_for_today_is_in_force_at_once(people: City) -> None:
    change = frame(people, begin(people), effective_on=clock.today())
    shorten(people, change, 5)
    submitted(people, change)
    act(change, "verify_and_publish", people.office)
    change.refresh_from_db()
    assert change.state == ChangeState.IN_FORCE
    assert edition_in_force(item().basic_code, clock.today()).promised_n == 5


def test_a_meeting_approves_returns_and_strikes_a_batch_of_three(people: City, frozen_clock: Any) -> None:
    new, second, third = (new_item(people, name) for name in ("小餐饮店登记", "小食杂店登记", "食品摊点备案"))
    for place, change in enumerate((new, second, third)):
        submitted(people, change)
        act(change, "verify", people.office, basic_code=f"14012390000{place}")
    on_agenda(people, new, second, third)
    act(new, "approve", people.government)
    act(second, "return_by_meeting", people.government, reason="与个体工商户登记的关系要说清楚")
    act(third, "strike", people.government, reason="由县（区）办理")
    states = [ItemChange.objects.get(pk=each.pk).state for each in (new, second, third)]
    assert states == [ChangeState.SCHEDULED, ChangeState.DRAFTING, ChangeState.STRUCK]
    made = ServiceItem.objects.get(basic_code="140123900000")
    assert made.pk == new.item_key and made.number == 55
    assert not ItemSearch.objects.filter(item=made).exists()
    with frozen_clock(clock.now() + dt.timedelta(days=7)):
        changes.take_effect_due()
        assert editions_in_force(clock.today()).filter(item=made).exists()
    assert ItemSearch.objects.filter(item=made).exists()


def test_abolishing_ends_the_edition_and_the_search_on_its_day(people: City, frozen_clock: Any) -> None:
    change = frame(people, begin(people, ChangeKind.ABOLITION))
    submitted(people, change)
    act(change, "verify", people.office)
    on_agenda(people, change)
    act(change, "approve", people.government)
    assert edition_in_force(item().basic_code, clock.today())
    with frozen_clock(clock.now() + dt.timedelta(days=7)):
        changes.take_effect_due()
        with pytest.raises(NotFound):
            edition_in_force(item().basic_code, clock.today())
    assert item().status == ServiceItem.Status.ABOLISHED
    assert not ItemSearch.objects.filter(item=item()).exists()


def test_a_transfer_carries_the_item_to_the_receiving_department(people: City) -> None:
    receiver = people.stranger and ServiceItem.objects.exclude(department=people.department).first().department
    change = begin(people, ChangeKind.TRANSFER)
    frame(people, change, effective_on=clock.today(), receiving_department_id=receiver.pk)
    submitted(people, change)
    act(change, "verify", people.office)
    on_agenda(people, change)
    act(change, "approve", people.government)
    moved = item()
    assert moved.department == receiver
    assert moved.implementation_code.startswith(receiver.uscc) and len(moved.implementation_code) == 31
    assert edition_in_force(moved.basic_code, clock.today()).department == receiver


def test_a_merger_ends_the_old_items_and_begins_one(people: City) -> None:
    change = new_item(people, "食品药品经营联合许可")
    ItemChange.objects.filter(pk=change.pk).update(kind=ChangeKind.MERGER)
    old = [item(26), item(27)]
    changes.choose_merged(change_id=change.pk, actor=people.editor, items=old)
    frame(people, change, effective_on=clock.today())
    submitted(people, change)
    act(change, "verify", people.office, basic_code="140123900009")
    on_agenda(people, change)
    act(change, "approve", people.government)
    assert {item(26).status, item(27).status} == {ServiceItem.Status.ABOLISHED}
    assert edition_in_force("140123900009", clock.today()).name == "食品药品经营联合许可"


# --- wrong input, wrong people -------------------------------------------------------------------------


def test_an_incomplete_draft_is_not_handed_up_and_says_what_is_missing(people: City) -> None:
    change = begin(people, ChangeKind.NEW, None, name="小餐饮店登记")
    with pytest.raises(WrongState, match="变更理由"):
        act(change, "hand_up", people.editor)
    frame(people, change)
    with pytest.raises(WrongState, match="请选择办理结果，结果类型"):
        act(change, "hand_up", people.editor)


def test_nobody_verifies_what_they_drafted(people: City) -> None:
    change = submitted(people, frame(people, begin(people)))
    ItemChange.objects.filter(pk=change.pk).update(drafter_id=people.office.user_id)
    with pytest.raises(NotAllowed, match="不能由您核定"):
        act(change, "verify_and_publish", people.office)


def test_another_department_does_not_see_a_change(people: City) -> None:
    change = begin(people)
    for attempt in (
        lambda: act(change, "hand_up", people.stranger),
        lambda: changes.offers(change, people.stranger),
        lambda: changes.begin(
            actor=people.stranger,
            department=people.department,
            kind=ChangeKind.ELEMENTS,
            key=uuid4(),
            item=item(),
        ),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            attempt()
    own = people.stranger
    with pytest.raises(NotFound):
        changes.begin(
            actor=own,
            department=ServiceItem.objects.filter(department__number="012").first().department,
            kind=ChangeKind.ELEMENTS,
            key=uuid4(),
            item=item(),
        )


def test_a_day_in_the_past_is_refused_at_publication(people: City, frozen_clock: Any) -> None:
    change = submitted(people, frame(people, begin(people)))
    with frozen_clock(clock.now() + dt.timedelta(days=30)):
        with pytest.raises(BadInput, match="生效日期已经过了"):
            act(change, "verify_and_publish", people.office)
        act(change, "verify_and_publish", people.office, effective_on=clock.today())
    assert ItemEdition.objects.filter(item=item()).count() == 2


def test_two_changes_of_one_item_at_a_time_are_refused(people: City) -> None:
    begin(people)
    with pytest.raises(WrongState, match="有一项变更正在办理"):
        begin(people, ChangeKind.ABOLITION)


def test_the_same_click_begins_one_change(people: City) -> None:
    key = uuid4()
    made = [
        changes.begin(actor=people.editor, department=people.department, kind=ChangeKind.ELEMENTS, key=key, item=item())
        for _ in range(2)
    ]
    assert made[0].pk == made[1].pk and ItemChange.objects.count() == 1


def test_an_overtaken_section_is_not_lost_and_not_overwritten(people: City) -> None:
    change = begin(people)
    place = section("place")
    digest = changes.digest_of(change, place)
    changes.save_section(
        change_id=change.pk, section=place, values={"hours": "工作日 8:30–12:00"}, digest=digest, actor=people.colleague
    )
    with pytest.raises(Overtaken) as overtaken:
        changes.save_section(
            change_id=change.pk,
            section=place,
            values={"hours": "工作日 9:00–17:00"},
            digest=digest,
            actor=people.editor,
        )
    assert overtaken.value.theirs["hours"] == "工作日 8:30–12:00"
    changes.save_section(
        change_id=change.pk,
        section=place,
        values={"hours": "工作日 9:00–17:00"},
        digest=overtaken.value.digest,
        actor=people.editor,
    )
    change.refresh_from_db()
    assert change.content["hours"] == "工作日 9:00–17:00"


def test_another_section_saved_meanwhile_is_no_conflict(people: City) -> None:
    change = begin(people)
    basics, place = section("basics"), section("place")
    digests = [changes.digest_of(change, each) for each in (basics, place)]
    changes.save_section(
        change_id=change.pk, section=place, values={"hours": "全天"}, digest=digests[1], actor=people.colleague
    )
    changes.save_section(
        change_id=change.pk, section=basics, values={"authority": "市级"}, digest=digests[0], actor=people.editor
    )
    change.refresh_from_db()
    assert (change.content["hours"], change.content["authority"]) == ("全天", "市级")


def test_remarks_are_answered_before_the_draft_goes_up_again(people: City) -> None:
    change = submitted(people, frame(people, begin(people)))
    remark = changes.remark(change_id=change.pk, actor=people.office, place="materials.M03", text="写明比例尺")
    act(change, "return", people.office, reason="见核定意见")
    with pytest.raises(WrongState, match="1 条核定意见还没有答复"):
        act(change, "hand_up", people.editor)
    changes.answer_remark(remark_id=remark.pk, actor=people.editor, answer="已在受理标准中写明")
    submitted(people, change)
    act(change, "verify_and_publish", people.office)


def test_a_change_reported_late_is_marked(people: City) -> None:
    early, late = frame(people, begin(people)), begin(people, number=27)
    frame(people, late, occurred_on=clock.today() - dt.timedelta(days=60))
    for change in (early, late):
        submitted(people, change)
        change.refresh_from_db()
    assert (early.reported_late, late.reported_late) == (False, True)


def test_the_files_rule_no_item_that_the_city_has_changed(people: City) -> None:
    change = frame(people, begin(people), effective_on=clock.today())
    shorten(people, change, 5)
    submitted(people, change)
    act(change, "verify_and_publish", people.office)
    assert load_items(first_effective_from=dt.date(2015, 10, 1)).renewed == 0
    assert edition_in_force(item().basic_code, clock.today()).promised_n == 5


def test_whose_work_it_is_next_is_told(people: City) -> None:
    change = frame(people, begin(people))
    submitted(people, change)
    told = {message.user_id: message.title for message in Message.objects.filter(kind="item_change")}
    assert told[people.head.user_id].startswith("交负责人")
    assert told[people.office.user_id].startswith("提交编办核定")
    assert people.editor.user_id not in told


@pytest.mark.parametrize("transition", TABLE.transitions, ids=lambda each: each.action)
def test_every_act_is_refused_from_every_other_state(people: City, transition: Any) -> None:
    change = begin(people)
    actors = [people.editor, people.head, people.office, people.government]
    for state in sorted(set(TABLE.states) - transition.sources):
        ItemChange.objects.filter(pk=change.pk).update(state=state, effective_on=clock.today())
        for actor in actors:
            with pytest.raises(DomainError):
                act(change, transition.action, actor, reason="演示")
    assert change.acts.count() == 1
