"""Decisions about a case that need no database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from applications.states import STAGE_OF_STATE, CaseState, ClockLevel, Stage
from catalog.enumerations import Handling
from catalog.models import ItemEdition, Situation
from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.terms import LONGEST_EXTENSION, PROCEDURES, Kind, Level, Limit, Rule, Unit, shanghai_midnight

LAW_45 = "《中华人民共和国行政许可法》第四十五条"
DAY = dt.timedelta(days=1)
RANK: dict[str, int] = {level: rank for rank, level in enumerate(ClockLevel.values)}
CODE_OF_LEVEL: dict[Level, ClockLevel] = {level: ClockLevel(level.code) for level in Level}
#: Whose work a state waits for: the review clock of the law runs in the last two.
RUNNING = frozenset({CaseState.REVIEWING.value, CaseState.APPROVING.value})


def rule_of(edition: ItemEdition, situation: Situation | None) -> Rule:
    """The limits that bind a case: those of its situation where the law gives two (design.md section 3)."""
    source = situation if situation is not None else edition
    unit = Unit(source.limit_unit)
    promised = Limit(source.promised_n, unit) if source.promised_n else None
    statutory = Limit(source.statutory_n, unit) if source.statutory_n else None
    immediate = promised is None and edition.handling == Handling.IMMEDIATE
    return Rule(
        promised=promised,
        statutory=statutory,
        kind=Kind.SINGLE,
        immediate=immediate,
        extra_procedures=tuple(str(extra["code"]) for extra in edition.extra_procedures),
    )


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure that stops the clock of an edition's cases, and what allows it."""

    code: str
    name: str
    basis: str


#: The law sets no end to a special procedure; one notice promises half a year at most, then the applicant is told anew.
LONGEST_PAUSE: Final = dt.timedelta(days=183)


def procedures_of(edition: ItemEdition) -> tuple[Procedure, ...]:
    """TIM-4: of the eight of 行政许可法 45 those that the item lists; others only with a legal basis of their own."""
    lawful = [Procedure(code, PROCEDURES[code], LAW_45) for code in edition.special_procedures if code in PROCEDURES]
    extra = [Procedure(str(e["code"]), str(e["name"]), str(e["basis"])) for e in edition.extra_procedures if e["basis"]]
    return (*lawful, *extra)


_RESULT_NUMBER: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕\[\]（）()—\-/.·]{4,50}")


def result_number_fault(number: str) -> str | None:
    """What is wrong with the shape of a licence's number, as a sentence."""
    if not 4 <= len(number) <= 50:
        return f"证照编号是 4 到 50 个字，现在是 {len(number)} 个。"
    if not _RESULT_NUMBER.fullmatch(number):
        return "证照编号只能用汉字、字母、数字和〔〕[]（）—-/.·，不能有空格。"
    if not re.search(r"[0-9]", number):
        return "证照编号里要有数字。"
    return None


#: 民事诉讼法 95, followed in administrative practice: thirty days after the notice the paper counts as delivered.
PUBLIC_NOTICE: Final = dt.timedelta(days=30)


def notice_ends_on(first_on: dt.date) -> dt.date:
    """The last of the thirty days, in calendar days; the first day of the notice is not counted (民法典 201)."""
    return first_on + PUBLIC_NOTICE


def longest_extension(edition: ItemEdition) -> int:
    """TIM-1: working days, 0 where the item allows none; never more than the law."""
    return min(edition.extension_max, LONGEST_EXTENSION[Kind.SINGLE]) if edition.extension_allowed else 0


def extension_counts(rule: Rule) -> bool:
    """Whether both limits are in working days: others cannot be extended (contracts.md 1, rule 6)."""
    if rule.promised is None or rule.promised.unit is not Unit.WORKDAY:
        return False
    return rule.statutory is None or rule.statutory.unit is Unit.WORKDAY


def supply_until(calendar: WorkdayCalendar, asked_on: dt.date, days: int) -> dt.date:
    """TIM-7: the applicant's period in calendar days; a last day that is no working day moves on (民法典 203)."""
    return calendar.next_workday(asked_on + dt.timedelta(days=days))


def answer_due_on(calendar: WorkdayCalendar, received_on: dt.date, *, after_hours: bool) -> dt.date:
    """ACC-1, ACC-2: 不受理 and 不予受理 are due on the day of receipt; online after hours on the next working day."""
    if not after_hours and calendar.is_workday(received_on):
        return received_on
    return calendar.add(received_on, 1)


def by_law_due(
    *,
    state: str,
    acceptance_due_on: dt.date,
    correction_due_on: dt.date | None,
    pause_until: dt.date | None,
    today: dt.date,
) -> tuple[str, dt.date] | None:
    """The act that the law has done by itself by `today`, and the date on which it did."""
    # 行政许可法 32(4): silence for five working days accepts.
    if state == CaseState.RECEIVED and today > acceptance_due_on:
        return "deemed_acceptance", acceptance_due_on + DAY
    if state == CaseState.CORRECTING and correction_due_on is not None and today > correction_due_on:
        return "lapse", correction_due_on + DAY
    if state in RUNNING and pause_until is not None and pause_until <= today:
        return "end_pause", pause_until
    return None


def next_check_at(
    *,
    state: str,
    acceptance_due_on: dt.date,
    correction_due_on: dt.date | None,
    pause_until: dt.date | None,
    turns: Iterable[dt.date | None],
    today: dt.date,
) -> dt.datetime | None:
    """The next instant, later than today, at which the law or a level changes the case; None when only an act can."""
    dates: list[dt.date | None] = []
    if state == CaseState.RECEIVED:
        dates = [acceptance_due_on + DAY]
    elif state == CaseState.CORRECTING and correction_due_on is not None:
        dates = [correction_due_on + DAY]
    elif state in RUNNING:
        dates = [*turns, pause_until]
    ahead = [day for day in dates if day is not None and day > today]
    return shanghai_midnight(min(ahead)) if ahead else None


def stage_of(state: str) -> Stage | None:
    """The plan's stage in which a state lies; None when the case ended before or beside it."""
    return STAGE_OF_STATE.get(state)
