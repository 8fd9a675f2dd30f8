"""`manage.py make_calendar_data`: write the notices file anew from the development library `chinesecalendar`."""

from __future__ import annotations

import importlib
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.workdays.notices import DATA_FILE, DayKind, Notice, NoticeDay, check_days, standard_title, write_notices

# The library's English value of a holiday -> the name on the page.
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}

# 文号 that public copies of the notices bear, each seen there; a year that is missing here is unknown to us.
NUMBERS = {
    2006: "国办发明电〔2005〕35号",
    2007: "国办发明电〔2006〕49号",
    2008: "国办发明电〔2007〕52号",
    2009: "国办发明电〔2008〕42号",
    2010: "国办发明电〔2009〕27号",
    2011: "国办发明电〔2010〕40号",
    2012: "国办发明电〔2011〕45号",
    2013: "国办发明电〔2012〕33号",
    2014: "国办发明电〔2013〕28号",
    2015: "国办发明电〔2014〕28号、国发明电〔2015〕1号",
    2016: "国办发明电〔2015〕18号",
    2017: "国办发明电〔2016〕17号",
    2018: "国办发明电〔2017〕12号",
    2019: "国办发明电〔2018〕15号、国办发明电〔2019〕3号",
    2020: "国办发明电〔2019〕16号、国办发明电〔2020〕1号",
    2021: "国办发明电〔2020〕27号",
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}


def build_notices(source: Any) -> list[Notice]:
    """The notices in the tables of the library's module `constants`."""
    by_year: dict[int, list[NoticeDay]] = defaultdict(list)
    for day, value in source.holidays.items():
        kind = DayKind.REST if day in source.in_lieu_days else DayKind.HOLIDAY
        by_year[_year_of(day, value)].append(NoticeDay(day, kind, NAMES[value]))
    for day, value in source.workdays.items():
        by_year[_year_of(day, value)].append(NoticeDay(day, DayKind.MAKEUP, NAMES[value]))
    return [
        Notice(year, standard_title(year), NUMBERS.get(year, ""), check_days(year, by_year[year]))
        for year in sorted(by_year)
    ]


def _year_of(day: date, holiday: str) -> int:
    """A 元旦 day in December belongs to the notice of the next year."""
    return day.year + 1 if day.month == 12 and NAMES[holiday] == "元旦" else day.year


class Command(BaseCommand):
    help = "Write portal/workdays/data/notices.json from the development library chinesecalendar."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, default=DATA_FILE)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source = importlib.import_module("chinese_calendar.constants")
        except ModuleNotFoundError as error:
            raise CommandError("chinesecalendar is not installed; it is a development dependency.") from error
        notices = build_notices(source)
        Path(options["output"]).write_text(write_notices(notices), encoding="utf-8")
        self.stdout.write(f"{options['output']}: {notices[0].year}-{notices[-1].year}")
