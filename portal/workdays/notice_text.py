"""Reading a notice that a person pastes: the State Council's own sentences, or lines of CSV.

二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）上班。
2026-02-14,上班,春节
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.workdays.festivals import statutory_holidays
from portal.workdays.notices import DayKind, NoticeDay, NoticeError, check_days

_CSV_KINDS = {
    "放假": DayKind.HOLIDAY,
    "休": DayKind.HOLIDAY,
    "法定节假日": DayKind.HOLIDAY,
    "休息日": DayKind.REST,
    "调休": DayKind.REST,
    "上班": DayKind.MAKEUP,
    "班": DayKind.MAKEUP,
    "调休上班": DayKind.MAKEUP,
}
_HEADLINE = re.compile(r"^[一二三四五六七八九十]+、\s*(?P<names>[^：:]{1,30})[：:](?P<text>.+)$")
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^（）]*)）)?")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_TOTAL = re.compile(r"共(\d{1,2})天")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong in one line, from 1."""

    line: int
    message: str


class NoticeTextError(NoticeError):
    """The pasted text is wrong; `problems` says where, line by line."""

    def __init__(self, problems: list[LineProblem]) -> None:
        super().__init__("；".join(f"第 {each.line} 行：{each.message}" for each in problems))
        self.problems = tuple(problems)


def parse_notice_text(year: int, text: str) -> tuple[NoticeDay, ...]:
    """The days of a year's notice. Raises NoticeTextError with every faulty line."""
    days: dict[date, NoticeDay] = {}
    problems: list[LineProblem] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            for day in _parse_line(year, line.strip()):
                check_days(year, [day])
                if day.date in days:
                    raise NoticeError(f"{day.date} 出现了两次。")
                days[day.date] = day
        except NoticeError as error:
            problems.append(LineProblem(number, str(error)))
    if not days and not problems:
        problems.append(LineProblem(1, "没有找到放假或者上班的日子。"))
    if problems:
        raise NoticeTextError(problems)
    return check_days(year, days.values())


def _parse_line(year: int, line: str) -> list[NoticeDay]:
    heading = _HEADLINE.match(line)
    if heading:
        return list(_parse_sentences(year, heading["names"].strip(), heading["text"]))
    if re.match(r"^\d{4}-", line):
        return [_parse_csv(line)]
    if "上班" in line or re.search(r"\d日.*放假", line):
        raise NoticeError("认不出这一行，应当像“一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。”")
    return []  # title, salutation, closing words, the head of a CSV file


def _parse_csv(line: str) -> NoticeDay:
    parts = [part.strip() for part in line.replace("，", ",").split(",")]
    if len(parts) != 3:
        raise NoticeError("应当有三栏：日期,类型,节日，像 2026-02-14,上班,春节。")
    try:
        day = date.fromisoformat(parts[0])
    except ValueError:
        raise NoticeError(f"没有 {parts[0]} 这一天。") from None
    if parts[1] not in _CSV_KINDS:
        raise NoticeError(f"类型“{parts[1]}”不认识，应当是放假、调休或者上班。")
    return NoticeDay(day, _CSV_KINDS[parts[1]], parts[2])


def _parse_sentences(year: int, name: str, text: str) -> Iterator[NoticeDay]:
    for sentence in filter(None, (part.strip() for part in text.replace("(", "（").replace(")", "）").split("。"))):
        if "上班" in sentence:
            for day in _dates(year, sentence):
                yield NoticeDay(day, DayKind.MAKEUP, name)
        elif "放假" in sentence or "补休" in sentence:
            yield from _days_off(year, name, sentence)


def _days_off(year: int, name: str, sentence: str) -> Iterator[NoticeDay]:
    statutory = statutory_holidays(year)
    found: list[date] = []
    for part in re.split("[、，,](?![^（]*）)", sentence):
        dates = list(_dates(year, part, found[-1] if found else None))
        if len(dates) == 2 and "至" in part:
            first, last = dates
            if not 0 < (last - first).days <= 31:
                raise NoticeError(f"{name}从 {first} 到 {last} 前后颠倒或者太长。")
            found.extend(first + timedelta(days=offset) for offset in range((last - first).days + 1))
        else:
            found.extend(dates)
    total = _TOTAL.search(sentence)
    if not found:
        raise NoticeError(f"{name}没有写放假的日期。")
    if total and "连休" not in sentence and int(total[1]) != len(found):
        raise NoticeError(f"{name}写的是共 {total[1]} 天，日期算出来是 {len(found)} 天。")
    for day in found:
        in_lieu = day.weekday() < 5 and day not in statutory
        yield NoticeDay(day, DayKind.REST if in_lieu else DayKind.HOLIDAY, name)


def _dates(year: int, text: str, previous: date | None = None) -> Iterator[date]:
    """The dates of a sentence; a day without a month belongs to the month before it."""
    current_year, month = year, previous.month if previous else 0
    for written_year, written_month, day, remark in _DATE.findall(text):
        # A month without a year is one of the notice's year, also behind "2025年12月31日至".
        current_year = int(written_year) if written_year else year if written_month else current_year
        month = int(written_month) if written_month else month
        try:
            found = date(current_year, month, int(day))
        except ValueError:
            raise NoticeError(f"没有{month}月{day}日这一天。") from None
        weekday = _WEEKDAY.search(remark)
        if weekday and _WEEKDAYS.index(weekday[1].replace("天", "日")) != found.weekday():
            raise NoticeError(f"{found} 是周{_WEEKDAYS[found.weekday()]}，不是周{weekday[1]}。")
        yield found
