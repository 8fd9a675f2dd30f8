"""What the SQL draws from: items with their limits, names with their words, and the calendar by position."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from applications import rules
from catalog.models import ItemEdition
from portal.accounts.models import Person
from portal.search import text
from portal.search.vectors import weighted_vector
from portal.workdays.queries import current_calendar
from portal.workdays.terms import Limit, Unit
from tests.benchmarks.seeding.people import Team

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华文辉玉兰志建国红梅"
PLACES = ("朔城", "平鲁", "山阴", "应县", "右玉", "怀仁", "桑干河", "神头", "恒山", "雁门")
TRADES = ("商贸", "食品", "运输", "建材", "餐饮", "农业", "科技", "煤业", "医药", "物业")
NAMES = 3000
FIRM_SHARE = 0.3


def fill(teams: Sequence[Team], today: dt.date) -> None:
    """Fill the temporary tables of `cases.TABLES`."""
    _rows("bench_team (department_id, clerk_id, reviewer_id)", (_team(team) for team in teams))
    _rows(
        "bench_item (position, edition_id, situation_id, department_id, department, name, promised, promised_unit, "
        "statutory, statutory_unit, immediate, vector, bigrams)",
        _items({team.department.pk: team for team in teams}),
    )
    _rows("bench_name (position, name, vector, bigrams)", _names())
    people = Person.objects.order_by("pk").values_list("pk", flat=True)[:200]
    _rows("bench_person (position, person_id)", ((place, str(key)) for place, key in enumerate(people)))
    calendar = current_calendar()
    days = [today + dt.timedelta(days=n) for n in range(-900, 900)]
    _rows("bench_day (day, position)", ((day, calendar.position(day.toordinal())) for day in days))
    _rows(
        "bench_workday (position, day)",
        ((calendar.position(day.toordinal()), day) for day in days if calendar.is_workday(day)),
    )


def _rows(table: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, f"INSERT INTO {table} VALUES %s", list(rows))


def _team(team: Team) -> tuple[str, ...]:
    return str(team.department.pk), str(team.clerk.pk), str(team.reviewer.pk)


def _items(teams: dict[Any, Team]) -> list[tuple[Any, ...]]:
    """Every edition that cases can have, the busiest first; its position is its rank."""
    found = []
    editions = ItemEdition.objects.filter(department__in=teams).select_related("department", "item")
    for edition in editions.exclude(kind="supervision").order_by("item__number", "item__basic_code"):
        situation = edition.situations.order_by("position").first()
        rule = rules.rule_of(edition, situation)
        found.append(
            (
                len(found),
                str(edition.pk),
                str(situation.pk) if situation is not None else None,
                str(edition.department_id),
                edition.department.number,
                edition.name,
                *_limit(rule.promised),
                *_limit(rule.statutory),
                rule.immediate,
                _words("B", text.tokens(edition.name)),
                text.bigrams(edition.name),
            )
        )
    return found


def _limit(limit: Limit | None) -> tuple[int | None, str]:
    if limit is None:
        return None, ""
    return limit.n, {Unit.WORKDAY: "workday", Unit.CALENDAR_DAY: "day", Unit.MONTH: "month"}[limit.unit]


def _names() -> list[tuple[Any, ...]]:
    chance = random.Random(20150725)
    found = []
    for place in range(NAMES):
        if chance.random() < FIRM_SHARE:
            name = f"朔州市{chance.choice(PLACES)}{chance.choice(GIVEN)}{chance.choice(TRADES)}有限公司"
        else:
            name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.randint(1, 2)))
        found.append((place, name, _words("A", text.tokens(name)), text.bigrams(name)))
    return found


def _words(weight: str, words: Iterable[str]) -> str:
    value: str = weighted_vector({weight: words}).get_source_expressions()[0].value
    return value
