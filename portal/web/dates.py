"""Dates and sizes in the words of the portal.

Running text says 12月7日（周一）, tables say 11-26 周四; there are no spaces inside a date. An instant is shown in
Shanghai's time, a legal date is a `date` already. `None` becomes an empty text.
"""

from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"
_KILO = 1024
_MEGA = 1024 * 1024

DateLike: TypeAlias = date | datetime | None


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(SHANGHAI)
    return value


def weekday_text(value: DateLike) -> str:
    """星期一"""
    return "" if value is None else f"星期{_WEEKDAYS[_local(value).weekday()]}"


def weekday_short(value: DateLike) -> str:
    """周一"""
    return "" if value is None else f"周{_WEEKDAYS[_local(value).weekday()]}"


def day_text(value: DateLike) -> str:
    """12月7日"""
    if value is None:
        return ""
    local = _local(value)
    return f"{local.month}月{local.day}日"


def date_text(value: DateLike) -> str:
    """12月7日（周一）"""
    return "" if value is None else f"{day_text(value)}（{weekday_short(value)}）"


def date_full(value: DateLike) -> str:
    """2026年12月7日"""
    return "" if value is None else f"{_local(value).year}年{day_text(value)}"


def date_full_text(value: DateLike) -> str:
    """2026年12月7日（周一）"""
    return "" if value is None else f"{_local(value).year}年{date_text(value)}"


def date_table(value: DateLike) -> str:
    """11-26 周四"""
    return "" if value is None else f"{_local(value):%m-%d} {weekday_short(value)}"


def date_short(value: DateLike) -> str:
    """11-26"""
    return "" if value is None else f"{_local(value):%m-%d}"


def clock_time(value: datetime | None) -> str:
    """10:32"""
    return "" if value is None else f"{_local(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """11-12 09:05, for tables"""
    return "" if value is None else f"{_local(value):%m-%d %H:%M}"


def moment_text(value: datetime | None) -> str:
    """9月24日 15:20, for running text and timelines"""
    return "" if value is None else f"{day_text(value)} {clock_time(value)}"


def moment_full(value: datetime | None) -> str:
    """2026年9月24日 15:20"""
    return "" if value is None else f"{date_full(value)} {clock_time(value)}"


def size_text(size: int | None) -> str:
    """A file's size: 86 kB, 26.4 MB (1 kB is 1024 bytes)."""
    if size is None:
        return ""
    if size < _KILO:
        return f"{size} 字节"
    if size < _MEGA // 2:
        return f"{round(size / _KILO)} kB"
    return f"{size / _MEGA:.1f}".removesuffix(".0") + " MB"
