"""The strip on the staff's case page: one cell for each working day, two due marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.web.dates import date_text
from portal.workdays.reading import ClockReading

_DAY = timedelta(days=1)


class StripState(StrEnum):
    """How a cell looks; the template makes it a class name."""

    USED = "used"
    TODAY = "today"
    AHEAD = "ahead"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class StripCell:
    """One working day. `short` is 11/13 at the start and where a month begins, else 16."""

    date: date
    state: StripState
    short: str
    is_today: bool
    is_promised_due: bool
    is_statutory_due: bool

    @property
    def marks(self) -> tuple[str, ...]:
        """The words above the cell."""
        marks = {"今天": self.is_today, "承诺到期": self.is_promised_due, "法定到期": self.is_statutory_due}
        return tuple(word for word, holds in marks.items() if holds)

    @property
    def label(self) -> str:
        """All of it for a screen reader."""
        words = {"used": "已用", "today": "今天", "ahead": "将要计", "paused": "暂停"}
        return "，".join(dict.fromkeys((date_text(self.date), words[self.state], *self.marks)))


def strip(read: ClockReading, *, most: int = 60) -> tuple[StripCell, ...]:
    """The working days from acceptance to the later due date, or to today when that is past; at most `most` cells.

    Where there are more, the days around today are kept. Empty while nothing runs.
    """
    if read.accepted_on is None or read.last_due_on is None or read.calendar is None:
        return ()
    until = read.decided_on or read.as_of_on
    # 即办 ends on the day of acceptance itself.
    day = read.accepted_on if read.rule is not None and read.rule.immediate else read.accepted_on + _DAY
    dates: list[date] = []
    while day <= max(read.last_due_on, until):
        if read.calendar.is_workday(day) or day == read.promised_due_on:
            dates.append(day)
        day += _DAY
    before = sum(1 for each in dates if each <= until)
    start = max(0, min(before - most // 2, len(dates) - most))
    cells: list[StripCell] = []
    for when in dates[start : start + most]:
        is_new_month = not cells or cells[-1].date.month != when.month
        is_today = when == read.as_of_on and not read.closed
        cells.append(
            StripCell(
                date=when,
                state=_state(read, when, until, is_today),
                short=f"{when.month}/{when.day}" if is_new_month else str(when.day),
                is_today=is_today,
                is_promised_due=when == read.promised_due_on,
                is_statutory_due=when == read.statutory_due_on,
            )
        )
    return tuple(cells)


def _state(read: ClockReading, when: date, until: date, is_today: bool) -> StripState:
    if any(pause.covers(when) for pause in read.pauses):
        return StripState.PAUSED
    if is_today:
        return StripState.TODAY
    return StripState.USED if when <= until else StripState.AHEAD
