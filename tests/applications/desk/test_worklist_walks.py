"""The walks and counts of the work list against the same list made plainly, row by row, in Python."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from applications.models import Case, CaseClock
from applications.queries import worklist
from applications.queries.scope import Reach
from applications.states import CaseState, ClockLevel
from tests import factories as make

pytestmark = pytest.mark.django_db

STATES = ((), (CaseState.REVIEWING,), (CaseState.RECEIVED, CaseState.GRANTED))


@pytest.fixture
def city(hall):
    """Two departments with open and closed cases of every state and light; some claimed, one paused in each."""
    other = make.Desk()
    levels = list(ClockLevel.values)
    for desk in (hall, other):
        edition = make.item(desk.department)
        for place, state in enumerate(
            ("received", "correcting", "reviewing", "reviewing", "reviewing", "approving", "granted", "refused")
        ):
            case = desk.bring_to(make.online_case(edition), state)
            CaseClock.objects.filter(pk=case.pk).update(
                level=levels[place % 4], claimed_by=hall.reviewer.user_id if place % 3 == 0 else None
            )
        paused = desk.bring_to(make.online_case(edition), "reviewing")
        make.do(paused, "pause", desk.reviewer, procedure="inspection", until="2026-11-25", reason="送检")
        desk.bring_to(make.online_case(edition), "concluded")
    both = frozenset({hall.department.pk, other.department.pk})
    return [Reach(None), Reach(both), Reach(frozenset({other.department.pk}))]


@pytest.fixture
def clocks(city):
    return list(CaseClock.objects.select_related("case"))


def plainly(clocks: list[CaseClock], filters: worklist.Filters) -> list[CaseClock]:
    """The rows of a list in their order, by looking at every case."""
    rows = [clock for clock in clocks if _shows(filters, clock)]
    return sorted(rows, key=lambda clock: (clock.paused, clock.sort_on, clock.pk.int))


def _shows(filters: worklist.Filters, clock: CaseClock) -> bool:
    light = "paused" if clock.paused else "normal" if clock.level == "none" else clock.level
    submitted = clock.state == CaseState.APPROVING and filters.user_id in clock.case.reviewer_ids
    tabs = {
        "all": True,
        "mine": clock.claimed_by_id == filters.user_id,
        "unclaimed": clock.claimed_by_id is None,
        "submitted": submitted,
    }
    return (
        clock.open
        and filters.reach.holds(clock.department_id)
        and (not filters.states or filters.tab == "submitted" or clock.state in filters.states)
        and tabs[filters.tab]
        and filters.light in ("", light)
    )


def every_list(city, user_id):
    for reach, states, tab, light in product(city, STATES, worklist.TABS, ("", *worklist.LIGHTS)):
        yield worklist.Filters(reach=reach, user_id=user_id, states=states, tab=tab, light=light)


def test_pages_show_every_row_once_in_order_forth_and_back(hall, city, clocks):
    seen = set()
    for filters in every_list(city, hall.reviewer.user_id):
        wanted = [clock.pk for clock in plainly(clocks, filters)]
        seen.update((filters.tab, filters.light) for _ in wanted[:1])
        forth, page = [], worklist.work_page(filters, size=2)
        while True:
            forth += [row.case_id for row in page.rows]
            if page.after is None:
                break
            page = worklist.work_page(filters, after=page.after, size=2)
        assert forth == wanted, filters
        back = [row.case_id for row in reversed(page.rows)]
        while page.before is not None:
            page = worklist.work_page(filters, before=page.before, size=2)
            back += [row.case_id for row in reversed(page.rows)]
        assert back[::-1] == wanted, filters
    assert {("submitted", ""), ("all", "paused"), ("mine", "red")} <= seen


@pytest.mark.parametrize("one_pass", [worklist.ONE_PASS, 3])
def test_counts_agree_with_the_rows_also_beyond_one_pass(hall, city, clocks, monkeypatch, one_pass):
    monkeypatch.setattr(worklist, "ONE_PASS", one_pass)
    for filters in every_list(city, hall.reviewer.user_id):
        counts = worklist.work_counts(filters)
        for light in worklist.LIGHTS:
            wanted = len(plainly(clocks, replace(filters, light=light)))
            assert counts.lights[light].number == wanted, (filters, light)
        for tab in worklist.TABS:
            wanted = len(plainly(clocks, replace(filters, tab=tab, light="")))
            assert counts.tabs[tab].number == wanted, (filters, tab)


def test_a_light_that_is_sorted_last_is_counted_however_many_stand_before_it(hall, city, monkeypatch):
    monkeypatch.setattr(worklist, "CAP", 2)
    monkeypatch.setattr(worklist, "ONE_PASS", 3)
    counts = worklist.work_counts(worklist.Filters(reach=Reach(None), user_id=hall.reviewer.user_id))
    assert str(counts.tabs["all"]) == "2+" and str(counts.lights["paused"]) == "2"


def test_who_reaches_no_department_has_an_empty_list(hall, city):
    nobody = worklist.Filters(reach=Reach(frozenset()), user_id=hall.reviewer.user_id)
    assert worklist.work_page(nobody).rows == [] and worklist.work_counts(nobody).total.number == 0


def test_a_row_knows_its_item_its_handler_and_its_pause(hall, city):
    rows = worklist.work_page(worklist.Filters(reach=city[0], user_id=hall.reviewer.user_id), size=100).rows
    assert len(rows) == Case.objects.filter(closed_at=None).count()
    assert {(row.paused, row.procedure) for row in rows} == {(True, "检验"), (False, "")}
    for row in rows:
        case = Case.objects.select_related("edition").get(pk=row.case_id)
        assert (row.number, row.item, row.applicant) == (case.number, case.edition.name, case.applicant_name)
        assert row.handler == ("王强" if row.claimed_by_id == hall.reviewer.user_id else "")
