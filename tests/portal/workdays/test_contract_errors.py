"""Rules 11 and 12 of contracts.md section 1: what is refused, and what was settled once and for all."""

import json
from typing import Any

import pytest

from portal.workdays.calendar import WorkdayCalendar, shipped_calendar
from portal.workdays.jsonlines import answer_lines
from portal.workdays.notices import shipped_notices
from tests.portal.workdays.lines import accepted, answer, ask, event, line, pause, refuse

RECEIVED = event("received", "2026-03-02")
DECIDED = event("decided", "2026-03-05")


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("nothing at all", []),
        ("no received", [event("accepted", "2026-03-02")]),
        ("received not first", [event("accepted", "2026-03-02"), RECEIVED]),
        ("received twice", [RECEIVED, RECEIVED]),
        ("out of order", [RECEIVED, event("accepted", "2026-03-01")]),
        (
            "accepted while correcting",
            [RECEIVED, event("correction_asked", "2026-03-03"), event("accepted", "2026-03-04")],
        ),
        ("asked twice", [RECEIVED, event("correction_asked", "2026-03-03"), event("correction_asked", "2026-03-03")]),
        ("corrected unasked", [RECEIVED, event("corrected", "2026-03-03")]),
        ("asked after acceptance", [*accepted(), event("correction_asked", "2026-03-03")]),
        ("corrected after acceptance", [*accepted(), event("corrected", "2026-03-03")]),
        ("rejected after acceptance", [*accepted(), event("rejected", "2026-03-03")]),
        (
            "asked after corrected",
            [
                RECEIVED,
                event("correction_asked", "2026-03-03"),
                event("corrected", "2026-03-04"),
                event("correction_asked", "2026-03-05"),
            ],
        ),
        ("pause before acceptance", [RECEIVED, pause("2026-03-03", "2026-03-09")]),
        ("extension before acceptance", [RECEIVED, event("extended", "2026-03-03", n=1)]),
        ("decision before acceptance", [RECEIVED, DECIDED]),
        ("decision on the fifth working day", [RECEIVED, event("decided", "2026-03-09T23:00")]),
        (
            "decision while correcting",
            [RECEIVED, event("correction_asked", "2026-03-03"), event("decided", "2026-04-03")],
        ),
        ("pause while one holds", [*accepted(), pause("2026-03-03", "2026-03-09"), pause("2026-03-08", "2026-03-10")]),
        ("resumed unpaused", [*accepted(), event("resumed", "2026-03-03")]),
        ("resumed before acceptance", [RECEIVED, event("resumed", "2026-03-03")]),
        ("pause after decision", [*accepted(), DECIDED, pause("2026-03-06", "2026-03-09")]),
        ("withdrawn after decision", [*accepted(), DECIDED, event("withdrawn", "2026-03-06")]),
        ("accepted after decision", [*accepted(), DECIDED, event("accepted", "2026-03-06")]),
        ("decided twice", [*accepted(), DECIDED, DECIDED]),
        ("event after rejection", [RECEIVED, event("rejected", "2026-03-03"), event("accepted", "2026-03-03")]),
        ("event after withdrawal", [RECEIVED, event("withdrawn", "2026-03-03"), event("withdrawn", "2026-03-03")]),
        ("delivered before decision", [*accepted(), event("delivered", "2026-03-03")]),
        (
            "delivered twice",
            [*accepted(), DECIDED, event("delivered", "2026-03-06"), event("delivered", "2026-03-06")],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rule_11_an_unlawful_course_is_refused(name: str, events: list[dict[str, Any]]) -> None:
    assert refuse(*events, as_of="2026-04-30")


def test_rule_12_events_and_as_of_are_compared_as_instants() -> None:
    # 08:30 in Tokyo is earlier than 08:00 in Shanghai.
    events = [
        {"type": "received", "at": "2026-03-02T08:30:00+09:00"},
        {"type": "accepted", "at": "2026-03-02T08:00:00+08:00"},
    ]
    document = line(as_of="2026-03-03") | {"events": events}
    assert answer(document)["accepted_on"] == "2026-03-02"
    assert "error" in answer(document | {"events": events[::-1]})
    late = {"type": "accepted", "at": "2026-03-02T20:00:00Z"}  # 04:00 on the next day in Shanghai
    assert answer(document | {"events": [events[0], late]})["accepted_on"] == "2026-03-03"


def test_rule_12_equal_instants_are_in_order_and_an_event_at_as_of_exists() -> None:
    assert ask(*accepted(), event("decided", "2026-03-02"), as_of="2026-03-02")["closed"]


def test_rule_12_as_of_before_the_receipt_is_an_error() -> None:
    refuse(RECEIVED, as_of="2026-03-02T09:59")


def test_rule_12_of_later_events_only_form_and_order_are_checked() -> None:
    ahead = [
        event("delivered", "2026-05-01"),
        event("received", "2026-05-02"),
        pause("2026-05-03", "2026-01-01", "dance"),
        event("extended", "2026-05-04", n=99),
    ]
    assert ask(*accepted(), *ahead, as_of="2026-03-05") == ask(*accepted(), as_of="2026-03-05")
    refuse(*accepted(), *reversed(ahead), as_of="2026-03-05")
    refuse(*accepted(), event("delivered", "2026-05-01", n=1), as_of="2026-03-05")
    refuse(*accepted(), event("dance", "2026-05-01"), as_of="2026-03-05")
    refuse(*accepted(), event("extended", "2026-05-01", n=0), as_of="2026-03-05")
    refuse(*accepted(), pause("2026-05-03", "2100-01-01"), as_of="2026-03-05")


def test_rule_12_a_further_acceptance_changes_nothing() -> None:
    assert ask(*accepted(), event("accepted", "2026-03-20"), as_of="2026-03-23")["accepted_on"] == "2026-03-02"


def test_rule_12_while_a_correction_is_outstanding_rejected_closes_whenever_it_comes() -> None:
    events = RECEIVED, event("correction_asked", "2026-03-03"), event("rejected", "2026-06-03")
    assert ask(*events, as_of="2026-06-03")["closed"]


def test_rule_12_a_new_pause_may_begin_on_the_day_of_resumption_or_of_until() -> None:
    first = pause("2026-03-03", "2026-03-10")
    resumed = event("resumed", "2026-03-05")
    read = ask(*accepted(), first, resumed, pause("2026-03-05", "2026-03-06"), as_of="2026-03-05", promised=5)
    assert read["paused"] and read["promised_due_on"] == "2026-03-12"
    read = ask(*accepted(), first, pause("2026-03-10", "2026-03-11"), as_of="2026-03-10", promised=5)
    assert read["paused"] and read["promised_due_on"] == "2026-03-17"


def test_rule_12_a_resumption_with_none_holding_after_an_earlier_pause_changes_nothing() -> None:
    events = *accepted(), pause("2026-03-03", "2026-03-10"), event("resumed", "2026-03-05")
    assert ask(*events, event("resumed", "2026-03-09"), as_of="2026-03-12") == ask(*events, as_of="2026-03-12")


def test_rule_12_counted_does_not_stop_at_the_due_date_or_the_decision() -> None:
    read = ask(*accepted(), event("decided", "2026-03-04"), as_of="2026-03-30", promised=5)
    assert sum(day["counted"] for day in read["days"]) == 20
    assert ask(*accepted(), as_of="2026-03-30", promised=5)["used"] == 20


def test_rule_12_days_between_the_last_calendar_day_and_the_moved_due_date_are_counted() -> None:
    read = ask(*accepted(), as_of="2026-03-09", promised=5, statutory=5, unit="calendar_day")
    assert [day["counted"] for day in read["days"]] == [True] * 7
    assert (read["used"], read["left"]) == (7, 0)


def test_rule_12_provisional_looks_from_acceptance_to_the_later_due_date() -> None:
    assert not ask(*accepted("2026-12-01"), as_of="2026-12-01", promised=10, statutory=22)["provisional"]
    read = ask(*accepted("2026-12-01"), as_of="2026-12-01", promised=10, statutory=23)
    assert read["provisional"] and read["statutory_due_on"] == "2027-01-04"
    decided = ask(*accepted("2026-12-01"), event("decided", "2026-12-20"), as_of="2026-12-20")
    assert not decided["provisional"] and decided["delivery_due_on"] == "2027-01-04"


def test_rule_12_a_year_without_a_notice_is_monday_to_friday_less_thirteen_days() -> None:
    read = ask(*accepted("2027-02-04"), as_of="2027-02-04", promised=1)
    assert read["promised_due_on"] == "2027-02-09"  # 除夕 5 February (Friday) to 初三 8 February (Monday)
    assert read["provisional"]
    without = WorkdayCalendar(notice for notice in shipped_notices() if notice.year != 2026)
    assert answer(line(*accepted("2026-09-30"), as_of="2026-09-30", promised=1), without)["promised_due_on"] == (
        "2026-10-05"
    )


def test_rule_12_a_blank_line_is_skipped_and_output_stands_in_the_order_of_input() -> None:
    good = json.dumps(line(*accepted(), as_of="2026-03-03")).encode()
    answers = list(answer_lines([b"\n", good + b"\r\n", b"  \t\n", b"nonsense\n", good], shipped_calendar()))
    assert [right for _, right in answers] == [True, False, True]


GOOD = line(*accepted(), as_of="2026-03-03")


@pytest.mark.parametrize(
    "change",
    [
        {"id": 7},
        {"id": None},
        {"kind": "double"},
        {"kind": ["single"]},
        {"more": 1},
        {"promised": None},
        {"promised": {"n": 10}},
        {"promised": {"n": 10, "unit": "workday", "x": 1}},
        {"promised": {"n": 10, "unit": "month"}},
        {"promised": {"n": 10, "unit": []}},
        {"promised": {"n": 0, "unit": "workday"}},
        {"promised": {"n": True, "unit": "workday"}},
        {"promised": {"n": 1.0, "unit": "workday"}},
        {"promised": {"n": "1", "unit": "workday"}},
        {"statutory": {"n": 10**30, "unit": "workday"}},
        {"statutory": {"n": 10**30, "unit": "calendar_day"}},
        {"events": {}},
        {"events": [[]]},
        {"events": [{"type": [], "at": "x"}]},
        {"events": [{"type": "received"}]},
        {"events": [{"type": "received", "at": "2026-03-02T10:00:00+08:00", "until": "2026-03-02"}]},
        {"events": [{"type": "received", "at": "2026-03-02T10:00:00"}]},
        {"events": [{"type": "received", "at": "2026-03-02 10:00:00+08:00"}]},
        {"events": [{"type": "received", "at": "2026-03-02T10:00:00.5+08:00"}]},
        {"events": [{"type": "received", "at": "2026-02-30T10:00:00+08:00"}]},
        {"events": [{"type": "received", "at": "2026-03-02T10:00:60+08:00"}]},
        {"events": [{"type": "received", "at": "2026-03-02T24:00:00+08:00"}]},
        {"events": [{"type": "received", "at": "2026-03-02T10:00:00+0800"}]},
        {"events": [{"type": "received", "at": "2026-03-02T10:00:00+24:00"}]},
        {"events": [{"type": "received", "at": "２０２６-03-02T10:00:00+08:00"}]},
        {"events": [{"type": "received", "at": "2026-03-02T10:00:00+08:00\n"}]},
        {"events": [{"type": "received", "at": "0001-01-01T00:00:00+14:00"}]},
        {"events": [{"type": "received", "at": 1}]},
        {"as_of": None},
        {"as_of": "2099-12-31T23:00:00-05:00"},
        {"as_of": "9999-12-31T23:59:59-23:59"},
        {"extra_procedures": None},
        {"extra_procedures": [1]},
        {"extra_procedures": "hearing"},
    ],
    ids=str,
)
def test_rule_12_a_wrong_form_is_an_error_line(change: dict[str, Any]) -> None:
    assert "error" in answer(GOOD | change)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_rule_12_every_field_of_the_example_is_required(name: str) -> None:
    read = answer({key: value for key, value in GOOD.items() if key != name})
    assert name in read["error"]


@pytest.mark.parametrize(
    "text",
    [
        b"nonsense",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b'{"id": "\xe4"}',
        b'{"id": NaN}',
        b'{"id": "a", "promised": Infinity}',
        b"1" * 5000,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        json.dumps(GOOD).replace('"id": "t"', '"id": "t", "id": "u"').encode(),
        json.dumps(GOOD | {"id": "\ud800", "kind": "\ud800"}).encode(),
    ],
    ids=lambda text: repr(text[:20]),
)
def test_rule_12_a_line_that_is_not_such_json_is_an_error_line(text: bytes) -> None:
    assert "error" in answer(text)


def test_rule_12_an_error_line_carries_the_id() -> None:
    assert answer(GOOD | {"kind": "x", "id": "编号七"})["id"] == "编号七"


def test_rule_12_a_date_past_the_end_of_the_calendar_is_an_error() -> None:
    assert ask(*accepted("2099-12-01"), as_of="2099-12-01", promised=5, statutory=20)["provisional"]
    refuse(*accepted("2099-12-01"), as_of="2099-12-01", promised=5, statutory=30)
    refuse(*accepted("2099-12-01"), event("decided", "2099-12-31"), as_of="2099-12-31", promised=5)
    assert ask(event("received", "2099-12-30"), as_of="2099-12-31")["accepted_on"] is None


def test_rule_12_a_boolean_is_not_a_whole_number_in_a_later_event_either() -> None:
    refuse(*accepted(), event("extended", "2026-05-01", n=True), as_of="2026-03-05")
