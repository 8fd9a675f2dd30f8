"""The sweep: what the law does by itself, levels with the dates on which they turned, after any outage."""

from __future__ import annotations

import datetime as dt

import pytest

from applications import hooks, services
from applications.models import CaseClock
from applications.services.consistency import find_faults
from applications.services.sweeping import sweep_levels
from portal import clock
from portal.messaging.models import Message
from portal.outbox import sweepers
from portal.outbox.services import run_due
from supervision.models import Signal
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    return make.Desk()


@pytest.fixture
def case(desk):
    """Accepted 2026-11-23; promised 12-07, statutory 12-21; warning 12-03 (80 % of ten), yellow 12-08, red 12-11."""
    return desk.accept(make.online_case(make.item(desk.department)))


def signals(case):
    return [(s.rule, s.level, s.on, s.due_on) for s in Signal.objects.filter(case=case).order_by("on", "rule")]


def sweep_at(instant, limit=50):
    with clock.shifted(make.at(instant)):
        return services.sweep(limit)


def test_the_sweep_is_registered():
    assert "cases" in sweepers.names()


def test_the_row_knows_when_its_level_turns(case):
    row = case.clock
    assert (row.warning_on, row.yellow_on, row.red_on) == (
        dt.date(2026, 12, 3),
        dt.date(2026, 12, 8),
        dt.date(2026, 12, 11),
    )
    assert row.next_check_at == make.at("2026-12-03 00:00")


def test_levels_turn_on_their_days_and_each_makes_one_signal(case):
    assert sweep_at("2026-12-02 23:59") == 0
    assert sweep_at("2026-12-03 00:00") == 1
    assert sweep_at("2026-12-03 00:01") == 0
    case.clock.refresh_from_db()
    assert (case.clock.level, case.clock.next_check_at) == ("warning", make.at("2026-12-08 00:00"))
    sweep_at("2026-12-08 00:00")
    sweep_at("2026-12-11 00:00")
    case.clock.refresh_from_db()
    assert (case.clock.level, case.clock.next_check_at) == ("red", None)
    due = dt.date(2026, 12, 7)
    assert signals(case) == [
        ("T1", "warning", dt.date(2026, 12, 3), due),
        ("T2", "yellow", dt.date(2026, 12, 8), due),
        ("T3", "red", dt.date(2026, 12, 11), due),
    ]


def test_after_an_outage_every_level_that_was_passed_has_its_own_date(case):
    assert sweep_at("2026-12-15 10:00") == 1
    assert [on for _, _, on, _ in signals(case)] == [dt.date(2026, 12, 3), dt.date(2026, 12, 8), dt.date(2026, 12, 11)]
    assert sweep_at("2026-12-15 10:01") == 0


def test_an_act_during_the_outage_does_the_same_before_itself(desk, case):
    with clock.shifted(make.at("2026-12-09 10:00")):
        desk.review(case)
    assert [rule for rule, *_ in signals(case)] == ["T1", "T2"]
    assert sweep_at("2026-12-09 11:00") == 0


def test_deemed_acceptance_a_week_late_still_has_all_its_dates(desk):
    case = make.online_case(make.item(desk.department, promised=4, statutory=10))
    assert sweep_at("2026-12-08 10:00") == 1
    # Accepted back on 11-23, due on 11-27: nothing could turn before the five days were over on 12-01.
    case.refresh_from_db()
    assert case.clock.level == "red"
    assert [(level, on) for _, level, on, _ in signals(case)] == [
        ("yellow", dt.date(2026, 12, 1)),
        ("red", dt.date(2026, 12, 3)),
    ]


def test_red_by_the_statutory_date_is_about_that_date(desk):
    case = desk.accept(make.online_case(make.item(desk.department, promised=10, statutory=11)))
    sweep_at("2026-12-30 10:00")
    assert signals(case)[-1] == ("T3", "red", dt.date(2026, 12, 9), dt.date(2026, 12, 8))


def test_without_a_statutory_limit_red_comes_from_the_promise(desk):
    case = desk.accept(make.online_case(make.item(desk.department, statutory=None)))
    sweep_at("2026-12-30 10:00")
    assert signals(case)[-1][2:] == (dt.date(2026, 12, 11), dt.date(2026, 12, 7))


def test_an_immediate_item_is_yellow_on_the_next_working_day_without_warning(desk):
    with clock.shifted(make.at("2026-11-27 10:00")):  # a Friday
        case = desk.accept(make.online_case(make.item(desk.department, immediate=True, statutory=None)))
    sweep_at("2026-11-29 10:00")
    assert signals(case) == []
    sweep_at("2026-11-30 00:00")
    assert signals(case) == [("T2", "yellow", dt.date(2026, 11, 30), dt.date(2026, 11, 27))]


def test_a_due_date_before_a_weekend_does_not_keep_the_sweep_busy(desk):
    """next_check_at is strictly later than now, or there is none: the sweep never loops on one case."""
    with clock.shifted(make.at("2026-11-20 10:00")):
        desk.accept(make.online_case(make.item(desk.department, promised=30, statutory=30, unit="calendar_day")))
    for day in range(60):
        now = make.at("2026-11-20 10:00") + dt.timedelta(days=day)
        with clock.shifted(now):
            services.sweep(10)
            assert services.sweep(10) == 0
            row = CaseClock.objects.get()
            assert row.next_check_at is None or row.next_check_at > now


def test_a_paused_clock_turns_later_and_a_decided_one_no_more(desk, case):
    make.do(case, "pause", desk.reviewer, procedure="inspection", until="2026-12-02", reason="检验")
    sweep_at("2026-12-11 10:00")
    assert signals(case) == []
    sweep_at("2026-12-14 00:00")
    assert [on for _, _, on, _ in signals(case)] == [dt.date(2026, 12, 14)]
    with clock.shifted(make.at("2026-12-14 09:00")):
        case = desk.grant(desk.review(case))
    assert case.clock.next_check_at is None
    assert sweep_at("2027-02-01 10:00") == 0


def test_an_extension_makes_a_new_due_date_and_so_a_new_signal(desk, case):
    sweep_at("2026-12-03 00:00")
    with clock.shifted(make.at("2026-12-04 10:00")):
        case = make.do(case, "extend", desk.head, n=10, reason="核实").subject
        assert case.clock.level == "none"
    sweep_at("2026-12-18 10:00")
    assert [(rule, due) for rule, _, _, due in signals(case)] == [
        ("T1", dt.date(2026, 12, 7)),
        ("T1", dt.date(2026, 12, 21)),
    ]


def test_the_handlers_hear_of_a_change_in_its_transaction(case, monkeypatch):
    heard = []
    monkeypatch.setattr(hooks, "level_changed", [*hooks.level_changed, heard.extend])
    sweep_at("2026-12-09 10:00")
    (change,) = heard
    assert (change.old, change.new, change.case_id) == ("none", "yellow", case.pk)
    assert [level for level, _ in change.reached] == ["warning", "yellow"]


def test_a_failing_handler_leaves_nothing_half_done(case, monkeypatch):
    def fail(changes):
        raise RuntimeError("broken handler")

    monkeypatch.setattr(hooks, "level_changed", [*hooks.level_changed, fail])
    with pytest.raises(RuntimeError):
        sweep_at("2026-12-09 10:00")
    assert signals(case) == []
    case.clock.refresh_from_db()
    assert case.clock.level == "none"


def test_a_case_that_fails_does_not_stop_the_others(desk, monkeypatch):
    broken, sound = (make.online_case(make.item(desk.department)) for _ in range(2))
    broken.clock_events.all().delete()
    assert sweep_at("2026-12-02 10:00") == 2
    sound.refresh_from_db()
    broken.refresh_from_db()
    assert (broken.state, sound.state) == ("received", "reviewing")
    broken.clock.refresh_from_db()
    assert broken.clock.next_check_at > make.at("2026-12-02 10:00")


def test_signals_reach_the_handler_and_the_head_once(desk, case):
    make.do(case, "claim", desk.reviewer)
    sweep_at("2026-12-09 10:00")
    with clock.shifted(make.at("2026-12-09 10:01")):
        run_due(100)
        run_due(100)
    told = Message.objects.filter(kind="signal").order_by("created_at", "pk")
    assert sorted(told.values_list("user_id", flat=True)) == sorted([desk.reviewer.user_id, desk.head.user_id] * 2)
    assert any("黄牌" in message.title + message.body for message in told)


def test_the_limit_of_a_batch_is_kept(desk):
    edition = make.item(desk.department)
    for _ in range(5):
        desk.accept(make.online_case(edition))
    with clock.shifted(make.at("2026-12-09 10:00")):
        assert [sweep_levels(2), sweep_levels(2), sweep_levels(2), sweep_levels(2)] == [2, 2, 1, 0]
    assert Signal.objects.count() == 10


def test_the_nightly_check_finds_nothing_in_sound_data_and_each_planted_fault(desk):
    for state in ("lapsed", "correcting", "approving", "refused", "concluded", "withdrawn"):
        desk.bring_to(make.online_case(make.item(desk.department)), state)
    case = desk.accept(make.online_case(make.item(desk.department)))
    now = clock.now()
    assert list(find_faults(now)) == []
    CaseClock.objects.filter(case=case).update(promised_due_on=dt.date(2026, 12, 1))
    assert {fault.check for fault in find_faults(now)} == {"clock"}
    CaseClock.objects.filter(case=case).update(state="approving", promised_due_on=case.clock.promised_due_on)
    assert {fault.check for fault in find_faults(now)} == {"narrow_row"}
    CaseClock.objects.filter(case=case).update(state="reviewing", next_check_at=now - dt.timedelta(days=1))
    assert {fault.check for fault in find_faults(now)} == {"sweep_behind"}
    CaseClock.objects.filter(case=case).update(next_check_at=case.clock.next_check_at)
    case.tasks.filter(done_at=None).update(kind="deliver")
    assert {fault.check for fault in find_faults(now)} == {"task"}
    case.tasks.filter(done_at=None).update(kind="review")
    case.acts.filter(seq=1).update(seq=9)
    assert "sequence" in {fault.check for fault in find_faults(now)}


def test_an_imported_notice_recounts_open_cases_and_keeps_the_old_date(desk):
    from portal.web.grants import SYSTEM_ACTOR
    from portal.workdays.notices import DayKind, NoticeDay
    from portal.workdays.services import import_notice, load

    load()
    with clock.shifted(make.at("2026-12-23 10:00")):
        open_case = desk.accept(make.online_case(make.item(desk.department)))
        closed = desk.bring_to(make.online_case(make.item(desk.department)), "concluded")
        before = open_case.clock.promised_due_on
        days = [NoticeDay(dt.date(2027, 1, n), DayKind.HOLIDAY, "元旦") for n in (1, 2, 3, 4)]
        import_notice(year=2027, days=days, notice="2027 年放假通知（演示）", actor=SYSTEM_ACTOR)
    open_case.clock.refresh_from_db()
    assert open_case.clock.promised_due_on > before
    act = open_case.acts.get(action="recount")
    assert before.isoformat() in act.note
    assert open_case.clock.promised_due_on.isoformat() in act.note
    assert not closed.acts.filter(action="recount").exists()


def test_what_a_leaver_had_claimed_goes_back(desk, case):
    from portal.accounts.hooks import announce_departure

    make.do(case, "claim", desk.reviewer)
    announce_departure(desk.reviewer.user_id, dt.date(2026, 11, 23))
    case.refresh_from_db()
    assert case.claimed_by is None
