"""Every level that a clock has borne, each with its date."""

from datetime import date, timedelta

from portal.workdays.level_history import LevelTurn, level_history
from portal.workdays.reading import reading
from portal.workdays.terms import ClockEvent, Level
from tests.portal.workdays.cases import CALENDAR, TEN_OF_TWENTY, accepted, event, instant, paused


def turns(*events: ClockEvent, as_of: str) -> list[tuple[str, Level]]:
    history = level_history(events, CALENDAR, TEN_OF_TWENTY, instant(as_of))
    return [(str(turn.on), turn.level) for turn in history]


def test_the_levels_of_a_case_that_nobody_touches() -> None:
    assert turns(*accepted("2026-03-02"), as_of="2026-04-30") == [
        ("2026-03-12", Level.WARNING),
        ("2026-03-17", Level.YELLOW),
        ("2026-03-20", Level.RED),
    ]
    assert turns(*accepted("2026-03-02"), as_of="2026-03-17") == [
        ("2026-03-12", Level.WARNING),
        ("2026-03-17", Level.YELLOW),
    ]


def test_an_extension_takes_a_warning_back_and_the_next_one_has_the_new_due_date() -> None:
    history = level_history(
        [*accepted("2026-03-02"), event("extended", "2026-03-12", n=5)], CALENDAR, TEN_OF_TWENTY, instant("2026-03-18")
    )
    assert history == (
        LevelTurn(date(2026, 3, 12), Level.WARNING, date(2026, 3, 16), date(2026, 3, 30)),
        LevelTurn(date(2026, 3, 12), Level.NONE, date(2026, 3, 23), date(2026, 4, 7)),
        LevelTurn(date(2026, 3, 18), Level.WARNING, date(2026, 3, 23), date(2026, 4, 7)),
    )


def test_after_a_decision_nothing_turns() -> None:
    events = *accepted("2026-03-02"), event("decided", "2026-03-13")
    assert turns(*events, as_of="2026-06-30") == [("2026-03-12", Level.WARNING)]


def test_a_deemed_acceptance_turns_nothing_before_it_is_known() -> None:
    # Five of ten days are used when the law accepts.
    assert turns(event("received", "2026-03-02"), as_of="2026-03-31")[0] == ("2026-03-12", Level.WARNING)


def test_the_history_ends_with_the_level_of_the_reading_on_every_day() -> None:
    events = [*accepted("2026-03-02"), paused("2026-03-11", "2026-03-18"), event("extended", "2026-03-20", n=4)]
    for offset in range(60):
        as_of = instant("2026-03-02") + timedelta(days=offset)
        history = level_history(events, CALENDAR, TEN_OF_TWENTY, as_of)
        assert (history[-1].level if history else Level.NONE) is reading(events, CALENDAR, TEN_OF_TWENTY, as_of).level
