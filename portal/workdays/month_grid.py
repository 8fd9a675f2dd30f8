"""The months of 为什么是这一天: a word in every cell."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.web.dates import date_text
from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.days import Day
from portal.workdays.explanation import short_name
from portal.workdays.notices import DayKind
from portal.workdays.reading import ClockReading

_DAY = timedelta(days=1)
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


class CellState(StrEnum):
    """How a cell looks; the template makes it a class name."""

    OUTSIDE = "outside"
    ACCEPTED = "accepted"
    USED = "used"
    AHEAD = "ahead"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Cell:
    """One date. `words` stand below its number, one a line; `label` says all of it to a screen reader."""

    date: date
    state: CellState
    words: tuple[str, ...]
    is_makeup: bool = False
    is_today: bool = False
    is_promised_due: bool = False
    is_statutory_due: bool = False

    @property
    def label(self) -> str:
        parts = [date_text(self.date), *self.words]
        if self.is_makeup:
            parts.append("调休上班")
        return "，".join(parts)


@dataclass(frozen=True, slots=True)
class Month:
    """A month's weeks from Monday; None where a week belongs to the next or the last month."""

    title: str
    counted: int
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(read: ClockReading) -> tuple[Month, ...]:
    """From the week of receipt to the end of the month of the later due date; empty while nothing runs."""
    accepted, last = read.accepted_on, read.last_due_on
    if accepted is None or last is None or read.calendar is None:
        return ()
    days = {day.date: day for day in read.days}
    first = min(read.received_on, accepted)
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        start = date(year, month, 1)
        end = date(year, month, monthrange(year, month)[1])
        shown_from = max(start, first - first.weekday() * _DAY)
        cells: list[Cell | None] = [None] * shown_from.weekday()
        cells += [
            _cell(read, read.calendar, days.get(shown_from + offset * _DAY), shown_from + offset * _DAY)
            for offset in range((end - shown_from).days + 1)
        ]
        cells += [None] * (-len(cells) % 7)
        weeks = tuple(tuple(cells[index : index + 7]) for index in range(0, len(cells), 7))
        counted = sum(day.counted for day in read.days if start <= day.date <= end)
        title = f"{month}月" if year == first.year else f"{year}年{month}月"
        found.append(Month(title, counted, weeks))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(found)


def _cell(read: ClockReading, calendar: WorkdayCalendar, day: Day | None, when: date) -> Cell:
    state, words = _inside(read, day) if day is not None else _around(read, calendar, when)
    marks = {
        "决定": when == read.decided_on,
        "送达": when == read.delivered_on,
        "今天": when == read.as_of_on and not read.closed,
        "承诺": when == read.promised_due_on,
        "法定": when == read.statutory_due_on,
    }
    return Cell(
        date=when,
        state=state,
        words=words + tuple(word for word, holds in marks.items() if holds),
        is_makeup=day is not None and day.kind is DayKind.MAKEUP,
        is_today=marks["今天"],
        is_promised_due=marks["承诺"],
        is_statutory_due=marks["法定"],
    )


def _inside(read: ClockReading, day: Day) -> tuple[CellState, tuple[str, ...]]:
    if day.pause is not None:
        return CellState.PAUSED, ("停",)
    if day.counted:
        until = read.decided_on or read.as_of_on
        return CellState.USED if day.date <= until else CellState.AHEAD, (f"第{day.n}天",)
    if day.kind in (DayKind.HOLIDAY, DayKind.REST):
        return CellState.HOLIDAY, (short_name(day.name),)
    return CellState.WEEKEND, ("休",)


def _around(read: ClockReading, calendar: WorkdayCalendar, when: date) -> tuple[CellState, tuple[str, ...]]:
    if when == read.accepted_on:
        return CellState.ACCEPTED, ("视为受理",) if read.deemed_accepted else ("受理",)
    if when == read.received_on:
        return CellState.OUTSIDE, ("收件",)
    if read.accepted_on is not None and read.received_on < when < read.accepted_on:
        described = calendar.describe(when)
        if described.kind in (DayKind.HOLIDAY, DayKind.REST):
            return CellState.OUTSIDE, (short_name(described.name),)
    return CellState.OUTSIDE, ()
