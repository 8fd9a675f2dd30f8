"""The legal clock: `reading` says of a case's clock events where its time limits stand.

Pure; no case, no database, no clock of its own. Specification: contracts.md section 1; law: domain.md section 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from portal.workdays.calendar import OutOfCalendar, WorkdayCalendar
from portal.workdays.counting import Counter, month_days
from portal.workdays.course import Course, check_date, run
from portal.workdays.days import Day, each_day
from portal.workdays.levels import DAY, level_on, overtaken_left_out, turning_dates
from portal.workdays.terms import (
    DELIVERY_WORKDAYS,
    ClockError,
    ClockEvent,
    Level,
    Pause,
    Rule,
    Stage,
    Unit,
    shanghai_date,
    shanghai_midnight,
)


@dataclass(frozen=True)
class ClockReading:
    """What the clock shows at `as_of`. Dates are Shanghai dates; `used` and `left` are days of the promised unit.

    Not accepted, rejected or withdrawn: the dates, `used` and `left` are None, `days` is empty, `level` is none.
    """

    stage: Stage
    as_of_on: date
    received_on: date
    acceptance_due_on: date | None
    accepted_on: date | None = None
    deemed_accepted: bool = False
    promised_due_on: date | None = None
    statutory_due_on: date | None = None
    used: int | None = None
    left: int | None = None
    level: Level = Level.NONE
    paused: bool = False
    closed: bool = False
    closed_on: date | None = None
    decided_on: date | None = None
    delivered_on: date | None = None
    delivery_due_on: date | None = None
    provisional: bool = False
    promised_days: int | None = None
    """Counted days of the promised limit, extension included; None for 即办."""
    extension: int = 0
    extended_on: date | None = None
    pauses: tuple[Pause, ...] = ()
    changes: Mapping[Level, date] = field(default_factory=dict)
    """Level -> date on which it turned, or will turn if nothing more happens; up to the decision once decided."""
    rule: Rule | None = field(default=None, repr=False)
    calendar: WorkdayCalendar | None = field(default=None, repr=False, compare=False)
    counter: Counter | None = field(default=None, repr=False, compare=False)
    as_of: datetime | None = None

    @property
    def last_due_on(self) -> date | None:
        """The later of the two due dates."""
        dues = [due for due in (self.promised_due_on, self.statutory_due_on) if due is not None]
        return max(dues, default=None)

    @property
    def unit(self) -> Unit:
        """The unit that `used`, `left` and `days` count in."""
        if self.rule is None or self.rule.promised is None:
            return Unit.WORKDAY
        return self.rule.promised.unit

    @property
    def open_pause(self) -> Pause | None:
        """The pause that holds today."""
        return self.pauses[-1] if self.paused else None

    @property
    def delivery_overdue(self) -> bool:
        """Whether the ten working days of 行政许可法 44 are over and nothing is delivered."""
        return self.delivery_due_on is not None and self.delivered_on is None and self.as_of_on > self.delivery_due_on

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """Every day from the day after acceptance to the later due date, with why it is counted or not."""
        if self.accepted_on is None or self.last_due_on is None or self.calendar is None:
            return ()
        return tuple(each_day(self.calendar, self.accepted_on, self.last_due_on, self.pauses, self.unit))

    @cached_property
    def next_change(self) -> datetime | None:
        """The next instant, strictly later than `as_of`, at which acceptance, pause, level or an overdue delivery
        changes by itself; None when only an event can change anything. (`used` and `left` change daily besides.)"""
        dates: list[date] = []
        if self.stage is Stage.PENDING and self.acceptance_due_on is not None:
            dates.append(self.acceptance_due_on + DAY)
        if self.stage is Stage.RUNNING:
            dates.extend(self.changes.values())
            if self.paused:
                dates.append(self.pauses[-1].end)
        if self.delivery_due_on is not None and self.delivered_on is None:
            dates.append(self.delivery_due_on + DAY)
        # A date begins later than now exactly when it is later than today.
        ahead = [day for day in dates if day > self.as_of_on]
        return shanghai_midnight(min(ahead)) if ahead else None


def reading(events: Iterable[ClockEvent], calendar: WorkdayCalendar, rule: Rule, as_of: datetime) -> ClockReading:
    """Read the clock at an instant. Raises ClockError when the events cannot be those of a lawful case.

    Of events later than `as_of` only the order is looked at.
    """
    today = shanghai_date(as_of)
    check_date(today)
    course = run(list(events), calendar, rule, as_of)
    if course.accepted_on is None or course.stage in (Stage.REJECTED, Stage.WITHDRAWN):
        return ClockReading(
            stage=course.stage,
            as_of=as_of,
            as_of_on=today,
            received_on=course.received_on,
            acceptance_due_on=course.acceptance_due_on,
            closed=course.closed_on is not None,
            closed_on=course.closed_on,
            rule=rule,
        )
    return _running(course, course.accepted_on, calendar, rule, as_of, today)


def _running(
    course: Course, accepted: date, calendar: WorkdayCalendar, rule: Rule, as_of: datetime, today: date
) -> ClockReading:
    unit = rule.promised.unit if rule.promised is not None else Unit.WORKDAY
    counter = Counter(calendar, unit, accepted, course.gaps())
    promised_due = course.due(rule.promised) if rule.promised is not None else accepted
    statutory_due = course.due(rule.statutory) if rule.statutory is not None else None
    until = course.decided_on or today
    used = counter.upto(until)
    promised_days = _promised_days(course, rule, accepted)
    changes = turning_dates(
        calendar,
        counter,
        start=accepted,
        promised_days=promised_days,
        promised_due_on=promised_due,
        statutory_due_on=statutory_due,
    )
    if course.deemed_accepted and course.acceptance_due_on is not None:
        # Before the five working days are over nothing was accepted, and nothing could turn.
        known = course.acceptance_due_on + DAY
        changes = overtaken_left_out({level: max(day, known) for level, day in changes.items()})
    if course.decided_on is not None:
        changes = {level: day for level, day in changes.items() if day <= course.decided_on}
    return ClockReading(
        stage=course.stage,
        as_of=as_of,
        as_of_on=today,
        received_on=course.received_on,
        acceptance_due_on=course.acceptance_due_on,
        accepted_on=accepted,
        deemed_accepted=course.deemed_accepted,
        promised_due_on=promised_due,
        statutory_due_on=statutory_due,
        used=used,
        left=max(0, counter.upto(promised_due) - used),
        level=level_on(changes, until),
        paused=bool(course.pauses) and course.pauses[-1].holds_on(today),
        closed=course.closed_on is not None,
        closed_on=course.closed_on,
        decided_on=course.decided_on,
        delivered_on=course.delivered_on,
        delivery_due_on=_delivery_due(calendar, course.decided_on),
        provisional=calendar.is_provisional(accepted, max(promised_due, statutory_due or promised_due)),
        promised_days=promised_days,
        extension=course.extension,
        extended_on=course.extended_on,
        pauses=tuple(course.pauses),
        changes=changes,
        rule=rule,
        calendar=calendar,
        counter=counter,
    )


def _promised_days(course: Course, rule: Rule, accepted: date) -> int | None:
    if rule.promised is None:
        return None
    if rule.promised.unit is Unit.MONTH:
        return month_days(accepted, rule.promised.n)
    return rule.promised.n + course.extension


def _delivery_due(calendar: WorkdayCalendar, decided: date | None) -> date | None:
    if decided is None:
        return None
    try:
        return calendar.add(decided, DELIVERY_WORKDAYS)  # 行政许可法 44
    except OutOfCalendar:
        raise ClockError("送达期限晚于 2099-12-31", code="out_of_calendar") from None
