"""The calendar table: loading, importing, withdrawing, reading it back."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction

from portal import clock
from portal.web.errors import BadInput
from portal.web.grants import SYSTEM_ACTOR, Actor
from portal.workdays import hooks, queries, services
from portal.workdays.calendar import shipped_calendar
from portal.workdays.models import CalendarYear, NoticeImport
from portal.workdays.notices import DayKind, NoticeDay, read_file, shipped_notices

pytestmark = pytest.mark.django_db

CENTRE = Actor(user_id=uuid4(), name="中心主任")
NEW_YEAR = [
    NoticeDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"),
    NoticeDay(date(2027, 1, 4), DayKind.REST, "元旦"),
    NoticeDay(date(2026, 12, 27), DayKind.MAKEUP, "元旦"),
]


@pytest.fixture(autouse=True)
def changes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[hooks.CalendarChange]]:
    """The changes that are announced; nobody else listens."""
    CalendarYear.objects.all().delete()
    seen: list[hooks.CalendarChange] = []
    monkeypatch.setattr(hooks, "_handlers", {"test": seen.append})
    yield seen


def test_an_empty_table_reads_as_the_shipped_calendar() -> None:
    assert queries.current_calendar() is shipped_calendar()


def test_loading_brings_the_shipped_notices_and_twice_changes_nothing(changes: list[hooks.CalendarChange]) -> None:
    assert "新增 23 年" in services.load()
    assert queries.stored_notices() == shipped_notices()
    revision = list(CalendarYear.objects.values_list("revision", flat=True))
    assert "新增 0 年" in services.load()
    assert list(CalendarYear.objects.values_list("revision", flat=True)) == revision
    assert len(changes) == 1 and NoticeImport.objects.count() == 23


def test_a_notice_that_is_imported_moves_dates_and_is_announced(changes: list[hooks.CalendarChange]) -> None:
    services.load()
    instant = datetime(2026, 11, 25, 2, tzinfo=UTC)
    with clock.shifted(instant):
        change = services.import_notice(
            year=2027, days=NEW_YEAR, notice="关于2027年的通知", number="国办〔2026〕9号", actor=CENTRE
        )
    assert change is changes[-1]
    assert change.years == (2027,) and change.actor is CENTRE
    assert not change.before.is_workday(date(2026, 12, 27)) and change.after.is_workday(date(2026, 12, 27))
    assert change.before.is_workday(date(2027, 1, 4)) and not change.after.is_workday(date(2027, 1, 4))
    assert queries.current_calendar().years >= {2026, 2027}
    row = NoticeImport.objects.get(year=2027)
    assert (row.actor_id, row.actor_name, row.imported_at) == (CENTRE.user_id, "中心主任", instant)
    assert (
        services.import_notice(
            year=2027, days=NEW_YEAR[::-1], notice="关于2027年的通知", number="国办〔2026〕9号", actor=CENTRE
        )
        is None
    )


def test_a_notice_replaces_the_one_before_and_loading_leaves_it_alone() -> None:
    services.load()
    services.import_notice(
        year=2026, days=[NoticeDay(date(2026, 10, 1), DayKind.HOLIDAY, "国庆节")], notice="改", actor=CENTRE
    )
    services.load()
    assert queries.current_calendar().is_workday(date(2026, 10, 2))


def test_a_withdrawn_notice_leaves_a_provisional_year(changes: list[hooks.CalendarChange]) -> None:
    services.load()
    assert services.withdraw_notice(year=2026, actor=CENTRE)
    assert 2026 not in queries.current_calendar().years
    assert str(CalendarYear.objects.get(pk=2026)) == "2026年（暂行）"
    assert services.withdraw_notice(year=2026, actor=CENTRE) is None
    services.load()
    assert 2026 not in queries.current_calendar().years
    assert len(changes) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"notice": " "}, "notice_missing"),
        ({"days": []}, "notice_empty"),
        ({"days": NEW_YEAR[2:]}, "notice_empty"),
        ({"days": NEW_YEAR + NEW_YEAR}, "notice_wrong"),
        ({"year": 2028}, "notice_wrong"),
        ({"year": 1492}, "notice_wrong"),
    ],
)
def test_a_wrong_notice_is_refused(more: dict[str, object], code: str) -> None:
    values = {"year": 2027, "days": NEW_YEAR, "notice": "通知"} | more
    with pytest.raises(BadInput) as caught:
        services.import_notice(actor=CENTRE, **values)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_day_of_another_notice_is_refused() -> None:
    services.import_notice(year=2027, days=NEW_YEAR, notice="甲", actor=CENTRE)
    with pytest.raises(BadInput, match="已经在 2027 年的通知里"):
        services.import_notice(
            year=2026,
            days=[
                NoticeDay(date(2026, 1, 1), DayKind.HOLIDAY, "元旦"),
                NoticeDay(date(2026, 12, 27), DayKind.REST, "元旦"),
            ],
            notice="乙",
            actor=CENTRE,
        )


def test_an_import_that_is_rolled_back_leaves_no_calendar_behind() -> None:
    services.load()
    before = queries.current_calendar()
    with pytest.raises(RuntimeError), transaction.atomic():
        services.import_notice(year=2027, days=NEW_YEAR, notice="甲", actor=CENTRE)
        assert queries.current_calendar().is_workday(date(2026, 12, 27))
        raise RuntimeError
    assert queries.current_calendar().notices == before.notices


def test_the_calendar_costs_one_query_when_nothing_changed(django_assert_num_queries: object) -> None:
    services.load()
    first = queries.current_calendar()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert queries.current_calendar() is first


def test_a_handler_that_fails_takes_the_import_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(change: hooks.CalendarChange) -> None:
        raise RuntimeError

    hooks.register("fails", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.import_notice(year=2027, days=NEW_YEAR, notice="甲", actor=SYSTEM_ACTOR)
    assert not CalendarYear.objects.filter(pk=2027).exists()


def test_the_export_is_what_deadline_reads(tmp_path: Path) -> None:
    services.load()
    services.import_notice(year=2027, days=NEW_YEAR, notice="甲", actor=CENTRE)
    file = tmp_path / "calendar.json"
    call_command("export_calendar", output=file)
    assert read_file(file) == queries.stored_notices()
    assert json.loads(file.read_text())["years"][-1]["year"] == 2027


def test_the_administrator_is_warned_from_november_while_next_year_is_missing() -> None:
    services.load()
    assert queries.missing_notice(date(2026, 10, 31)) is None
    assert queries.missing_notice(date(2026, 11, 1)) == 2027
    services.import_notice(year=2027, days=NEW_YEAR, notice="甲", actor=CENTRE)
    assert queries.missing_notice(date(2026, 12, 1)) is None
