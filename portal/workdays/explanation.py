"""为什么是这一天: the sum behind a due date in a few Chinese sentences, its legal basis, its three figures.

The month grid of the same page is in `month_grid`, the strip of the staff page in `clock_strip`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from portal.web.dates import date_text, day_text
from portal.workdays.days import Day
from portal.workdays.notices import DayKind
from portal.workdays.reading import ClockReading
from portal.workdays.terms import ACCEPTANCE_WORKDAYS, Limit, Pause, Stage, Unit

UNIT_LABELS = {Unit.WORKDAY: "个工作日", Unit.CALENDAR_DAY: "天", Unit.MONTH: "个月"}

#: Beside a due date that a notice of the State Council may still move.
PROVISIONAL: Final = "跨到的年份还没有放假通知，暂按法定节假日推算，国务院公布放假安排后重新计算，日期可能会变。"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step of the sum: `lead` is set in bold. `pause` is the pause whose document the page links to."""

    lead: str
    rest: str
    pause: Pause | None = None

    def __str__(self) -> str:
        return self.lead + self.rest


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the three panels: what, which day or how many, and how that is made."""

    label: str
    value: str
    detail: str


def limit_text(limit: Limit | None, extension: int = 0) -> str:
    """25 个工作日; with an extension 10 + 5 个工作日; 当场办结 without a limit."""
    if limit is None:
        return "当场办结"
    n = f"{limit.n} + {extension}" if extension else str(limit.n)
    return f"{n} {UNIT_LABELS[limit.unit]}"


def short_name(name: str) -> str:
    """国庆节 as 国庆: what fits a cell."""
    return {"劳动节": "五一", "抗战胜利纪念日": "纪念", "国庆节、中秋节": "国庆"}.get(
        name, name.removesuffix("节") if len(name) > 2 else name
    )


def sentences(read: ClockReading) -> tuple[Sentence, ...]:
    """The sum: acceptance, days left out, pauses, extension, due date. What has not happened yet is said so."""
    if read.accepted_on is None:
        return (_not_running(read),)
    return tuple(_sum(read, read.accepted_on))


def figures(read: ClockReading) -> tuple[Figure, ...]:
    """Promised due, statutory due, pause, as far as there are such."""
    if read.promised_due_on is None or read.rule is None:
        return ()
    detail = limit_text(read.rule.promised, read.extension)
    if read.rule.promised is not None:
        detail += f"，已用 {read.used}，" + (overdue_text(read) or f"还剩 {read.left}")
    found = [Figure("承诺到期", date_text(read.promised_due_on), detail)]
    if read.statutory_due_on is not None:
        found.append(
            Figure("法定到期", date_text(read.statutory_due_on), limit_text(read.rule.statutory, read.extension))
        )
    if read.pauses:
        labels = "、".join(dict.fromkeys(pause.label for pause in read.pauses))
        found.append(Figure("暂停", f"{paused_workdays(read)} 个工作日", f"{labels}，到期日顺延"))
    return tuple(found)


def remaining_text(read: ClockReading) -> str:
    """The figure at the head of a case: 剩 3 个工作日, 超 2 个工作日, 暂停中; empty when nothing runs."""
    if read.promised_due_on is None or read.closed:
        return ""
    if read.paused:
        return "暂停中"
    late = overdue_text(read)
    if late:
        return late
    if read.rule is not None and read.rule.promised is None:
        return "当天到期"
    return f"剩 {read.left} " + ("个工作日" if read.unit is Unit.WORKDAY else "天")


def overdue_text(read: ClockReading) -> str:
    """超 2 个工作日, counted by the calendar, once the promised due date is past."""
    days = overdue_workdays(read)
    return f"超 {days} 个工作日" if days else ""


def overdue_workdays(read: ClockReading) -> int:
    """Working days from the promised due date to the decision, or to today."""
    if read.promised_due_on is None or read.calendar is None:
        return 0
    return read.calendar.count(read.promised_due_on, read.decided_on or read.as_of_on)


def paused_workdays(read: ClockReading) -> int:
    """Working days that the pauses leave out."""
    if read.calendar is None:
        return 0
    return sum(read.calendar.count(pause.start, pause.end) for pause in read.pauses)


def bases(read: ClockReading) -> tuple[str, ...]:
    """The law and the notices that this clock rests on."""
    found: list[str] = []
    if read.deemed_accepted:
        found.append("《行政许可法》第三十二条：五日内不告知补正的，自收到申请材料之日起即为受理。")
    if read.extension:
        found.append("《行政许可法》第四十二条：经批准可以延长，并将延长期限的理由告知申请人。")
    if read.pauses:
        found.append(
            "《行政许可法》第四十五条：听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审所需时间不计算在期限内。"
        )
    if read.unit is Unit.WORKDAY:
        found.append("《行政许可法》第八十二条：期限以工作日计算，不含法定节假日。")
    elif read.accepted_on is not None:
        found.append("《民法典》第二百零三条：期间的最后一日是法定休假日的，以法定休假日结束的次日为最后一日。")
    if read.unit is Unit.MONTH:
        found.append("《民法典》第二百零二条：到期月的对应日为最后一日；没有对应日的，月末日为最后一日。")
    found.extend(f"《{title}》" for title in dict.fromkeys(day.notice for day in read.days if day.notice))
    return tuple(found)


def _not_running(read: ClockReading) -> Sentence:
    received = f"{day_text(read.received_on)}收件。"
    match read.stage:
        case Stage.CORRECTING:
            return Sentence(received, "正在等申请人补正，期限没有开始。补正齐全的当天受理。")
        case Stage.REJECTED:
            return Sentence(received, f"{day_text(read.closed_on)}没有受理，期限没有开始。")
        case Stage.WITHDRAWN:
            return Sentence(received, f"{day_text(read.closed_on)}撤回，期限不再计算。")
        case _:
            return Sentence(
                received,
                f"最迟 {date_text(read.acceptance_due_on)}答复是否受理；"
                f"{ACCEPTANCE_WORKDAYS} 个工作日内不答复，视为当天受理。",
            )


def _sum(read: ClockReading, accepted: date) -> Iterator[Sentence]:
    yield _acceptance(read, accepted)
    if read.days:
        yield _left_out(read)
    if read.extended_on is not None:
        yield Sentence(
            f"{day_text(read.extended_on)}延期 {read.extension} 个工作日。", "承诺和法定两个到期日一起后移。"
        )
    for pause in read.pauses:
        yield from _pause(read, pause)
    if read.rule is not None and read.rule.promised is not None and read.promised_due_on is not None:
        yield _due(read, read.promised_due_on)
    if read.provisional:
        years = "、".join(str(year) for year in _provisional_years(read))
        yield Sentence(f"{years}年的放假通知还没有发布，", "那一年按法定节假日推算，日期可能会变。")


def _acceptance(read: ClockReading, accepted: date) -> Sentence:
    start = next((day.date for day in read.days if day.n == 1), None)
    begin = f"当天不算，从 {day_text(start)}算第 1 天。" if start else ""
    if read.rule is not None and read.rule.immediate:
        begin = "即办事项，当天到期。"
    if read.deemed_accepted:
        return Sentence(
            f"{day_text(accepted)}视为受理。",
            f"收件后 {ACCEPTANCE_WORKDAYS} 个工作日内没有答复，从收件当天起算受理。{begin}",
        )
    return Sentence(f"{day_text(accepted)}受理。", begin)


def _left_out(read: ClockReading) -> Sentence:
    if read.unit is not Unit.WORKDAY:
        return Sentence("每一天都算。", "期限不按工作日，周末和节假日也计算在内。")
    off = [day for day in read.days if day.kind in (DayKind.HOLIDAY, DayKind.REST) and day.pause is None]
    spans = [f"{short_name(name)} {sum(1 for _ in group)} 天" for name, group in groupby(off, lambda day: day.name)]
    makeup = [
        f"{date_text(day.date)}调休上班，算第 {day.n} 天。"
        for day in read.days
        if day.kind is DayKind.MAKEUP and day.counted
    ]
    if not spans:
        return Sentence("周末不算。", "".join(makeup) or "这段时间没有节假日。")
    return Sentence("、".join(spans) + "不算。", "".join(makeup) or "周末也不算。")


def _pause(read: ClockReading, pause: Pause) -> Iterator[Sentence]:
    first = pause.start + timedelta(days=1)
    if pause.end <= pause.start:
        yield Sentence(f"{day_text(pause.start)}{pause.label}当天结束。", "没有少算一天。", pause)
        return
    span = day_text(first) if first == pause.end else f"{day_text(first)}到 {day_text(pause.end)}"
    yield Sentence(f"{day_text(pause.start)}{pause.label}开始。", f"{span}不算。", pause)
    following = next((day for day in read.days if day.date > pause.end and day.counted), None)
    goes_on = f"{day_text(following.date)}接着算第 {following.n} 天。" if following else ""
    if pause.holds_on(read.as_of_on) and not read.closed:
        yield Sentence(f"{pause.label}最迟 {day_text(pause.end)}结束。", goes_on)
    else:
        yield Sentence(f"{day_text(pause.end)}{pause.label}结束。", goes_on)


def _due(read: ClockReading, due: date) -> Sentence:
    last = _last_counted(read, due)
    if last is not None and last.date != due:
        return Sentence(
            f"第 {last.n} 天是 {date_text(last.date)}，",
            f"不是工作日，顺延到 {date_text(due)}，承诺到期。",
        )
    if last is not None:
        return Sentence(f"{day_text(due)}是第 {last.n} 天，", "承诺到期。")
    return Sentence(f"{day_text(due)}", "承诺到期。")


def _last_counted(read: ClockReading, due: date) -> Day | None:
    """The n-th day of the promised limit, from which a due date in calendar days may have moved."""
    counted = [day for day in read.days if day.counted and day.date <= due]
    return next((day for day in counted if day.n == read.promised_days), counted[-1] if counted else None)


def _provisional_years(read: ClockReading) -> list[int]:
    if read.calendar is None or read.accepted_on is None or read.last_due_on is None:
        return []
    years = range(read.accepted_on.year, read.last_due_on.year + 1)
    return [year for year in years if year not in read.calendar.years]
