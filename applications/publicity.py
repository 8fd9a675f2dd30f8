"""办件公示: what anybody may read of a case. Persons are masked always, confirmed legal persons stand in full."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from applications import progress
from applications.models import Case
from applications.states import DECIDED_STATES, FINAL_STATES, CaseState
from catalog.enumerations import CasePublicity
from catalog.models import ServiceItem
from portal.clock import SHANGHAI
from portal.web.errors import NotFound

#: In the address of the list, and what it means.
STATE_FILTERS: dict[str, tuple[str, Q]] = {
    "open": ("在办", ~Q(state__in=sorted(FINAL_STATES | DECIDED_STATES))),
    "correcting": ("待补正", Q(state=CaseState.CORRECTING)),
    "granted": ("准予", Q(decision="granted")),
    "refused": ("不予", Q(decision="refused")),
    "concluded": ("办结", Q(state=CaseState.CONCLUDED)),
    "not_taken_up": ("不受理、不予受理", Q(state__in=[CaseState.NOT_REQUIRED, CaseState.NOT_COMPETENT])),
    "ended": (
        "撤回、补正不来、终止",
        Q(state__in=[CaseState.WITHDRAWN, CaseState.LAPSED, CaseState.TERMINATED]),
    ),
}
_COLUMNS = (
    "number", "state", "decision", "applicant_name", "applicant_person_id", "received_at", "decided_at",
    "concluded_at", "edition__name", "edition__publicity", "edition__handling", "edition__item__basic_code",
    "department__name", "clock__paused", "clock__promised_due_on", "applicant_legal__verified_at",
    "applicant_legal__confirmed_as",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: departments and items that have published items, and the last months."""

    departments: list[tuple[str, str]]
    items: list[tuple[str, str]]
    months: list[tuple[str, str]]


_OFFERED = f"""
    SELECT d.number, d.name, i.basic_code, e.name
    FROM catalog_itemedition e
    JOIN catalog_serviceitem i ON i.id = e.item_id
    JOIN organizations_department d ON d.id = e.department_id
    WHERE e.effective_until IS NULL
      AND i.status = '{ServiceItem.Status.IN_FORCE.value}'
      AND e.publicity <> '{CasePublicity.NONE.value}'
    ORDER BY i.number, i.basic_code
"""


def choices(today: dt.date) -> Choices:
    """One query; items whose cases are not public are not offered."""
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED)
        rows = cursor.fetchall()
    departments: dict[str, str] = {}
    items = []
    for number, department, code, name in rows:
        departments[number] = department
        items.append((code, name))
    return Choices(sorted(departments.items()), items, months(today))


def months(today: dt.date) -> list[tuple[str, str]]:
    """The running month and the twelve before it, as the value of a filter and in words."""
    first = today.replace(day=1)
    found = []
    for _ in range(13):
        found.append((f"{first:%Y-%m}", f"{first.year}年{first.month}月"))
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return found


def published_cases(wanted: Mapping[str, str]) -> QuerySet[Case]:
    """Cases whose edition lists them, narrowed by number, department, item, state and month of receipt.

    What a filter cannot mean is left out.
    """
    cases = (
        Case.objects.filter(restricted_at=None, erased_at=None)
        .exclude(edition__publicity=CasePublicity.NONE)
        .select_related("edition__item", "department", "clock", "applicant_legal")
        .only(*_COLUMNS)
    )
    if number := wanted.get("number", ""):
        cases = cases.filter(number__startswith=number.upper())
    if department := wanted.get("department", ""):
        cases = cases.filter(department__number=department)
    if item := wanted.get("item", ""):
        cases = cases.filter(edition__item__basic_code=item)
    if (state := wanted.get("state", "")) in STATE_FILTERS:
        cases = cases.filter(STATE_FILTERS[state][1])
    if (span := month_span(wanted.get("month", ""))) is not None:
        cases = cases.filter(received_at__gte=span[0], received_at__lt=span[1])
    return cases


def month_span(text: str) -> tuple[dt.datetime, dt.datetime] | None:
    """The first instant of a month in Shanghai and that of the next one."""
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    if found is None:
        return None
    start = dt.datetime(int(found[1]), int(found[2]), 1, tzinfo=SHANGHAI)
    return start, (start + dt.timedelta(days=32)).replace(day=1)


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One line of the list; the name is as anybody may read it."""

    number: str
    item: str
    code: str
    department: str
    applicant: str
    received_at: dt.datetime
    due_on: dt.date | None
    decided_at: dt.datetime | None
    kind: str
    word: str


def public_line(case: Case) -> PublicLine:
    kind, word = progress.state_tag(case)
    return PublicLine(
        number=case.number,
        item=case.edition.name,
        code=case.edition.item.basic_code,
        department=case.department.name,
        applicant=progress.public_name(case),
        received_at=case.received_at,
        due_on=case.clock.promised_due_on,
        decided_at=case.decided_at,
        kind=kind,
        word=word,
    )


def published_case(number: str) -> Case:
    """One public case (1 query); NotFound alike for an unknown number and for one that is not public."""
    case = (
        Case.objects.filter(restricted_at=None, erased_at=None)
        .exclude(edition__publicity=CasePublicity.NONE)
        .select_related("edition__item", "situation", "department", "clock", "applicant_legal")
        .filter(number=number)
        .first()
    )
    if case is None:
        raise NotFound("没有公示这个编号的办件。")
    return case
