"""Generated from the table: every act from every wrong state and by every wrong role is refused, and never a crash."""

from __future__ import annotations

import pytest
from django.db import transaction

from applications.models import Act
from applications.permissions import CasePermission
from applications.process import PROCESS
from applications.services import offers
from applications.states import CaseState
from applications.transitions import SUBMIT, TABLE
from portal import clock
from portal.transitions.table import Party
from portal.web.errors import BadInput, DomainError, NotAllowed, NotFound, WrongState
from portal.web.grants import ANONYMOUS, SYSTEM_ACTOR
from tests import factories as make

pytestmark = pytest.mark.django_db

STATES = [state.value for state in CaseState]
NOW = "2026-11-23 09:00"
GARBAGE = [
    None,
    "",
    "x" * 5000,
    "\0",
    0,
    -1,
    10**12,
    1.5,
    True,
    [],
    {},
    [1],
    [{}],
    [{"material": "x", "line": "y"}],
    object(),
]
NAMES = [
    "lines", "supplies", "reason", "legal_basis", "remedies", "competent_organ", "recommendation", "opinion",
    "procedure", "until", "result", "n", "content", "validity", "conditions", "facts", "reasons", "result_number",
    "note", "method", "recipient", "recipient_relation", "tracking", "remark",
    "validity_kind", "validity_years", "validity_until", "departure",
    "delivered_on", "posted_on", "first_on", "failed_on", "notice_place",
]  # fmt: skip


@pytest.fixture
def desk(frozen_clock):
    frozen_clock(make.at(NOW))
    return make.Desk()


def case_in(desk, state):
    return desk.bring_to(make.online_case(make.item(desk.department)), state)


def everybody(desk):
    """An actor who may do everything that staff may, and is nobody of this case."""
    return make.acting(make.staff(desk.department), *CasePermission)


def test_the_table_is_sound():
    assert TABLE.faults() == []
    assert SUBMIT.target == TABLE.initial
    assert set(TABLE.states) == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_every_act_from_a_wrong_state_is_refused_with_a_sentence(desk, state):
    case = case_in(desk, state)
    actor = everybody(desk)
    before = case.acts.count()
    for transition in TABLE.transitions:
        if state in transition.sources:
            continue
        who = SYSTEM_ACTOR if transition.role == (Party.SYSTEM,) else actor
        with pytest.raises(WrongState) as refused:
            make.do(case, transition.action, who)
        assert TABLE.states[state] in refused.value.message
    case.refresh_from_db()
    assert (case.state, case.acts.count()) == (state, before)


@pytest.mark.parametrize("state", STATES)
def test_every_act_by_a_wrong_role_is_refused(desk, state):
    case = case_in(desk, state)
    member, other = make.staff(desk.department), make.staff(make.department())
    applicant = make.acting(case.submitted_by)
    strangers = [
        make.acting(other, *CasePermission),
        make.acting(make.citizen()),
        ANONYMOUS,
        make.acting(make.staff(desk.department)),
    ]
    before = case.acts.count()
    for transition in TABLE.available(state):
        for stranger in strangers:
            with pytest.raises(NotFound):
                make.do(case, transition.action, stranger)
        for permission in CasePermission:
            if permission not in transition.role:
                with pytest.raises(NotAllowed):
                    make.do(case, transition.action, make.acting(member, permission))
        if not transition.allows_party(Party.APPLICANT):
            with pytest.raises(NotAllowed):
                make.do(case, transition.action, applicant)
        if not transition.allows_party(Party.SYSTEM):
            with pytest.raises(NotAllowed):
                make.do(case, transition.action, SYSTEM_ACTOR)
    assert case.acts.count() == before


@pytest.mark.parametrize("state", STATES)
def test_no_input_of_whatever_kind_crashes_an_act(desk, state):
    case = case_in(desk, state)
    actor = everybody(desk)
    for transition in TABLE.available(state):
        who = SYSTEM_ACTOR if transition.role == (Party.SYSTEM,) else actor
        for value in GARBAGE:
            with transaction.atomic():
                try:
                    make.do(case, transition.action, who, **dict.fromkeys(NAMES, value))
                except DomainError as error:
                    assert error.message
                transaction.set_rollback(True)


@pytest.mark.parametrize("state", STATES)
def test_the_buttons_are_what_the_server_lets_through(desk, state):
    """What a page offers as open, the same guards let pass; at most the input is then found wanting."""
    case = case_in(desk, state)
    for actor in (desk.clerk, desk.reviewer, desk.approver, desk.head, make.acting(case.submitted_by)):
        offered = {offer.transition.action: offer for offer in offers(case, actor, clock.now())}
        for transition in TABLE.available(state):
            offer = offered.get(transition.action)
            with transaction.atomic():
                try:
                    make.do(case, transition.action, actor)
                    refused: DomainError | None = None
                except DomainError as error:
                    refused = error
                transaction.set_rollback(True)
            if offer is None:
                assert isinstance(refused, NotAllowed), transition.action
            elif offer.is_open:
                assert refused is None or isinstance(refused, BadInput), (transition.action, refused)
            else:
                assert refused is not None
                assert refused.message == offer.reason


@pytest.mark.parametrize("state", [state for state in STATES if state in TABLE.finals])
def test_what_is_over_has_no_open_task_and_no_running_clock(desk, state):
    case = case_in(desk, state)
    row = case.clock
    assert (row.open, row.next_check_at) == (False, None)
    assert case.closed_at is not None
    open_tasks = list(case.tasks.filter(done_at=None).values_list("kind", flat=True))
    assert open_tasks == (["deliver"] if state == CaseState.CONCLUDED else [])


def test_an_unknown_act_and_an_unknown_case_are_answers_too(desk):
    from uuid import uuid4

    from applications import services

    case = case_in(desk, "received")
    with pytest.raises(BadInput):
        make.do(case, "explode", desk.clerk)
    with pytest.raises(NotFound):
        services.apply(case_id=uuid4(), action="accept", actor=desk.clerk, key=uuid4())


def test_an_act_on_one_case_with_the_key_of_another_is_its_own_act(desk):
    from uuid import uuid4

    from applications import services

    key = uuid4()
    first, second = (case_in(desk, "received") for _ in range(2))
    for case in (first, second):
        services.apply(case_id=case.pk, action="claim", actor=desk.clerk, key=key)
    assert Act.objects.filter(key=key).count() == 2


def test_the_law_cannot_be_played_by_the_system_before_its_time(desk):
    case = case_in(desk, "received")
    with pytest.raises(WrongState):
        make.do(case, "deemed_acceptance", SYSTEM_ACTOR)
    assert not PROCESS.catch_up(case, clock.now())
