"""The thirteen statutory holidays of a year for which there is no notice yet (domain.md section 10)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

FESTIVALS_FILE = Path(__file__).parent / "data" / "festivals.txt"


@lru_cache(maxsize=1)
def _table() -> dict[int, tuple[str, ...]]:
    """Year -> month-day of 除夕, 清明, 端午, 中秋."""
    lines = FESTIVALS_FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {int(row[0]): tuple(row[1:]) for row in rows}


def statutory_holidays(year: int) -> dict[date, str]:
    """Date -> name of the statutory holidays as they stand since 2025, with no substitute day."""
    eve, qingming, duanwu, mid_autumn = (date.fromisoformat(f"{year}-{day}") for day in _table()[year])
    holidays = {date(year, 1, 1): "元旦"}
    holidays |= {eve + timedelta(days=offset): "春节" for offset in range(4)}
    holidays[qingming] = "清明节"
    holidays |= {date(year, 5, day): "劳动节" for day in (1, 2)}
    holidays[duanwu] = "端午节"
    holidays |= {date(year, 10, day): "国庆节" for day in (1, 2, 3)}
    # 中秋 may fall on one of the three days of 国庆节: then both are one day off.
    holidays[mid_autumn] = "国庆节、中秋节" if mid_autumn in holidays else "中秋节"
    return holidays
