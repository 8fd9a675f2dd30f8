"""Acts that two people can do at once: each test first shows that the race exists without the lock."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from applications import services
from applications.models import Act, Case, CaseNumberCounter
from applications.process import CaseProcess
from applications.queries.cases import JOINED
from applications.services import numbers, submission, sweeping
from applications.transitions import TABLE
from portal import clock
from portal.transitions.engine import Outcome
from portal.web.errors import WrongState
from supervision.models import Signal
from tests import factories as make
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)

#: How long the first waits for a second who, with the lock, cannot come.
PATIENCE = 0.5


def meet(barrier: threading.Barrier) -> None:
    try:
        barrier.wait(timeout=PATIENCE)
    except threading.BrokenBarrierError:
        pass


def is_clean(case: Case, results: list[Any]) -> bool:
    """Each won or was told why not in a sentence, and the acts follow each other as the table has them."""
    told = all(isinstance(each, Outcome | WrongState) for each in results)
    acts = list(case.acts.order_by("seq").values_list("action", "from_state", "to_state"))
    chained = all(before[2] == after[1] for before, after in itertools.pairwise(acts))
    lawful = all(state in TABLE.find(action).sources for action, state, _ in acts[1:])
    won = sum(isinstance(each, Outcome) for each in results)
    # What can lawfully follow the other act, a withdrawal, may be done as well; everything else is done once.
    once = won == 1 or acts[-1][0] == "withdraw"
    return told and chained and lawful and once


@pytest.fixture
def both_read_first(monkeypatch):
    """After reading the case each act waits until the other has read it too, or cannot."""

    lock = CaseProcess.lock

    def arm(*, locked: bool) -> None:
        barrier = threading.Barrier(2)

        def read(self, subject_id):
            if locked:
                case = lock(self, subject_id)
            else:
                case = Case.objects.select_related(*JOINED, "clock").get(pk=subject_id)
            meet(barrier)
            return case

        monkeypatch.setattr(CaseProcess, "lock", read)

    return arm


@pytest.fixture
def desk():
    return make.Desk()


def accept(desk, case):
    return make.do(case, "accept", desk.clerk)


def ask_correction(desk, case):
    first = case.materials.order_by("position").first()
    return make.do(case, "ask_correction", desk.clerk, lines=[{"material": str(first.pk), "what": "请补"}])


def supply(desk, case):
    rows = [{"line": str(line.pk), "copies": 1} for line in case.correction.lines.all()]
    return make.do(case, "supply", desk.clerk, supplies=rows)


def review(desk, case):
    return make.do(case, "review", desk.reviewer, recommendation="grant", opinion="可以")


def pause(desk, case):
    until = clock.today() + dt.timedelta(days=10)
    return make.do(case, "pause", desk.reviewer, procedure="inspection", until=until, reason="检验")


def extend(desk, case):
    return make.do(case, "extend", desk.head, n=5, reason="核实")


def grant(desk, case):
    return make.do(case, "grant", desk.approver, opinion="同意")


def refuse(desk, case):
    return make.do(
        case,
        "refuse",
        desk.approver,
        facts="不符",
        reasons="不合条件",
        legal_basis="《演示法》第一条",
        departure="结论不同",
    )


def conclude(desk, case):
    return make.do(case, "conclude", desk.clerk)


def deliver(desk, case):
    return make.do(case, "deliver", desk.clerk, method="direct", recipient="本人")


def withdraw(desk, case):
    return make.do(case, "withdraw", make.acting(case.submitted_by))


def claim(desk, case):
    return make.do(case, "claim", desk.reviewer)


def claim_by_another(desk, case):
    return make.do(case, "claim", make.acting(make.staff(desk.department), *make.HOLDERS["reviewer"]))


PAIRS = [
    ("received", accept, accept),
    ("received", accept, ask_correction),
    ("received", accept, withdraw),
    ("correcting", supply, supply),
    ("correcting", supply, withdraw),
    ("reviewing", review, review),
    ("reviewing", pause, pause),
    ("reviewing", extend, extend),
    ("reviewing", claim, claim_by_another),
    ("approving", grant, grant),
    ("approving", grant, refuse),
    ("approving", grant, withdraw),
    ("granted", conclude, conclude),
    ("concluded", deliver, deliver),
]


@pytest.mark.parametrize(("state", "one", "other"), PAIRS)
def test_of_two_acts_at_once_one_wins_and_the_other_is_told(desk, both_read_first, state, one, other):
    def case_to_race_for():
        case = desk.bring_to(make.online_case(make.item(desk.department)), state)
        make.check_materials(case)
        return case

    unlocked, locked = case_to_race_for(), case_to_race_for()
    both_read_first(locked=False)
    results = at_once(lambda: one(desk, unlocked), lambda: other(desk, unlocked))
    assert not is_clean(unlocked, results), "no race without the lock"

    both_read_first(locked=True)
    before = locked.acts.count()
    results = at_once(lambda: one(desk, locked), lambda: other(desk, locked))
    assert is_clean(locked, results), results
    won = sum(isinstance(each, Outcome) for each in results)
    assert locked.acts.count() == before + won


def test_the_same_key_twice_at_once_is_one_act(desk, both_read_first):
    case = make.online_case(make.item(desk.department))
    make.check_materials(case)
    key = uuid4()

    def act():
        return services.apply(case_id=case.pk, action="accept", actor=desk.clerk, key=key)

    both_read_first(locked=True)
    results = at_once(act, act)
    assert sorted(result.repeated for result in results) == [False, True]
    assert Act.objects.filter(key=key).count() == 1


def test_numbers_given_at_once_differ_and_have_no_gap(desk, monkeypatch):
    edition = make.item(desk.department)
    day = clock.today()
    barrier = threading.Barrier(2)

    def without_lock(department, on):
        counter, _ = CaseNumberCounter.objects.get_or_create(department=department, day=on)
        last = counter.last
        meet(barrier)
        CaseNumberCounter.objects.filter(pk=counter.pk).update(last=last + 1)
        return numbers.compose(department.number, on, last + 1)

    CaseNumberCounter.objects.create(department=desk.department, day=day)
    real = numbers.allocate
    monkeypatch.setattr(numbers, "allocate", without_lock)
    results = at_once(*[lambda: committed(lambda: make.online_case(edition))] * 2)
    assert any(isinstance(each, IntegrityError) for each in results), "no race without the lock"

    monkeypatch.setattr(numbers, "allocate", real)
    results = at_once(*[lambda: committed(lambda: make.online_case(edition))] * 6)
    taken = sorted(Case.objects.filter(department=desk.department).values_list("number", flat=True))
    assert all(isinstance(each, Case) for each in results), results
    assert [number[17:22] for number in taken] == [f"{n:05d}" for n in range(1, len(taken) + 1)]


def committed(function: Callable[[], Any]) -> Any:
    with transaction.atomic():
        return function()


def test_two_receipts_with_one_key_make_one_case(desk, monkeypatch):
    edition = make.item(desk.department)
    person = make.person()
    barrier = threading.Barrier(2)

    def receive(key):
        return services.receive_in_hall(
            key=key,
            actor=desk.clerk,
            edition_id=edition.pk,
            person_id=person.pk,
            contact_phone="13900000000",
            delivery_method="direct",
            declared=True,
            details={"scope": "餐饮"},
        )

    key, real = uuid4(), submission._one_at_a_time
    given = submission._given

    def slowly(*arguments):
        meet(barrier)
        return given(*arguments)

    monkeypatch.setattr(submission, "_given", slowly)
    monkeypatch.setattr(submission, "_one_at_a_time", lambda key: None)
    at_once(lambda: receive(key), lambda: receive(key))
    assert Act.objects.filter(key=key).count() == 2, "no race without the lock"

    monkeypatch.setattr(submission, "_one_at_a_time", real)
    barrier.reset()
    key = uuid4()
    results = at_once(lambda: receive(key), lambda: receive(key))
    assert sorted(each.repeated for each in results) == [False, True], results
    assert Act.objects.filter(key=key).count() == 1


def test_a_draft_submitted_twice_at_once_is_one_case(desk):
    edition, user = make.item(desk.department, materials=["conditional"]), make.citizen()
    actor = make.acting(user)
    draft = services.begin_draft(edition=edition, actor=actor)
    services.save_draft(
        draft_id=draft.pk,
        actor=actor,
        step="details",
        contact_phone="1",
        details={"scope": "x"},
        delivery_method="direct",
    )
    results = at_once(*[lambda: services.submit_draft(draft_id=draft.pk, actor=actor, declared=True)] * 3)
    assert sorted(each.repeated for each in results) == [False, True, True], results
    assert Case.objects.count() == 1


def test_a_supply_and_the_sweep_meet_after_the_period_and_the_case_lapses_once(desk):
    with clock.shifted(clock.now() - dt.timedelta(days=60)):
        case = desk.ask_correction(make.online_case(make.item(desk.department)))
    results = at_once(lambda: supply(desk, case), lambda: services.sweep(10), lambda: services.sweep(10))
    assert isinstance(results[0], WrongState)
    case.refresh_from_db()
    assert case.state == "lapsed"
    assert case.acts.filter(action="lapse").count() == 1


def test_two_sweepers_at_once_do_each_case_once(desk):
    edition = make.item(desk.department)
    with clock.shifted(clock.now() - dt.timedelta(days=60)):
        running = [desk.accept(make.online_case(edition)) for _ in range(6)]
        silent = [make.online_case(edition) for _ in range(4)]
    results = at_once(*[lambda: sum(services.sweep(3) for _ in range(8))] * 3)
    assert all(isinstance(each, int) for each in results), results
    services.sweep(100)
    assert Signal.objects.filter(case__in=running).count() == 3 * len(running)
    assert Act.objects.filter(action="deemed_acceptance").count() == len(silent)
    assert Case.objects.filter(clock__next_check_at__lte=clock.now()).count() == 0


def test_an_act_and_a_sweep_of_the_same_case_do_not_wait_for_each_other_for_ever(desk, monkeypatch):
    """The sweep holds the clock row and points a signal at the case; the act holds the case and wants the clock row."""
    with clock.shifted(clock.now() - dt.timedelta(days=60)):
        case = desk.accept(make.online_case(make.item(desk.department)))
    barrier = threading.Barrier(2)
    change = sweeping.level_change

    def slowly(*arguments):
        meet(barrier)
        return change(*arguments)

    monkeypatch.setattr(sweeping, "level_change", slowly)

    def act():
        meet(barrier)
        return review(desk, case)

    results = at_once(lambda: services.sweep(10), act)
    assert results[0] == 1
    assert isinstance(results[1], Outcome), results
    assert Signal.objects.filter(case=case).count() == 3
