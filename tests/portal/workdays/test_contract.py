"""The rules of contracts.md section 1, with literal dates. March 2026 has no holiday; 2 March is a Monday."""

import json
from pathlib import Path

import pytest

from tests.portal.workdays.lines import accepted, answer, ask, event, line, pause, refuse

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "workdays.json").read_text())["vectors"]

EXAMPLE = {
    "id": "a1",
    "kind": "single",
    "promised": {"n": 10, "unit": "workday"},
    "statutory": {"n": 20, "unit": "workday"},
    "events": [
        {"type": "received", "at": "2026-09-18T16:20:00+08:00"},
        {"type": "accepted", "at": "2026-09-21T09:00:00+08:00"},
        {"type": "paused", "at": "2026-09-22T10:00:00+08:00", "procedure": "expert_review", "until": "2026-10-30"},
        {"type": "resumed", "at": "2026-10-12T10:00:00+08:00"},
        {"type": "extended", "at": "2026-10-20T10:00:00+08:00", "n": 5},
        {"type": "decided", "at": "2026-10-30T10:00:00+08:00"},
    ],
    "as_of": "2026-11-02T09:00:00+08:00",
}


def test_the_example_of_the_contract_gives_exactly_its_output() -> None:
    read = answer(EXAMPLE)
    days = read.pop("days")
    assert read == {
        "id": "a1",
        "accepted_on": "2026-09-21",
        "deemed_accepted": False,
        "promised_due_on": "2026-10-30",
        "statutory_due_on": "2026-11-13",
        "used": 15,
        "left": 0,
        "level": "warning",
        "paused": False,
        "closed": True,
        "delivery_due_on": "2026-11-13",
        "provisional": False,
    }
    assert days[0] == {"date": "2026-09-22", "counted": True, "reason": "工作日"}
    assert days[1]["date"] == "2026-09-23" and not days[1]["counted"] and days[1]["reason"]
    assert (days[0]["date"], days[-1]["date"]) == ("2026-09-22", "2026-11-13")
    assert sum(day["counted"] for day in days) == 25


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['start']}+{vector['working_days']}")
def test_TIM_5_every_vector_of_working_days_holds(vector: dict[str, object]) -> None:
    n = int(str(vector["working_days"]))
    read = ask(*accepted(str(vector["start"])), as_of=str(vector["start"]), promised=n, statutory=n)
    assert read["promised_due_on"] == read["statutory_due_on"] == vector["due"]


# Rule 1


def test_rule_1_the_day_of_the_event_is_not_counted() -> None:
    read = ask(*accepted(), as_of="2026-03-02", promised=1)
    assert (read["used"], read["left"], read["promised_due_on"]) == (0, 1, "2026-03-03")


def test_TIM_5_rule_1_a_make_up_day_counts_and_a_holiday_does_not() -> None:
    read = ask(*accepted("2026-09-30"), as_of="2026-09-30", promised=3)
    assert read["promised_due_on"] == "2026-10-10"  # 8, 9 and Saturday 10 October
    reasons = {day["date"]: day["reason"] for day in read["days"]}
    assert reasons["2026-10-01"] == "国庆节放假，不计（《国务院办公厅关于2026年部分节假日安排的通知》）"
    assert reasons["2026-10-10"] == "调休上班（《国务院办公厅关于2026年部分节假日安排的通知》）"
    assert reasons["2026-10-11"] == "周末，不计"


# Rule 2


def test_ACC_6_rule_2_an_acceptance_on_the_fifth_working_day_counts_from_that_day() -> None:
    read = ask(*accepted("2026-03-02", "2026-03-09T23:59"), as_of="2026-03-10")
    assert (read["accepted_on"], read["deemed_accepted"]) == ("2026-03-09", False)


def test_ACC_5_rule_2_silence_for_five_working_days_accepts_on_the_day_of_receipt() -> None:
    received = event("received", "2026-03-02")
    before, after = ask(received, as_of="2026-03-09T23:59"), ask(received, as_of="2026-03-10T00:00")
    assert (before["accepted_on"], before["deemed_accepted"], before["used"]) == (None, False, None)
    assert (after["accepted_on"], after["deemed_accepted"], after["used"]) == ("2026-03-02", True, 6)


def test_ACC_5_rule_2_the_fifth_working_day_jumps_over_the_holiday() -> None:
    received = event("received", "2026-09-28")
    assert ask(received, as_of="2026-10-10")["accepted_on"] is None
    assert ask(received, as_of="2026-10-11")["accepted_on"] == "2026-09-28"


@pytest.mark.parametrize("late", ["accepted", "correction_asked", "corrected", "rejected"])
def test_ACC_5_rule_2_after_acceptance_by_law_an_answer_changes_nothing(late: str) -> None:
    received = event("received", "2026-03-02")
    silent = ask(received, as_of="2026-03-12")
    assert ask(received, event(late, "2026-03-10"), as_of="2026-03-12") == silent
    assert ask(received, event(late, "2026-03-10"), event(late, "2026-03-11"), as_of="2026-03-12") == silent


def test_ACC_6_rule_2_corrected_accepts_on_its_date_whether_or_not_accepted_follows() -> None:
    events = event("received", "2026-03-02"), event("correction_asked", "2026-03-03"), event("corrected", "2026-04-20")
    read = ask(*events, as_of="2026-04-20")
    assert (read["accepted_on"], read["deemed_accepted"]) == ("2026-04-20", False)
    assert ask(*events, event("accepted", "2026-04-21"), as_of="2026-04-22")["accepted_on"] == "2026-04-20"


def test_TIM_7_rule_2_nothing_runs_while_a_correction_is_outstanding() -> None:
    events = event("received", "2026-03-02"), event("correction_asked", "2026-03-09")
    read = ask(*events, as_of="2026-06-01")
    assert (read["accepted_on"], read["used"], read["level"], read["closed"]) == (None, None, "none", False)


def test_rule_2_a_rejection_in_time_closes_without_a_clock() -> None:
    read = ask(event("received", "2026-03-02"), event("rejected", "2026-03-09"), as_of="2026-04-30")
    assert (read["closed"], read["accepted_on"], read["days"], read["level"]) == (True, None, [], "none")


# Rule 3


def test_rule_3_a_pause_leaves_out_the_days_after_it_up_to_its_end() -> None:
    read = ask(
        *accepted(), pause("2026-03-04", "2026-03-20"), event("resumed", "2026-03-11"), as_of="2026-03-12", promised=5
    )
    # counted: 3, 4, then 12, 13, 16
    assert read["promised_due_on"] == "2026-03-16"
    assert [day["date"][-2:] for day in read["days"] if day["counted"]][:5] == ["03", "04", "12", "13", "16"]
    assert (read["used"], read["left"]) == (3, 2)


def test_rule_3_without_a_resumption_the_pause_ends_on_until() -> None:
    read = ask(*accepted(), pause("2026-03-04", "2026-03-11"), as_of="2026-03-05", promised=5)
    assert read["promised_due_on"] == "2026-03-16"


# Rule 4


def test_rule_4_calendar_days_count_every_day_and_the_due_date_moves_to_a_working_day() -> None:
    read = ask(*accepted(), as_of="2026-03-02", promised=5, statutory=12, unit="calendar_day")
    assert read["promised_due_on"] == "2026-03-09"  # 7 March is a Saturday
    assert read["statutory_due_on"] == "2026-03-16"
    assert read["left"] == 7 and all(day["counted"] for day in read["days"])


def test_rule_4_a_due_date_in_a_holiday_moves_behind_it_even_to_a_working_saturday() -> None:
    read = ask(*accepted("2026-02-12"), as_of="2026-02-12", promised=3, statutory=12, unit="calendar_day")
    assert read["promised_due_on"] == "2026-02-24" and read["statutory_due_on"] == "2026-02-24"
    assert ask(*accepted("2026-05-04"), as_of="2026-05-04", promised=5, unit="calendar_day")["promised_due_on"] == (
        "2026-05-09"
    )


def test_rule_4_and_12_a_due_date_moves_whether_or_not_a_pause_holds_there() -> None:
    events = *accepted(), pause("2026-03-07", "2026-03-31")
    read = ask(*events, as_of="2026-03-07", promised=5, statutory=30, unit="calendar_day")
    assert read["promised_due_on"] == "2026-03-09"


def test_rule_4_a_pause_stops_calendar_days_too() -> None:
    events = *accepted(), pause("2026-03-03", "2026-03-13")
    assert ask(*events, as_of="2026-03-03", promised=5, unit="calendar_day")["promised_due_on"] == "2026-03-17"


# Rule 5


@pytest.mark.parametrize(
    "procedure", ["hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"]
)
def test_TIM_4_rule_5_the_eight_procedures_of_article_45_pause(procedure: str) -> None:
    assert ask(*accepted(), pause("2026-03-04", "2026-03-11", procedure), as_of="2026-03-05")["paused"]


@pytest.mark.parametrize("procedure", ["site_visit", "publicity", "consultation", "", "Hearing"])
def test_TIM_4_rule_5_another_procedure_needs_to_be_listed(procedure: str) -> None:
    events = *accepted(), pause("2026-03-04", "2026-03-11", procedure)
    refuse(*events, as_of="2026-03-05")
    assert ask(*events, as_of="2026-03-05", extra_procedures=[procedure])["paused"]


def test_rule_5_until_may_be_the_day_of_the_pause_but_not_before() -> None:
    refuse(*accepted(), pause("2026-03-04", "2026-03-03"), as_of="2026-03-05")
    read = ask(*accepted(), pause("2026-03-04", "2026-03-04"), as_of="2026-03-04", promised=5)
    assert (read["paused"], read["promised_due_on"]) == (False, "2026-03-09")


def test_rule_5_after_until_the_clock_runs_by_itself_and_a_later_resumption_changes_nothing() -> None:
    events = *accepted(), pause("2026-03-04", "2026-03-11")
    assert ask(*events, as_of="2026-03-10T23:59")["paused"]
    read = ask(*events, as_of="2026-03-11T00:00")
    assert not read["paused"]
    late = ask(*events, event("resumed", "2026-03-20"), as_of="2026-03-20")
    assert late["promised_due_on"] == read["promised_due_on"] == "2026-03-23"


# Rule 6


def test_TIM_1_rule_6_an_extension_moves_both_due_dates() -> None:
    events = *accepted(), event("extended", "2026-03-16", n=10)
    read = ask(*events, as_of="2026-03-16")
    assert (read["promised_due_on"], read["statutory_due_on"]) == ("2026-03-30", "2026-04-14")


def test_TIM_6_rule_6_an_extension_is_possible_up_to_the_promised_due_date_as_it_stood() -> None:
    refuse(*accepted(), event("extended", "2026-03-17", n=5), as_of="2026-03-17")
    paused = pause("2026-03-04", "2026-03-11")
    assert ask(*accepted(), paused, event("extended", "2026-03-23", n=5), as_of="2026-03-23")
    refuse(*accepted(), paused, event("extended", "2026-03-24", n=5), as_of="2026-03-24")


def test_TIM_1_rule_6_once_at_most_ten_and_jointly_fifteen_working_days() -> None:
    first = event("extended", "2026-03-03", n=1)
    refuse(*accepted(), first, event("extended", "2026-03-04", n=1), as_of="2026-03-04")
    refuse(*accepted(), event("extended", "2026-03-03", n=11), as_of="2026-03-04")
    assert ask(*accepted(), event("extended", "2026-03-03", n=15), as_of="2026-03-04", kind="joint")
    refuse(*accepted(), event("extended", "2026-03-03", n=16), as_of="2026-03-04", kind="joint")


def test_rule_6_a_limit_in_calendar_days_cannot_be_extended_not_even_one_of_the_two() -> None:
    events = *accepted(), event("extended", "2026-03-03", n=1)
    refuse(*events, as_of="2026-03-04", unit="calendar_day")
    mixed = line(*events, as_of="2026-03-04") | {"statutory": {"n": 40, "unit": "calendar_day"}}
    assert "error" in answer(mixed)


# Rule 7


def test_TIM_3_rule_7_delivery_is_due_ten_working_days_after_the_decision() -> None:
    read = ask(*accepted("2026-09-21"), event("decided", "2026-09-29"), as_of="2026-10-20")
    assert (read["delivery_due_on"], read["closed"]) == ("2026-10-19", True)
    assert read["used"] == 5  # 22, 23, 24, 28 and 29 September


def test_rule_7_an_open_pause_ends_on_the_day_of_the_decision() -> None:
    events = *accepted(), pause("2026-03-04", "2026-04-30")
    assert ask(*events, as_of="2026-03-10", promised=5)["promised_due_on"] == "2026-05-08"
    read = ask(*events, event("decided", "2026-03-10"), as_of="2026-03-10", promised=5)
    assert (read["paused"], read["promised_due_on"], read["used"]) == (False, "2026-03-13", 2)


# Rule 8


def test_TIM_6_rule_8_the_promised_limit_is_not_longer_than_the_statutory_one() -> None:
    refuse(*accepted(), as_of="2026-03-04", promised=21)
    assert ask(*accepted(), as_of="2026-03-04", promised=20)
    mixed = line(*accepted(), as_of="2026-03-04") | {"statutory": {"n": 5, "unit": "calendar_day"}}
    assert answer(mixed)["statutory_due_on"] == "2026-03-09"


# Rule 9


@pytest.mark.parametrize(
    ("as_of", "level"),
    [
        ("2026-03-11", "none"),  # 7 of 10 used
        ("2026-03-12", "warning"),  # 8 of 10: 80 %
        ("2026-03-16T23:59", "warning"),  # the due date itself
        ("2026-03-17T00:00", "yellow"),
        ("2026-03-19", "yellow"),  # the third working day past it
        ("2026-03-20", "red"),  # the fourth
    ],
)
def test_rule_9_levels_of_a_promise_of_ten_days(as_of: str, level: str) -> None:
    assert ask(*accepted(), as_of=as_of)["level"] == level


def test_rule_9_one_day_left_warns_before_eighty_percent_do() -> None:
    assert ask(*accepted(), as_of="2026-03-03", promised=3)["level"] == "none"
    assert ask(*accepted(), as_of="2026-03-04", promised=3)["level"] == "warning"  # 2 of 3 used
    assert ask(*accepted(), as_of="2026-03-02", promised=1)["level"] == "warning"


def test_rule_9_the_extension_belongs_to_the_promised_days() -> None:
    events = *accepted(), event("extended", "2026-03-12", n=5)
    assert ask(*events, as_of="2026-03-12")["level"] == "none"
    assert ask(*events, as_of="2026-03-18")["level"] == "warning"  # 12 of 15


def test_rule_9_past_the_statutory_due_date_is_red_at_once() -> None:
    assert ask(*accepted(), as_of="2026-03-17", statutory=10)["level"] == "red"
    assert ask(*accepted(), as_of="2026-03-17", statutory=11)["level"] == "yellow"
    assert ask(*accepted(), as_of="2026-03-18", statutory=11)["level"] == "red"


def test_rule_9_and_12_the_working_days_past_count_although_a_pause_holds() -> None:
    events = *accepted(), pause("2026-03-16", "2026-04-30")
    assert ask(*events, as_of="2026-03-19")["level"] == "yellow"
    assert ask(*events, as_of="2026-03-20")["level"] == "red"


def test_rule_9_a_decision_freezes_the_level() -> None:
    events = *accepted(), event("decided", "2026-03-13")
    assert ask(*events, as_of="2026-06-30")["level"] == "warning"
    assert ask(*accepted(), event("decided", "2026-03-06"), as_of="2026-06-30")["level"] == "none"


# Rule 10


@pytest.mark.parametrize(
    ("events", "closed"),
    [
        ([], False),
        ([event("rejected", "2026-03-03")], True),
        ([event("withdrawn", "2026-03-03")], True),
        ([event("correction_asked", "2026-03-03")], False),
        ([event("correction_asked", "2026-03-03"), event("rejected", "2026-03-20")], True),
        ([event("accepted", "2026-03-02"), event("withdrawn", "2026-03-03")], True),
        ([event("accepted", "2026-03-02"), pause("2026-03-02", "2026-04-01"), event("withdrawn", "2026-03-03")], True),
    ],
)
def test_rule_10_without_a_running_clock_everything_is_null(events: list[dict[str, object]], closed: bool) -> None:
    as_of = "2026-03-04" if len(events) < 2 or events[1]["type"] != "rejected" else "2026-03-20"
    assert ask(event("received", "2026-03-02"), *events, as_of=as_of) == {
        "id": "t",
        "accepted_on": None,
        "deemed_accepted": False,
        "promised_due_on": None,
        "statutory_due_on": None,
        "used": None,
        "left": None,
        "level": "none",
        "paused": False,
        "closed": closed,
        "delivery_due_on": None,
        "provisional": False,
        "days": [],
    }


def test_rule_10_a_case_withdrawn_after_acceptance_by_law_is_null_too() -> None:
    read = ask(event("received", "2026-12-18"), event("withdrawn", "2027-01-20"), as_of="2027-01-20")
    assert (read["accepted_on"], read["deemed_accepted"], read["provisional"], read["closed"]) == (
        None,
        False,
        False,
        True,
    )
