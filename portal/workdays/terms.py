"""The words of the legal clock: limits, rules, events, pauses, levels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
# Until 1991 the clocks in Shanghai knew summer time and, before 1927, local mean time.
_ONE_OFFSET_SINCE = 1992

ACCEPTANCE_WORKDAYS = 5  # 行政许可法 32(4)
DELIVERY_WORKDAYS = 10  # 行政许可法 44
RED_AFTER_WORKDAYS = 3  # domain.md 6.2, T3
WARNING_LEFT = 1  # domain.md 6.2, T1
WARNING_USED_PERCENT = 80


class ClockError(ValueError):
    """The events, the rule or the instant cannot be those of a lawful case. `code` names which sentence is broken."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Unit(StrEnum):
    """In what a limit is counted. The command knows the first two."""

    WORKDAY = "workday"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


class Kind(StrEnum):
    """Who decides: one organ (行政许可法 42(1)) or several together (42(2))."""

    SINGLE = "single"
    JOINT = "joint"


# The longest extension in working days, once.
LONGEST_EXTENSION = {Kind.SINGLE: 10, Kind.JOINT: 15}

# 行政许可法 45: what may stop the clock, and its name on the page.
PROCEDURES = {
    "hearing": "听证",
    "tender": "招标",
    "auction": "拍卖",
    "inspection": "检验",
    "testing": "检测",
    "quarantine": "检疫",
    "appraisal": "鉴定",
    "expert_review": "专家评审",
}


class EventType(StrEnum):
    """What can happen to a legal clock."""

    RECEIVED = "received"
    CORRECTION_ASKED = "correction_asked"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    DECIDED = "decided"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class Level(IntEnum):
    """How urgent a case is, in rising order."""

    NONE = 0
    WARNING = 1
    YELLOW = 2
    RED = 3

    @property
    def code(self) -> str:
        return self.name.lower()

    @property
    def label(self) -> str:
        return ("正常", "预警", "黄牌", "红牌")[self]


class Stage(StrEnum):
    """Where the clock stands; the levels of a case mean something from `running` on."""

    PENDING = "pending"
    CORRECTING = "correcting"
    RUNNING = "running"
    DECIDED = "decided"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of units, at least 1."""

    n: int
    unit: Unit = Unit.WORKDAY

    def __post_init__(self) -> None:
        if type(self.n) is not int or self.n < 1:
            raise ClockError("期限应当是大于等于 1 的整数", code="limit_too_short")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which limits a case has.

    `statutory` may be absent (then nothing turns red by it). `immediate` is 即办: due on the day of acceptance, without
    `promised`. `extra_procedures` are pauses that a specific law allows besides 行政许可法 45.
    """

    promised: Limit | None
    statutory: Limit | None = None
    kind: Kind = Kind.SINGLE
    immediate: bool = False
    extra_procedures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.immediate == (self.promised is not None):
            raise ClockError("即办件没有承诺期限，其他办件必须有承诺期限", code="promised_missing")
        if (
            self.promised is not None
            and self.statutory is not None
            and self.promised.unit is self.statutory.unit
            and self.promised.n > self.statutory.n
        ):
            raise ClockError("承诺期限不能长于法定期限", code="promised_longer_than_statutory")


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One event. `at` is aware; `procedure` and `until` belong to a pause, `n` (working days) to an extension."""

    type: EventType
    at: datetime
    procedure: str = ""
    until: date | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause holds on d when start <= d < end; a day is not counted when start < d <= end."""

    start: date
    end: date
    procedure: str
    until: date

    def holds_on(self, day: date) -> bool:
        return self.start <= day < self.end

    def covers(self, day: date) -> bool:
        return self.start < day <= self.end

    @property
    def label(self) -> str:
        return PROCEDURES.get(self.procedure, self.procedure)


def shanghai_date(instant: datetime) -> date:
    """The legal date of an aware instant. Raises ClockError for an instant no date can be given to."""
    if instant.tzinfo is None:
        raise ClockError("时间必须带时区", code="naive_time")
    zone = SHANGHAI if instant.year > _ONE_OFFSET_SINCE else ZoneInfo("Asia/Shanghai")
    try:
        return instant.astimezone(zone).date()
    except OverflowError:
        raise ClockError("日期超出范围", code="out_of_calendar") from None


def shanghai_midnight(day: date) -> datetime:
    """The instant at which a date begins in Shanghai, in UTC."""
    zone = SHANGHAI if day.year > _ONE_OFFSET_SINCE else ZoneInfo("Asia/Shanghai")
    return datetime.combine(day, time(), zone).astimezone(UTC)
