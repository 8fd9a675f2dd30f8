"""What must hold of the clock for every case, tried on many."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.workdays.calendar import shipped_calendar
from portal.workdays.reading import ClockReading, reading
from portal.workdays.terms import (
    SHANGHAI,
    ClockError,
    ClockEvent,
    EventType,
    Level,
    Limit,
    Rule,
    Unit,
    shanghai_date,
)
from tests.portal.workdays import naive

CALENDAR = shipped_calendar()
SPAN = st.dates(date(2004, 1, 1), date(2026, 1, 31))
LIMITS = st.builds(Limit, st.integers(1, 30), st.sampled_from([Unit.WORKDAY, Unit.CALENDAR_DAY]))


def instant(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    promised, statutory = draw(LIMITS), draw(LIMITS)
    assume(promised.unit is not statutory.unit or promised.n <= statutory.n)
    return Rule(promised, statutory)


@st.composite
def courses(draw: st.DrawFn) -> list[ClockEvent]:
    """Events in time order, many of them lawful."""
    day = draw(SPAN)
    events = [ClockEvent(EventType.RECEIVED, instant(day))]
    opening = draw(st.sampled_from(["accepted", "correction", "silence"]))
    if opening == "accepted":
        day += timedelta(days=draw(st.integers(0, 6)))
        events.append(ClockEvent(EventType.ACCEPTED, instant(day)))
    elif opening == "correction":
        day += timedelta(days=draw(st.integers(0, 4)))
        events.append(ClockEvent(EventType.CORRECTION_ASKED, instant(day)))
        day += timedelta(days=draw(st.integers(0, 30)))
        events.append(ClockEvent(EventType.CORRECTED, instant(day)))
    else:
        day += timedelta(days=14)
    for _ in range(draw(st.integers(0, 3))):
        day += timedelta(days=draw(st.integers(0, 12)))
        until = day + timedelta(days=draw(st.integers(0, 30)))
        events.append(ClockEvent(EventType.PAUSED, instant(day), "hearing", until))
        day += timedelta(days=draw(st.integers(0, 20)))
        events.append(ClockEvent(EventType.RESUMED, instant(day)))
        if draw(st.booleans()):
            events.append(ClockEvent(EventType.EXTENDED, instant(day), n=draw(st.integers(1, 10))))
    if draw(st.booleans()):
        day += timedelta(days=draw(st.integers(0, 20)))
        events.append(ClockEvent(EventType.DECIDED, instant(day)))
    return events


def lawful(events: list[ClockEvent], rule: Rule, as_of: datetime) -> ClockReading:
    try:
        return reading(events, CALENDAR, rule, as_of)
    except ClockError:
        assume(False)
        raise


@settings(max_examples=200, deadline=None)
@given(courses(), rules(), st.integers(0, 90))
def test_counting_by_position_and_walking_day_by_day_agree(events: list[ClockEvent], rule: Rule, later: int) -> None:
    as_of = instant(shanghai_date(events[0].at) + timedelta(days=later), 12)
    assert rule.promised and rule.statutory
    read = lawful(events, rule, as_of)
    plain = naive.read(
        [
            (each.type.value, shanghai_date(each.at), {"until": each.until, "n": each.n})
            for each in events
            if each.at <= as_of
        ],
        (rule.promised.n, rule.promised.unit.value),
        (rule.statutory.n, rule.statutory.unit.value),
        shanghai_date(as_of),
    )
    assert {name: getattr(read, name) for name in plain} | {"level": read.level.code} == plain


@settings(max_examples=150, deadline=None)
@given(SPAN, st.integers(0, 60), LIMITS)
def test_a_later_acceptance_never_gives_an_earlier_due_date(day: date, later: int, limit: Limit) -> None:
    def due(accepted: date) -> date | None:
        events = [ClockEvent(EventType.RECEIVED, instant(accepted)), ClockEvent(EventType.ACCEPTED, instant(accepted))]
        return reading(events, CALENDAR, Rule(limit, limit), instant(accepted)).promised_due_on

    first, second = due(day), due(day + timedelta(days=later))
    assert first is not None and second is not None and first <= second


@settings(max_examples=150, deadline=None)
@given(courses(), rules(), st.integers(0, 40), st.integers(0, 40))
def test_a_pause_never_shortens(events: list[ClockEvent], rule: Rule, after: int, length: int) -> None:
    events = [each for each in events if each.type is not EventType.DECIDED]
    last = shanghai_date(events[-1].at)
    start = last + timedelta(days=after)
    as_of = instant(start, 12)
    without = lawful(events, rule, as_of)
    pause = ClockEvent(EventType.PAUSED, instant(start), "auction", start + timedelta(days=length))
    paused = lawful([*events, pause], rule, as_of)
    assert without.promised_due_on and without.statutory_due_on
    assert paused.promised_due_on and paused.promised_due_on >= without.promised_due_on
    assert paused.statutory_due_on and paused.statutory_due_on >= without.statutory_due_on


def limits_of_any_kind() -> st.SearchStrategy[Rule]:
    months = st.integers(1, 3).map(lambda n: Rule(Limit(n, Unit.MONTH)))
    immediate = st.builds(lambda limit: Rule(None, limit, immediate=True), st.none() | LIMITS)
    absent = LIMITS.map(Rule)
    return rules() | months | immediate | absent


@settings(max_examples=60, deadline=None)
@given(courses(), limits_of_any_kind())
def test_levels_only_rise_and_change_exactly_at_the_next_change(events: list[ClockEvent], rule: Rule) -> None:
    last = shanghai_date(events[-1].at)
    shown: Any = None
    expected: datetime | None = None
    reached = Level.NONE
    for offset in range(60):
        as_of = instant(last + timedelta(days=offset), 12)
        read = lawful(events, rule, as_of)
        now = (read.level, read.accepted_on, read.paused, read.delivery_overdue)
        assert read.level >= reached
        if shown is not None:
            turned = expected is not None and expected <= as_of
            assert turned == (now != shown)
        assert read.next_change is None or read.next_change > as_of
        shown, expected, reached = now, read.next_change, read.level


@settings(max_examples=60, deadline=None)
@given(courses(), limits_of_any_kind(), st.integers(0, 60))
def test_the_dates_in_changes_are_the_days_on_which_the_level_turned(
    events: list[ClockEvent], rule: Rule, later: int
) -> None:
    last = shanghai_date(events[-1].at)
    read = lawful(events, rule, instant(last + timedelta(days=later), 12))
    for level, day in read.changes.items():
        if day > last and read.decided_on is None:
            assert lawful(events, rule, instant(day, 0)).level is level
            assert lawful(events, rule, instant(day - timedelta(days=1), 23)).level < level


def test_the_next_change_is_midnight_in_shanghai_told_in_utc() -> None:
    events = [ClockEvent(EventType.RECEIVED, instant(date(2026, 3, 2)))]
    read = reading(events, CALENDAR, Rule(Limit(10), Limit(20)), instant(date(2026, 3, 3)))
    assert read.next_change == datetime(2026, 3, 9, 16, tzinfo=UTC)
    # At that very instant it is no longer ahead.
    there = reading(events, CALENDAR, Rule(Limit(10), Limit(20)), datetime(2026, 3, 9, 16, tzinfo=UTC))
    assert there.deemed_accepted and there.next_change == datetime(2026, 3, 11, 16, tzinfo=UTC)
