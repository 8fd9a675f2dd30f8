"""The engine that runs a table of transitions, with a toy process and the real ledger."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from portal import clock
from portal.ledger.models import LedgerEvent
from portal.outbox.models import Job
from portal.transitions import engine
from portal.web.errors import BadInput, DomainError, NotAllowed, NotFound, WrongState
from portal.web.grants import SYSTEM_ACTOR
from tests.portal.transitions.toy import APPLICANT, APPROVER, CLERK, STRANGER, TABLE, ToyProcess, new_row

PROCESS = ToyProcess()
ACTORS = {"applicant": APPLICANT, "clerk": CLERK, "approver": APPROVER, "stranger": STRANGER, "system": SYSTEM_ACTOR}
MAY = {
    "accept": {"clerk"},
    "deem": {"system"},
    "remark": {"clerk", "applicant"},
    "grant": {"approver"},
    "refuse": {"approver"},
    "withdraw": {"applicant"},
}


def act(row, action, actor, key=None, **data):
    return engine.apply(PROCESS, row.pk, action, actor, key=key or uuid4(), data=data)


def events(row):
    return list(LedgerEvent.objects.filter(subject=row.pk))


@pytest.mark.django_db
def test_an_act_changes_the_state_runs_its_effects_and_leaves_one_event():
    row = new_row()
    key = uuid4()
    outcome = act(row, "accept", CLERK, key)
    row.refresh_from_db()
    assert (row.last_error, row.payload["effects"]) == ("accepted", ["accept"])
    assert (outcome.repeated, outcome.results) == (False, {"noted": "accept"})
    [event] = events(row)
    assert (event.kind, event.actor, event.key) == ("toy.accept", str(CLERK.user_id), key)
    assert event.data == {"from": "received", "to": "accepted", "reason": ""}
    assert (outcome.entry.id, outcome.entry.mark) == (event.id, event.mark)


@pytest.mark.django_db
def test_the_same_key_twice_does_it_once():
    row, key = new_row(), uuid4()
    first, again = act(row, "accept", CLERK, key), act(row, "accept", CLERK, key)
    assert again.repeated
    assert again.entry == first.entry
    assert Job.objects.get(pk=row.pk).payload["effects"] == ["accept"]
    assert len(events(row)) == 1


@pytest.mark.django_db
def test_a_key_of_another_act_is_refused():
    row, key = new_row(), uuid4()
    act(row, "accept", CLERK, key)
    with pytest.raises(BadInput, match="已经提交过别的操作"):
        act(row, "grant", APPROVER, key)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("transition", TABLE.transitions, ids=lambda transition: transition.action)
def test_every_act_from_every_state_by_every_role(transition, who):
    for state in TABLE.states:
        row = new_row(state)
        open_acts = {t.action for t in engine.allowed(PROCESS, row, ACTORS[who], clock.now())}
        if who not in MAY[transition.action]:
            expected = NotAllowed
        elif state not in transition.sources:
            expected = WrongState
        else:
            expected = None
        assert (transition.action in open_acts) is (expected is None)
        if expected is None:
            act(row, transition.action, ACTORS[who], reason="依据不足")
            assert Job.objects.get(pk=row.pk).last_error == (transition.target or state)
            assert len(events(row)) == 1
        else:
            with pytest.raises(expected):
                act(row, transition.action, ACTORS[who], reason="依据不足")
            assert Job.objects.get(pk=row.pk).last_error == state
            assert events(row) == []


@pytest.mark.django_db
def test_a_wrong_state_is_said_in_words():
    with pytest.raises(WrongState, match="现在的状态是“准予”，不能办理“受理”"):
        act(new_row("granted"), "accept", CLERK)


@pytest.mark.django_db
def test_a_guard_holds_on_the_server_and_explains_the_button():
    row = new_row(paper=False)
    with pytest.raises(BadInput, match="材料没有收齐"):
        act(row, "accept", CLERK)
    offers = {offer.transition.action: offer.reason for offer in engine.offers(PROCESS, row, CLERK, clock.now())}
    assert offers == {"accept": "材料没有收齐，不能受理。", "remark": None}
    assert [t.action for t in engine.allowed(PROCESS, row, CLERK, clock.now())] == ["remark"]


@pytest.mark.django_db
def test_an_act_that_needs_a_reason_is_refused_without_one():
    row = new_row("accepted")
    with pytest.raises(BadInput) as refused:
        act(row, "refuse", APPROVER, reason="  ")
    assert refused.value.field == "reason"
    act(row, "refuse", APPROVER, reason="不符合条件")
    assert events(row)[0].data["reason"] == "不符合条件"


@pytest.mark.django_db
def test_an_unknown_act_or_row_is_a_clear_refusal():
    with pytest.raises(BadInput):
        act(new_row(), "explode", CLERK)
    with pytest.raises(NotFound):
        engine.apply(PROCESS, uuid4(), "accept", CLERK, key=uuid4())


@pytest.mark.django_db
def test_what_the_law_has_done_comes_first_and_stays_when_the_act_is_refused():
    row = new_row()
    with clock.shifted(row.due_at + timedelta(days=1)):
        with pytest.raises(WrongState):
            act(row, "accept", CLERK)
        row.refresh_from_db()
        assert (row.last_error, row.payload) == ("accepted", {"deemed": True})
        assert events(row) == []
        act(row, "grant", APPROVER)
    row.refresh_from_db()
    assert row.last_error == "granted"


@pytest.mark.django_db
def test_the_act_and_what_the_law_did_before_it_are_one_transaction():
    row = new_row()
    with clock.shifted(row.due_at + timedelta(days=1)):
        act(row, "grant", APPROVER)
    row.refresh_from_db()
    assert (row.last_error, row.payload["deemed"]) == ("granted", True)


def race(row, process, acts):
    """Do the acts at once, each after all have read the row where the process does not lock it."""
    done, refused = [], []
    barrier = threading.Barrier(len(acts))

    class Waiting(process):
        def may(self, ctx, transition):
            if not self.locked:
                barrier.wait(timeout=10)
            return super().may(ctx, transition)

    def run(action, actor):
        try:
            if process.locked:
                barrier.wait(timeout=10)
            engine.apply(Waiting(), row.pk, action, actor, key=uuid4(), data={"reason": "x"})
            done.append(action)
        except DomainError as error:
            refused.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused


class Unlocked(ToyProcess):
    locked = False


@pytest.mark.django_db(transaction=True)
def test_two_acts_at_once_both_go_through_without_the_lock():
    done, _refused = race(new_row("accepted"), Unlocked, [("grant", APPROVER), ("refuse", APPROVER)])
    assert sorted(done) == ["grant", "refuse"]


@pytest.mark.django_db(transaction=True)
def test_of_two_acts_at_once_one_is_refused_under_the_lock():
    row = new_row("accepted")
    done, refused = race(row, ToyProcess, [("grant", APPROVER), ("refuse", APPROVER)])
    assert len(done) == 1
    assert refused == [WrongState]
    assert len(events(row)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_click_at_once_is_one_act():
    row, key = new_row(), uuid4()
    outcomes = []
    barrier = threading.Barrier(4)

    def click():
        try:
            barrier.wait(timeout=10)
            outcomes.append(act(row, "accept", CLERK, key))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.repeated for outcome in outcomes) == [False, True, True, True]
    assert len({outcome.entry for outcome in outcomes}) == 1
    assert Job.objects.get(pk=row.pk).payload["effects"] == ["accept"]
