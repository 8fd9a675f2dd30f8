"""The course of a clock: what its events, in order, made of it (contracts.md section 1, rules 2, 5, 6, 7, 11, 12)."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

from portal.workdays.calendar import FIRST_DATE, LAST_DATE, OutOfCalendar, WorkdayCalendar
from portal.workdays.counting import due_date
from portal.workdays.terms import (
    ACCEPTANCE_WORKDAYS,
    LONGEST_EXTENSION,
    PROCEDURES,
    ClockError,
    ClockEvent,
    EventType,
    Limit,
    Pause,
    Rule,
    Stage,
    Unit,
    shanghai_date,
)


def extended(limit: Limit, extension: int) -> Limit:
    """A limit in working days with its extension."""
    return Limit(limit.n + extension, limit.unit) if extension else limit


class Course:
    """The state of one clock while its events are gone through. Raises ClockError at the first unlawful one."""

    def __init__(self, received: datetime, calendar: WorkdayCalendar, rule: Rule) -> None:
        self._calendar = calendar
        self._rule = rule
        self.received_on = shanghai_date(received)
        check_date(self.received_on)
        self.acceptance_due_on: date | None = None
        try:
            self.acceptance_due_on = calendar.add(self.received_on, ACCEPTANCE_WORKDAYS)
        except OutOfCalendar:
            pass  # so close to the end of the calendar that no date lies after the fifth working day
        self.stage = Stage.PENDING
        self.accepted_on: date | None = None
        self.deemed_accepted = False
        self.decided_on: date | None = None
        self.delivered_on: date | None = None
        self.closed_on: date | None = None
        self.pauses: list[Pause] = []
        self.extension = 0
        self.extended_on: date | None = None

    def arrive(self, day: date) -> None:
        """Let the law do what it has done by itself before this date: silence for five working days accepts."""
        # 行政许可法 32(4): deemed acceptance goes back to the receipt of the materials.
        if self.stage is Stage.PENDING and self.acceptance_due_on is not None and day > self.acceptance_due_on:
            self.stage = Stage.RUNNING
            self.accepted_on = self.received_on
            self.deemed_accepted = True

    def take(self, event: ClockEvent) -> None:
        """Apply the next event."""
        day = shanghai_date(event.at)
        check_date(day)
        if self.stage in (Stage.REJECTED, Stage.WITHDRAWN):
            raise ClockError("不受理或者撤回以后不能再有事件", code="event_after_close")
        if self.stage is Stage.DECIDED and event.type is not EventType.DELIVERED:
            raise ClockError("作出决定以后只能送达", code="event_after_decision")
        self.arrive(day)
        match event.type:
            case EventType.RECEIVED:
                raise ClockError("收件只能有一次", code="received_twice")
            case EventType.CORRECTION_ASKED | EventType.CORRECTED | EventType.ACCEPTED | EventType.REJECTED:
                self._answer(event.type, day)
            case EventType.PAUSED:
                self._pause(event, day)
            case EventType.RESUMED:
                self._resume(day)
            case EventType.EXTENDED:
                self._extend(event.n, day)
            case EventType.DECIDED:
                self._must_run("决定")
                self._end_pause(day)
                self.stage = Stage.DECIDED
                self.decided_on = self.closed_on = day
            case EventType.DELIVERED:
                self._deliver(day)
            case EventType.WITHDRAWN:
                self.stage = Stage.WITHDRAWN
                self.closed_on = day

    def gaps(self) -> list[tuple[int, int]]:
        """The pauses as ordinals for counting."""
        return [(pause.start.toordinal(), pause.end.toordinal()) for pause in self.pauses if pause.end > pause.start]

    def due(self, limit: Limit) -> date:
        """When a limit ends as things stand. Raises ClockError past 2099."""
        assert self.accepted_on is not None
        try:
            return due_date(self._calendar, self.accepted_on, extended(limit, self.extension), self.gaps())
        except OutOfCalendar:
            raise ClockError("到期日晚于 2099-12-31", code="out_of_calendar") from None

    def _answer(self, kind: EventType, day: date) -> None:
        if self.deemed_accepted:
            return  # accepted by law: what comes late changes nothing
        if self.stage is Stage.RUNNING:
            if kind is not EventType.ACCEPTED:
                raise ClockError("受理以后不能再要求补正、补正或者不受理", code="answer_after_acceptance")
            return
        if kind is EventType.REJECTED:
            self.stage = Stage.REJECTED
            self.closed_on = day
        elif kind is EventType.CORRECTION_ASKED:
            if self.stage is Stage.CORRECTING:
                raise ClockError("补正通知还没有答复，不能再发", code="correction_asked_twice")
            self.stage = Stage.CORRECTING
        elif kind is EventType.CORRECTED:
            if self.stage is not Stage.CORRECTING:
                raise ClockError("没有要求补正，不能补正", code="corrected_unasked")
            self._accept(day)
        else:
            if self.stage is Stage.CORRECTING:
                raise ClockError("补正没有完成，不能受理", code="accepted_while_correcting")
            self._accept(day)

    def _accept(self, day: date) -> None:
        self.stage = Stage.RUNNING
        self.accepted_on = day

    def _must_run(self, what: str) -> None:
        if self.accepted_on is None:
            raise ClockError(f"受理以前不能{what}", code="before_acceptance")

    def _pause(self, event: ClockEvent, day: date) -> None:
        self._must_run("暂停")
        if event.procedure not in PROCEDURES and event.procedure not in self._rule.extra_procedures:
            raise ClockError(f"“{event.procedure}”不是可以暂停计时的法定程序", code="unlawful_procedure")
        if event.until is None:
            raise ClockError("暂停必须写明到哪一天", code="until_missing")
        check_date(event.until)
        if event.until < day:
            raise ClockError("暂停的截止日早于暂停之日", code="until_before_pause")
        if self.pauses and self.pauses[-1].holds_on(day):
            raise ClockError("已经在暂停中，不能再暂停", code="paused_twice")
        self.pauses.append(Pause(day, event.until, event.procedure, event.until))

    def _resume(self, day: date) -> None:
        if not self.pauses:
            raise ClockError("没有暂停过，不能恢复计时", code="resumed_unpaused")
        self._end_pause(day)

    def _end_pause(self, day: date) -> None:
        if self.pauses and self.pauses[-1].holds_on(day):
            last = self.pauses[-1]
            self.pauses[-1] = Pause(last.start, day, last.procedure, last.until)

    def _extend(self, n: int, day: date) -> None:
        self._must_run("延期")
        rule = self._rule
        if rule.promised is None:
            raise ClockError("即办件不能延期", code="extension_of_immediate")
        if any(limit is not None and limit.unit is not Unit.WORKDAY for limit in (rule.promised, rule.statutory)):
            raise ClockError("不按工作日计算的期限不能延期", code="extension_of_calendar_limit")
        if self.extension:
            raise ClockError("只能延期一次", code="extended_twice")
        if type(n) is not int or n < 1:
            raise ClockError("延期天数应当是大于等于 1 的整数", code="extension_too_short")
        if n > LONGEST_EXTENSION[rule.kind]:
            raise ClockError(f"延期不能超过 {LONGEST_EXTENSION[rule.kind]} 个工作日", code="extension_too_long")
        if day > self.due(rule.promised):
            raise ClockError("承诺期限届满以后不能延期", code="extended_too_late")
        self.extension = n
        self.extended_on = day

    def _deliver(self, day: date) -> None:
        if self.decided_on is None:
            raise ClockError("作出决定以前不能送达", code="delivered_before_decision")
        if self.delivered_on is not None:
            raise ClockError("只能送达一次", code="delivered_twice")
        self.delivered_on = day


def check_date(day: date) -> None:
    """Raise ClockError for a date that the calendar does not know."""
    if day > LAST_DATE:
        raise ClockError("日期晚于 2099-12-31", code="out_of_calendar")
    if day < FIRST_DATE:
        raise ClockError("日期早于 1900-01-01", code="out_of_calendar")


def run(events: list[ClockEvent], calendar: WorkdayCalendar, rule: Rule, as_of: datetime) -> Course:
    """Go through the events that exist at `as_of`. Raises ClockError."""
    for earlier, later in pairwise(events):
        if later.at < earlier.at:
            raise ClockError("事件没有按时间先后排列", code="out_of_order")
    if not events or events[0].type is not EventType.RECEIVED:
        raise ClockError("第一个事件必须是收件", code="not_received")
    if as_of < events[0].at:
        raise ClockError("查询的时间早于收件", code="as_of_before_received")
    course = Course(events[0].at, calendar, rule)
    for event in events[1:]:
        if event.at > as_of:
            break
        course.take(event)
    course.arrive(shanghai_date(as_of))
    return course
