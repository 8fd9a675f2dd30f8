"""The legal clock as JSON lines (contracts.md section 1): strict in, exact out, never a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NoReturn

from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.course import check_date
from portal.workdays.reading import ClockReading, reading
from portal.workdays.terms import ClockError, ClockEvent, EventType, Kind, Limit, Rule, Unit, shanghai_date

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_REQUIRED = frozenset({"id", "kind", "promised", "statutory", "events", "as_of"})
_OPTIONAL = frozenset({"extra_procedures"})
_LIMIT = frozenset({"n", "unit"})
_UNITS = {"workday": Unit.WORKDAY, "calendar_day": Unit.CALENDAR_DAY}
_KINDS = {kind.value: kind for kind in Kind}
_EVENT_TYPES = {kind.value: kind for kind in EventType}
_EVENT = frozenset({"type", "at"})
_MORE: Mapping[EventType, frozenset[str]] = {
    EventType.PAUSED: frozenset({"procedure", "until"}),
    EventType.EXTENDED: frozenset({"n"}),
}


class LineError(ClockError):
    """A line has not the form that the contract gives it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="form")


@dataclass(frozen=True, slots=True)
class Question:
    """One input line: a clock and the instant at which to read it."""

    id: str
    rule: Rule
    events: tuple[ClockEvent, ...]
    as_of: datetime


def answer_lines(lines: Iterable[bytes], calendar: WorkdayCalendar) -> Iterator[tuple[bytes, bool]]:
    """For each line that is not blank, the output line without its end, and whether it is an answer (not an error)."""
    for line in lines:
        if line.strip():
            yield answer_line(line, calendar)


def answer_line(line: bytes, calendar: WorkdayCalendar) -> tuple[bytes, bool]:
    """The output line for one input line, and whether it is an answer (not an error)."""
    name: str | None = None
    try:
        document = _load(line)
        if isinstance(document, dict) and isinstance(document.get("id"), str):
            name = document["id"]
        question = read_question(document)
        read = reading(question.events, calendar, question.rule, question.as_of)
        return _dump({"id": question.id} | write_reading(read)), True
    except ClockError as error:
        problem = {"error": error.message}
        return _dump(problem if name is None else {"id": name} | problem), False


def read_question(document: object) -> Question:
    """The question in a parsed line. Raises ClockError."""
    fields = _object(document, "一行", _REQUIRED, _OPTIONAL)
    if not isinstance(fields["id"], str):
        _fail("id 应当是字符串")
    kind = _KINDS.get(fields["kind"]) if isinstance(fields["kind"], str) else None
    if kind is None:
        _fail("kind 只能是 single 或者 joint")
    events = fields["events"]
    if not isinstance(events, list):
        _fail("events 应当是列表")
    extra = fields.get("extra_procedures", [])
    if not isinstance(extra, list) or not all(isinstance(each, str) for each in extra):
        _fail("extra_procedures 应当是字符串的列表")
    return Question(
        id=fields["id"],
        rule=Rule(
            promised=_limit(fields["promised"], "promised"),
            statutory=_limit(fields["statutory"], "statutory"),
            kind=kind,
            extra_procedures=tuple(extra),
        ),
        events=tuple(_event(each) for each in events),
        as_of=_instant(fields["as_of"], "as_of"),
    )


def write_reading(read: ClockReading) -> dict[str, object]:
    """The fields of the output line, `id` left out."""
    return {
        "accepted_on": _text(read.accepted_on),
        "deemed_accepted": read.deemed_accepted,
        "promised_due_on": _text(read.promised_due_on),
        "statutory_due_on": _text(read.statutory_due_on),
        "used": read.used,
        "left": read.left,
        "level": read.level.code,
        "paused": read.paused,
        "closed": read.closed,
        "delivery_due_on": _text(read.delivery_due_on),
        "provisional": read.provisional,
        "days": [{"date": _text(day.date), "counted": day.counted, "reason": day.reason} for day in read.days],
    }


def write_question(question: Question) -> dict[str, object]:
    """The input line's fields that a clock makes. Raises ClockError for a rule that the line cannot say."""
    rule = question.rule
    limits = (rule.promised, rule.statutory)
    if any(limit is None or limit.unit.value not in _UNITS for limit in limits):
        raise ClockError("这一行只能写工作日或者自然日的期限", code="outside")
    fields: dict[str, object] = {"id": question.id, "kind": rule.kind.value}
    for name, limit in zip(("promised", "statutory"), limits, strict=True):
        fields[name] = {"n": limit.n, "unit": limit.unit.value} if limit is not None else None
    if rule.extra_procedures:
        fields["extra_procedures"] = list(rule.extra_procedures)
    fields["events"] = [_write_event(event) for event in question.events]
    fields["as_of"] = write_instant(question.as_of)
    return fields


def write_instant(instant: datetime) -> str:
    """An aware instant in the form of the contract, in Shanghai time, fractions of a second left out."""
    return instant.astimezone(timezone(timedelta(hours=8))).isoformat(timespec="seconds")


def _write_event(event: ClockEvent) -> dict[str, object]:
    fields: dict[str, object] = {"type": event.type.value, "at": write_instant(event.at)}
    if event.type is EventType.PAUSED:
        fields |= {"procedure": event.procedure, "until": _text(event.until)}
    if event.type is EventType.EXTENDED:
        fields["n"] = event.n
    return fields


def _load(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_no_repetition, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise LineError("不是 UTF-8 文字") from None
    except RecursionError:
        raise LineError("嵌套太深") from None
    except ClockError:
        raise
    except ValueError:
        raise LineError("不是 JSON") from None


def _no_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        _fail("有重复的字段")
    return fields


def _no_constant(name: str) -> NoReturn:
    _fail(f"{name} 不是 JSON")


def _dump(fields: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(fields, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate in the id or in a name that an error quotes
        return json.dumps(fields).encode("ascii")


def _fail(message: str) -> NoReturn:
    raise LineError(message)


def _object(value: object, what: str, required: frozenset[str], optional: frozenset[str]) -> dict[str, object]:
    if not isinstance(value, dict):
        _fail(f"{what}应当是对象")
    unknown = sorted(value.keys() - required - optional)
    if unknown:
        _fail(f"{what}有不认识的字段 {unknown[0]}")
    missing = sorted(required - value.keys())
    if missing:
        _fail(f"{what}缺少字段 {missing[0]}")
    return value


def _limit(value: object, name: str) -> Limit:
    fields = _object(value, name, _LIMIT, frozenset())
    unit = _UNITS.get(fields["unit"]) if isinstance(fields["unit"], str) else None
    if unit is None:
        _fail(f"{name} 的 unit 只能是 workday 或者 calendar_day")
    return Limit(_whole(fields["n"], name), unit)


def _event(value: object) -> ClockEvent:
    if not isinstance(value, dict):
        _fail("事件应当是对象")
    name = value.get("type")
    kind = _EVENT_TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        _fail("事件的 type 不认识")
    fields = _object(value, f"事件 {kind} ", _EVENT | _MORE.get(kind, frozenset()), frozenset())
    at = _instant(fields["at"], "at")
    if kind is EventType.PAUSED:
        if not isinstance(fields["procedure"], str):
            _fail("procedure 应当是字符串")
        return ClockEvent(kind, at, procedure=fields["procedure"], until=_date(fields["until"], "until"))
    if kind is EventType.EXTENDED:
        return ClockEvent(kind, at, n=_whole(fields["n"], "extended"))
    return ClockEvent(kind, at)


def _whole(value: object, name: str) -> int:
    if type(value) is not int or value < 1:  # a bool is an int to Python, not to us
        _fail(f"{name} 的 n 应当是大于等于 1 的整数")
    return value


def _date(value: object, name: str) -> date:
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        if match is None:
            raise ValueError
        day = date(*map(int, match.groups()))
    except ValueError:
        raise LineError(f"{name} 应当是日期，像 2026-10-30") from None
    check_date(day)
    return day


def _instant(value: object, name: str) -> datetime:
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        instant = datetime(year, month, day, hour, minute, second, tzinfo=_offset(*match.groups()[6:]))
    except ValueError:
        raise LineError(f"{name} 应当是带时区的时间，像 2026-10-30T10:00:00+08:00") from None
    check_date(shanghai_date(instant))
    return instant


def _offset(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    if sign is None or hours is None or minutes is None:
        return UTC
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
