"""The calendar: provisional years, descriptions, the file form."""

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from portal.workdays.calendar import OutOfCalendar, WorkdayCalendar, shipped_calendar
from portal.workdays.festivals import statutory_holidays
from portal.workdays.management.commands.make_calendar_data import build_notices
from portal.workdays.notices import (
    DATA_FILE,
    DayKind,
    NoticeError,
    read_file,
    read_notices,
    shipped_notices,
    write_notices,
)

CALENDAR = shipped_calendar()


def test_the_shipped_notices_agree_with_the_library_on_every_day() -> None:
    day = date(2004, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day) == CALENDAR.describe(day).is_workday, day
        day += timedelta(days=1)


def test_the_shipped_file_is_what_the_command_writes() -> None:
    assert write_notices(build_notices(chinese_calendar.constants)) == DATA_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("year", "days"), [(2015, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, days: int) -> None:
    assert CALENDAR.count(date(year - 1, 12, 31), date(year, 12, 31)) == days


def test_a_year_without_a_notice_has_thirteen_statutory_holidays() -> None:
    assert sorted(statutory_holidays(2027).items()) == [
        (date(2027, 1, 1), "元旦"),
        (date(2027, 2, 5), "春节"),
        (date(2027, 2, 6), "春节"),
        (date(2027, 2, 7), "春节"),
        (date(2027, 2, 8), "春节"),
        (date(2027, 4, 5), "清明节"),
        (date(2027, 5, 1), "劳动节"),
        (date(2027, 5, 2), "劳动节"),
        (date(2027, 6, 9), "端午节"),
        (date(2027, 9, 15), "中秋节"),
        (date(2027, 10, 1), "国庆节"),
        (date(2027, 10, 2), "国庆节"),
        (date(2027, 10, 3), "国庆节"),
    ]
    assert CALENDAR.is_provisional(date(2026, 12, 31), date(2027, 1, 1))
    assert not CALENDAR.is_provisional(date(2026, 1, 1), date(2026, 12, 31))


def test_two_holidays_on_one_day_are_one_day_off() -> None:
    assert len(statutory_holidays(2031)) == 12
    assert statutory_holidays(2031)[date(2031, 10, 1)] == "国庆节、中秋节"


def test_every_year_of_the_calendar_has_its_festivals_in_season() -> None:
    for year in range(1900, 2100):
        holidays = sorted(statutory_holidays(year))
        assert 12 <= len(holidays) <= 13
        assert date(year, 1, 20) <= holidays[1] <= date(year, 2, 20)
        assert next(day for day in holidays if day.month == 4).day in (4, 5, 6)


def test_the_end_of_the_calendar_is_an_error_and_no_crash() -> None:
    assert CALENDAR.add(date(2099, 12, 30), 1) == date(2099, 12, 31)
    with pytest.raises(OutOfCalendar):
        CALENDAR.add(date(2099, 12, 31), 1)


def test_next_workday_is_the_day_itself_when_it_works() -> None:
    assert CALENDAR.next_workday(date(2026, 10, 10)) == date(2026, 10, 10)
    assert CALENDAR.next_workday(date(2026, 10, 1)) == date(2026, 10, 8)


def test_a_date_says_what_it_is_and_which_notice_says_so() -> None:
    national = CALENDAR.describe(date(2026, 10, 1))
    assert (national.kind, national.name, national.notice) == (
        DayKind.HOLIDAY,
        "国庆节",
        "国务院办公厅关于2026年部分节假日安排的通知",
    )
    assert CALENDAR.describe(date(2026, 10, 10)).kind is DayKind.MAKEUP
    assert CALENDAR.describe(date(2027, 10, 1)).provisional


def test_the_file_form_survives_a_round_trip(tmp_path: Path) -> None:
    file = tmp_path / "calendar.json"
    file.write_text(write_notices(shipped_notices()), encoding="utf-8")
    assert read_file(file) == shipped_notices()
    assert WorkdayCalendar(read_file(file)).notices == CALENDAR.notices


GROUP = {"name": "元旦", "holiday": ["2027-01-01"]}
YEAR = {"year": 2027, "notice": "通知", "number": None, "days": [GROUP]}


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"years": [[]]},
        {"years": [YEAR | {"year": "2027"}]},
        {"years": [YEAR | {"year": 1800}]},
        {"years": [YEAR | {"notice": ""}]},
        {"years": [YEAR | {"number": 7}]},
        {"years": [YEAR | {"days": {}}]},
        {"years": [YEAR | {"days": [{"holiday": []}]}]},
        {"years": [YEAR | {"days": [GROUP | {"holiday": "2027-01-01"}]}]},
        {"years": [YEAR | {"days": [GROUP | {"holiday": ["2027-13-01"]}]}]},
        {"years": [YEAR | {"days": [GROUP | {"holiday": ["2027-01-03/2027-01-01"]}]}]},
        {"years": [YEAR | {"days": [GROUP | {"holiday": ["2028-01-01"]}]}]},
        {"years": [YEAR | {"days": [GROUP, GROUP]}]},
        {"years": [YEAR, YEAR]},
        {"years": [YEAR, YEAR | {"year": 2028}]},
    ],
    ids=lambda document: json.dumps(document, ensure_ascii=False)[:60],
)
def test_a_faulty_file_is_refused_with_a_sentence(document: object) -> None:
    with pytest.raises(NoticeError, match=r"。$"):
        read_notices(document)
    assert read_notices({"years": [YEAR]})
