"""`export_clocks`: what is stored equals what `deadline` says of the same line, at every instant after a sweep."""

from __future__ import annotations

import datetime as dt
import io
import json
import random

import pytest
from django.core.management import call_command

from applications import services
from applications.models import Case
from portal import clock
from portal.web.errors import DomainError
from portal.workdays.calendar import shipped_calendar
from portal.workdays.jsonlines import answer_line
from tests import factories as make

pytestmark = pytest.mark.django_db


def export():
    target = io.StringIO()
    call_command("export_clocks", stdout=target)
    return [json.loads(line) for line in target.getvalue().splitlines()]


def check(line):
    """The answer of `deadline` to the line's question, against what is stored."""
    stored = line.pop("stored")
    answer, right = answer_line(json.dumps(line).encode(), shipped_calendar())
    assert right, answer.decode()
    again = json.loads(answer)
    names = ("accepted_on", "deemed_accepted", "promised_due_on", "statutory_due_on", "level")
    assert {name: stored[name] for name in names} == {name: again[name] for name in names}, line
    return stored


def rising_levels(line):
    """Level and date of every rise, by asking `deadline` day after day."""
    first = dt.date.fromisoformat(line["events"][0]["at"][:10])
    last = dt.date.fromisoformat(line["as_of"][:10])
    rises, before = [], 0
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        as_of = min(f"{day}T23:59:59+08:00", line["as_of"])
        level = json.loads(answer_line(json.dumps(line | {"as_of": as_of}).encode(), shipped_calendar())[0])["level"]
        rank = ("none", "warning", "yellow", "red").index(level)
        if rank > before:
            rises.append({"level": level, "on": day.isoformat()})
        before = rank
    return rises


def test_every_case_of_a_generated_mix_equals_what_deadline_says(frozen_clock):
    chance = random.Random(20261123)
    start = make.at("2026-08-17 09:00")
    frozen_clock(start)
    desk = make.Desk()
    editions = [
        make.item(desk.department),
        make.item(desk.department, promised=3, statutory=5),
        make.item(desk.department, promised=20, statutory=30, unit="calendar_day"),
        make.item(
            desk.department,
            promised=5,
            statutory=20,
            extra_procedures=[{"code": "consulting", "name": "征求意见", "basis": "《演示条例》第十九条"}],
        ),
    ]
    cases: list[Case] = []
    for day in range(70):
        with clock.shifted(start + dt.timedelta(days=day, minutes=chance.randrange(500))):
            if day % 10 != 5:  # now and then the sweep is away
                services.sweep(100)
            if day < 50 and chance.random() < 0.5:
                cases.append(make.online_case(chance.choice(editions)))
            for case in chance.sample(cases, min(len(cases), 4)):
                step(chance, desk, case)
            if day % 7 == 0:
                services.sweep(100)
                for line in export():
                    check(line)
    with clock.shifted(start + dt.timedelta(days=75)):
        services.sweep(100)
        lines = export()
        assert len(lines) == len(cases) > 15
        assert len({case.state for case in Case.objects.all()}) >= 6
        for line in lines:
            stored = check(line)
            if line["events"][-1]["type"] != "withdrawn":
                assert stored["signals"] == rising_levels(line), line


def step(chance, desk, case):
    """Some act that may be possible now; a refusal is an answer too."""
    case.refresh_from_db()
    today = clock.today()
    later = (today + dt.timedelta(days=chance.randrange(1, 15))).isoformat()
    acts = {
        "received": [desk.accept, desk.ask_correction, None],
        "correcting": [lambda c: make.do(c, "supply", desk.clerk, supplies=paper_for(c)), None],
        "reviewing": [
            desk.review,
            lambda c: make.do(c, "pause", desk.reviewer, procedure="inspection", until=later, reason="检验"),
            lambda c: make.do(c, "resume", desk.reviewer, result="完成"),
            lambda c: make.do(c, "extend", desk.head, n=chance.randrange(1, 11), reason="核实"),
            lambda c: make.do(c, "withdraw", make.acting(c.submitted_by)),
            None,
        ],
        "approving": [desk.grant, desk.refuse, None],
        "granted": [desk.conclude],
        "refused": [desk.conclude],
        "concluded": [desk.deliver],
    }.get(case.state, [None])
    act = chance.choice(acts)
    if act is not None:
        try:
            act(case)
        except DomainError:
            pass


def paper_for(case):
    return [{"line": str(line.pk), "copies": 1} for line in case.correction.lines.all()]


@pytest.mark.parametrize(
    "traits",
    [
        {"immediate": True},
        {"immediate": True, "statutory": None},
        {"promised": 1, "statutory": 2, "unit": "month"},
        {"statutory": None, "statutory_reason": "演示"},
    ],
)
def test_limits_that_the_contract_has_no_words_for_are_outside(frozen_clock, traits):
    frozen_clock(make.at("2026-11-23 09:00"))
    desk = make.Desk()
    case = desk.accept(make.online_case(make.item(desk.department, **traits)))
    (line,) = export()
    assert set(line) == {"id", "outside", "stored"}
    assert (line["id"], line["outside"]) == (case.number, True)
    assert line["stored"]["accepted_on"] == "2026-11-23"


def test_a_case_of_two_situations_is_counted_by_its_own(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    desk = make.Desk()
    edition = make.item(desk.department, situations=[("报告书", 3, 60, "workday"), ("报告表", 2, 30, "workday")])
    desk.accept(make.online_case(edition))
    (line,) = export()
    assert line["promised"] == {"n": 3, "unit": "workday"}
    assert check(line)["promised_due_on"] == "2026-11-26"
