"""The explanation of a due date: every day, counted, skipped or paused, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.workdays.calendar import CalendarDate, WorkdayCalendar
from portal.workdays.notices import DayKind
from portal.workdays.terms import Pause, Unit


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a limit. `n` is its position among the counted days, 0 when it is not counted."""

    date: date
    counted: bool
    n: int
    kind: DayKind
    name: str
    notice: str
    provisional: bool
    pause: Pause | None
    reason: str


def each_day(
    calendar: WorkdayCalendar, accepted: date, last: date, pauses: Sequence[Pause], unit: Unit
) -> Iterator[Day]:
    """The days after acceptance up to and including `last`, in the promised limit's unit."""
    n = 0
    for offset in range(1, (last - accepted).days + 1):
        day = accepted + timedelta(days=offset)
        described = calendar.describe(day)
        pause = next((each for each in pauses if each.covers(day)), None)
        counted = pause is None and (unit is not Unit.WORKDAY or described.is_workday)
        n += counted
        yield Day(
            date=day,
            counted=counted,
            n=n if counted else 0,
            kind=described.kind,
            name=described.name,
            notice=described.notice,
            provisional=described.provisional,
            pause=pause,
            reason=_reason(described, pause, unit),
        )


def _reason(day: CalendarDate, pause: Pause | None, unit: Unit) -> str:
    if pause is not None:
        return f"特别程序（{pause.label}），暂停不计"
    if unit is not Unit.WORKDAY:
        return "自然日"
    match day.kind:
        case DayKind.WORKDAY:
            return "工作日"
        case DayKind.MAKEUP:
            return f"调休上班（《{day.notice}》）"
        case DayKind.WEEKEND:
            return "周末，不计"
        case _ if day.notice:
            return f"{day.name}放假，不计（《{day.notice}》）"
        case _:
            return f"{day.name}，法定节假日，不计（{day.date.year}年的放假通知未发布，暂行）"
