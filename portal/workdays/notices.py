"""The State Council's yearly notices on days off and make-up working days: their form as a file.

One notice belongs to one year; a few of its days may lie at the end of the year before.
The same form serves the file that ships with the portal and the export of the calendar table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

DATA_FILE = Path(__file__).parent / "data" / "notices.json"
FIRST_YEAR = 1900
LAST_YEAR = 2099


class DayKind(StrEnum):
    """What a date is in the calendar."""

    WORKDAY = "workday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    REST = "rest"


# How the three kinds that a notice can give are called in the file and on the page.
NOTICE_KINDS: Mapping[DayKind, str] = {
    DayKind.HOLIDAY: "法定节假日",
    DayKind.REST: "休息日",
    DayKind.MAKEUP: "调休上班",
}


class NoticeError(ValueError):
    """A notice or its file is wrong; the text is a Chinese sentence for the person who imports it."""


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day that a notice takes out of, or puts into, the working week."""

    date: date
    kind: DayKind
    name: str

    @property
    def is_workday(self) -> bool:
        return self.kind is DayKind.MAKEUP


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of one year. `number` is the 文号, empty where it is not known for certain."""

    year: int
    title: str
    number: str
    days: tuple[NoticeDay, ...]


def standard_title(year: int) -> str:
    """The title that the notice of a year bears."""
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def check_days(year: int, days: Iterable[NoticeDay]) -> tuple[NoticeDay, ...]:
    """Return the days in order; raise NoticeError where they cannot be those of the year's notice."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoticeError(f"年份 {year} 不在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。")
    ordered = tuple(sorted(days, key=lambda day: day.date))
    seen: set[date] = set()
    for day in ordered:
        if day.kind not in NOTICE_KINDS:
            raise NoticeError(f"{day.date} 的类型只能是法定节假日、休息日或者调休上班。")
        if day.date in seen:
            raise NoticeError(f"{day.date} 出现了两次。")
        seen.add(day.date)
        if day.date.year != year and not date(year - 1, 12, 25) <= day.date <= date(year - 1, 12, 31):
            raise NoticeError(f"{day.date} 不属于 {year} 年的安排。")
        if not day.name:
            raise NoticeError(f"{day.date} 没有写节日名称。")
        if day.is_workday and day.date.weekday() < 5:
            raise NoticeError(f"{day.date} 本来就是工作日，不能是调休上班。")
    return ordered


def read_notices(document: object) -> tuple[Notice, ...]:
    """The notices of a file's JSON document; raises NoticeError that says where it is wrong."""
    if not isinstance(document, dict) or not isinstance(document.get("years"), list):
        raise NoticeError("日历文件应当是一个对象，其中 years 是年份的列表。")
    notices: list[Notice] = []
    taken: set[date] = set()
    for entry in document["years"]:
        notice = _read_year(entry)
        if any(other.year == notice.year for other in notices):
            raise NoticeError(f"{notice.year} 年出现了两次。")
        for day in notice.days:
            if day.date in taken:
                raise NoticeError(f"{day.date} 在两年的通知里都有。")
            taken.add(day.date)
        notices.append(notice)
    return tuple(sorted(notices, key=lambda notice: notice.year))


def _read_year(entry: object) -> Notice:
    if not isinstance(entry, dict):
        raise NoticeError("years 里的每一项应当是一个对象。")
    year, title, number = entry.get("year"), entry.get("notice"), entry.get("number")
    if type(year) is not int or not isinstance(title, str) or not title:
        raise NoticeError("每一年应当有 year（整数）和 notice（通知名称）。")
    if number is not None and not isinstance(number, str):
        raise NoticeError(f"{year} 年的 number 应当是文号，不知道时写 null。")
    groups = entry.get("days")
    if not isinstance(groups, list):
        raise NoticeError(f"{year} 年的 days 应当是一个列表。")
    days: list[NoticeDay] = []
    for group in groups:
        if not isinstance(group, dict) or not isinstance(group.get("name"), str):
            raise NoticeError(f"{year} 年的每个节日应当有 name。")
        for kind in NOTICE_KINDS:
            spans = group.get(kind.value, [])
            if not isinstance(spans, list):
                raise NoticeError(f"{year} 年 {group['name']} 的 {kind.value} 应当是一个列表。")
            for span in spans:
                days.extend(NoticeDay(day, kind, group["name"]) for day in _read_span(span, year))
    return Notice(year, title, number or "", check_days(year, days))


def _read_span(span: object, year: int) -> Iterator[date]:
    try:
        first, _, last = str(span).partition("/")
        start = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else start
    except ValueError as error:
        raise NoticeError(f"{year} 年的日期 {span} 无法识别，应当像 2026-10-01 或者 2026-10-01/2026-10-07。") from error
    if not 0 <= (end - start).days <= 31:
        raise NoticeError(f"{year} 年的日期 {span} 前后颠倒或者太长。")
    return (start + timedelta(days=offset) for offset in range((end - start).days + 1))


def write_notices(notices: Iterable[Notice]) -> str:
    """The notices as the text of a file that `read_notices` reads: one line for each holiday."""
    years = []
    for notice in sorted(notices, key=lambda each: each.year):
        head = json.dumps(
            {"year": notice.year, "notice": notice.title, "number": notice.number or None}, ensure_ascii=False
        )
        lines = ",\n".join("   " + line for line in _write_groups(notice.days))
        years.append(f'  {head[:-1]}, "days": [\n{lines}\n  ]}}' if lines else f'  {head[:-1]}, "days": []}}')
    return '{"years": [\n' + ",\n".join(years) + "\n]}\n"


def _write_groups(days: Sequence[NoticeDay]) -> Iterator[str]:
    names = list(dict.fromkeys(day.name for day in sorted(days, key=lambda day: (day.is_workday, day.date))))
    for name in names:
        group: dict[str, object] = {"name": name}
        for kind in NOTICE_KINDS:
            spans = _spans(day.date for day in days if day.name == name and day.kind is kind)
            if spans:
                group[kind.value] = spans
        yield json.dumps(group, ensure_ascii=False)


def _spans(dates: Iterable[date]) -> list[str]:
    runs: list[tuple[date, date]] = []
    for day in sorted(dates):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [str(first) if first == last else f"{first}/{last}" for first, last in runs]


def read_file(path: Path) -> tuple[Notice, ...]:
    """The notices of a file; raises NoticeError when it cannot be read or is wrong."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise NoticeError(f"读不到日历文件 {path}：{error.strerror}。") from error
    except (ValueError, RecursionError) as error:
        raise NoticeError(f"日历文件 {path} 不是 JSON。") from error
    return read_notices(document)


@lru_cache(maxsize=1)
def shipped_notices() -> tuple[Notice, ...]:
    """The notices that ship with the portal, 2004 to 2026."""
    return read_file(DATA_FILE)
