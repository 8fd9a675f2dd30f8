"""Limits that the command does not know: 即办, months, no statutory limit (design.md section 3)."""

from datetime import date

import pytest

from portal.workdays.terms import ClockError, Level, Limit, Rule, Unit
from tests.portal.workdays.cases import accepted, event, paused, read

IMMEDIATE = Rule(None, Limit(20), immediate=True)


def months(n: int, statutory: int | None = None) -> Rule:
    return Rule(Limit(n, Unit.MONTH), Limit(statutory, Unit.MONTH) if statutory else None)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-03-16", 1, "2026-04-16"),
        ("2026-01-31", 1, "2026-02-28"),  # the last of the month; Saturday, but a make-up day
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-03-18", 1, "2026-04-20"),  # 18 April is a Saturday
        ("2026-09-03", 1, "2026-10-08"),  # 3 October lies in the holiday
        ("2025-12-15", 13, "2027-01-15"),
    ],
)
def test_civil_code_202_a_limit_in_months_ends_on_the_corresponding_day(start: str, n: int, due: str) -> None:
    assert str(read(*accepted(start), as_of=start, rule=months(n)).promised_due_on) == due


def test_a_pause_moves_a_limit_in_months_by_its_days() -> None:
    events = *accepted("2026-03-16"), paused("2026-03-20", "2026-03-30")
    assert str(read(*events, as_of="2026-03-20", rule=months(1)).promised_due_on) == "2026-04-27"  # 26 is a Sunday


def test_a_limit_in_months_warns_after_eighty_percent_of_its_days() -> None:
    read_ = read(*accepted("2026-03-16"), as_of="2026-03-16", rule=months(1))
    assert read_.promised_days == 31
    assert read_.changes == {
        Level.WARNING: date(2026, 4, 10),  # 25 of 31 days
        Level.YELLOW: date(2026, 4, 17),
        Level.RED: date(2026, 4, 22),
    }


def test_without_a_statutory_limit_only_the_promise_turns_it_red() -> None:
    rule = Rule(Limit(10))
    assert read(*accepted("2026-03-02"), as_of="2026-03-19", rule=rule).level is Level.YELLOW
    late = read(*accepted("2026-03-02"), as_of="2026-03-20", rule=rule)
    assert late.level is Level.RED and late.statutory_due_on is None
    assert late.days[-1].date == late.promised_due_on


@pytest.mark.parametrize(
    ("as_of", "level"),
    [
        ("2026-03-06", Level.NONE),  # a Friday: the day of acceptance, no warning
        ("2026-03-08", Level.NONE),  # Sunday
        ("2026-03-09", Level.YELLOW),  # the next working day
        ("2026-03-11", Level.YELLOW),
        ("2026-03-12", Level.RED),  # the fourth working day past it
    ],
)
def test_an_immediate_case_is_due_on_the_day_of_acceptance_and_yellow_the_next_working_day(
    as_of: str, level: Level
) -> None:
    found = read(*accepted("2026-03-06"), as_of=as_of, rule=IMMEDIATE)
    assert (str(found.promised_due_on), found.left, found.level) == ("2026-03-06", 0, level)


def test_an_immediate_case_is_not_yellow_while_a_lawful_pause_holds() -> None:
    events = *accepted("2026-03-06"), paused("2026-03-06", "2026-03-10", "testing")
    assert read(*events, as_of="2026-03-10", rule=IMMEDIATE).level is Level.NONE
    assert read(*events, as_of="2026-03-11", rule=IMMEDIATE).level is Level.YELLOW


def test_an_immediate_case_and_one_in_months_are_not_extended() -> None:
    for rule in (IMMEDIATE, months(1, 2)):
        with pytest.raises(ClockError):
            read(*accepted("2026-03-06"), event("extended", "2026-03-06", n=1), as_of="2026-03-06", rule=rule)


@pytest.mark.parametrize(
    ("promised", "statutory", "immediate"),
    [
        (None, Limit(20), False),
        (Limit(1), Limit(20), True),
        (Limit(21), Limit(20), False),
        (Limit(2, Unit.MONTH), Limit(1, Unit.MONTH), False),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(
    promised: Limit | None, statutory: Limit | None, immediate: bool
) -> None:
    with pytest.raises(ClockError):
        Rule(promised, statutory, immediate=immediate)


def test_delivery_becomes_overdue_after_ten_working_days() -> None:
    events = *accepted("2026-03-02"), event("decided", "2026-03-03")
    found = read(*events, as_of="2026-03-17")
    assert not found.delivery_overdue and found.next_change is not None
    late = read(*events, as_of="2026-03-18")
    assert late.delivery_overdue and late.next_change is None
    assert not read(*events, event("delivered", "2026-03-05"), as_of="2026-03-18").delivery_overdue


def test_summer_time_of_1988_belongs_to_the_date() -> None:
    # 23:30 at +08:00 was 00:30 of the next day on the clocks of Shanghai.
    assert str(read(event("received", "1988-07-04T23:30"), as_of="1988-07-06").received_on) == "1988-07-05"


def test_a_pause_after_the_due_date_does_not_reach_back() -> None:
    rule = Rule(Limit(3), Limit(20))
    before = read(*accepted("2026-03-02"), as_of="2026-03-09", rule=rule)
    after = read(*accepted("2026-03-02"), paused("2026-03-07", "2026-03-13"), as_of="2026-03-09", rule=rule)
    assert after.promised_due_on == before.promised_due_on == date(2026, 3, 5)
    assert after.changes[Level.WARNING] == before.changes[Level.WARNING] == date(2026, 3, 4)
    assert (before.used, after.used) == (5, 4)  # Friday counts, Monday is paused
