"""The work list: open cases by promised due date, paused ones last, at a cost that does not depend on their number.

One LATERAL per department walks the partial index of open clocks; never department = ANY (operations.md section 9).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.db import connection

from applications.queries.finding import Hits
from applications.queries.scope import Reach
from portal.web.paging import PAGE_SIZE, CappedCount

CAP: Final = 1000
LIGHTS: Final = ("red", "yellow", "warning", "normal", "paused")
TABS: Final = ("mine", "unclaimed", "all", "submitted")

_LIGHT_SQL: Final[Mapping[str, str]] = {
    "red": "k.level = 'red' AND NOT k.paused",
    "yellow": "k.level = 'yellow' AND NOT k.paused",
    "warning": "k.level = 'warning' AND NOT k.paused",
    "normal": "k.level = 'none' AND NOT k.paused",
    "paused": "k.paused",
}
_CASE_JOIN: Final = "JOIN applications_case c ON c.id = k.case_id"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a work list shows. `states` empty: every open state; `tab` and `light` narrow it further."""

    reach: Reach
    user_id: UUID
    states: tuple[str, ...] = ()
    tab: str = "all"
    light: str = ""
    edition_ids: tuple[UUID, ...] | None = None
    accepted_from: dt.date | None = None
    accepted_until: dt.date | None = None
    handler: str = ""
    hits: Hits | None = None
    paused_or_extended: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands in the order of the list: the cursor of its pages."""

    paused: bool
    sort_on: dt.date
    case_id: UUID

    def __str__(self) -> str:
        return f"{int(self.paused)}.{self.sort_on.isoformat()}.{self.case_id.hex}"

    @classmethod
    def read(cls, written: str) -> Position | None:
        """None when it cannot be read: the list then shows its first page."""
        match = re.fullmatch(r"([01])\.(\d{4}-\d{2}-\d{2})\.([0-9a-f]{32})", written)
        if match is None:
            return None
        try:
            return cls(match[1] == "1", dt.date.fromisoformat(match[2]), UUID(hex=match[3]))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, as stored; days are counted by the page with the calendar."""

    case_id: UUID
    paused: bool
    sort_on: dt.date
    level: str
    state: str
    accepted_on: dt.date | None
    acceptance_due_on: dt.date
    correction_due_on: dt.date | None
    promised_due_on: dt.date | None
    promised_days: int | None
    pause_until: dt.date | None
    claimed_by_id: UUID | None
    number: str
    applicant: str
    item: str
    unit: str
    handler: str
    procedure: str
    received_at: dt.datetime

    @property
    def position(self) -> Position:
        return Position(self.paused, self.sort_on, self.case_id)

    @property
    def light(self) -> str:
        if self.paused:
            return "paused"
        return "normal" if self.level == "none" else self.level


_COLUMNS: Final = """
    k.case_id, k.paused, k.sort_on, k.level, k.state, k.accepted_on, k.acceptance_due_on, k.correction_due_on,
    k.promised_due_on, k.promised_days, k.pause_until, k.claimed_by_id, c.number, c.applicant_name, e.name,
    COALESCE(t.limit_unit, e.limit_unit), COALESCE(s.name, ''), COALESCE(p.name, ''), c.received_at
"""


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page; the positions are those of its first and last row when there is more in that direction."""

    rows: Sequence[Row]
    before: Position | None
    after: Position | None


def work_page(
    filters: Filters, *, after: Position | None = None, before: Position | None = None, size: int = PAGE_SIZE
) -> WorkPage:
    """The rows after (or before) a position, the first ones without (1 query)."""
    start, backwards = (before, True) if before is not None else (after, False)
    narrow, parameters = _narrow(filters, start, backwards=backwards, limit=size + 1)
    order = _order("k", backwards=backwards)
    statement = f"""
        WITH found AS MATERIALIZED ({narrow})
        SELECT {_COLUMNS}
        FROM found
        JOIN applications_caseclock k ON k.case_id = found.case_id
        {_CASE_JOIN}
        JOIN catalog_itemedition e ON e.id = c.edition_id
        LEFT JOIN catalog_situation t ON t.id = c.situation_id
        LEFT JOIN accounts_staff s ON s.user_id = k.claimed_by_id
        LEFT JOIN applications_specialprocedure p ON p.case_id = k.case_id AND p.ended_on IS NULL
        ORDER BY {order}
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = [Row(*values) for values in cursor.fetchall()]
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return WorkPage(rows, None, None)
    return WorkPage(
        rows,
        before=rows[0].position if (more if backwards else start is not None) else None,
        after=rows[-1].position if (backwards or more) else None,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """Capped counts: of each light within the tab, and of each tab."""

    lights: Mapping[str, CappedCount]
    tabs: Mapping[str, CappedCount]

    @property
    def total(self) -> CappedCount:
        """All lights together."""
        number = sum(count.number for count in self.lights.values())
        capped = any(count.is_capped for count in self.lights.values()) or number > CAP
        return CappedCount(min(number, CAP), capped)


def work_counts(filters: Filters, tabs: Sequence[str] = TABS) -> Counts:
    """Every count of the list's head (1 query); a light filter changes none of them."""
    names: list[tuple[str, str]] = []
    parts: list[str] = []
    parameters: list[Any] = []
    for light in LIGHTS:
        names.append(("light", light))
        _add_count(replace(filters, light=light), parts, parameters)
    for tab in tabs:
        names.append(("tab", tab))
        _add_count(replace(filters, tab=tab, light=""), parts, parameters)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), parameters)
        values = cursor.fetchone()
    counted = {
        name: CappedCount(min(value, CAP), is_capped=value > CAP) for name, value in zip(names, values, strict=True)
    }
    return Counts(
        lights={name: count for (kind, name), count in counted.items() if kind == "light"},
        tabs={name: count for (kind, name), count in counted.items() if kind == "tab"},
    )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where an open case stands in a list: its place from 1, and the cases beside it."""

    place: CappedCount
    total: CappedCount
    previous: UUID | None
    next: UUID | None


def neighbours(filters: Filters, position: Position) -> Neighbours | None:
    """The place of a case in a list (1 query); None when the list does not show it."""
    parts: list[str] = []
    parameters: list[Any] = []
    _add_count(filters, parts, parameters, extra=("k.case_id = %s", [str(position.case_id)]))
    _add_count(filters, parts, parameters)
    _add_count(filters, parts, parameters, extra=_beyond(position, backwards=True))
    for backwards in (True, False):
        narrow, values = _narrow(filters, position, backwards=backwards, limit=1)
        parts.append(f"(SELECT case_id FROM ({narrow}) AS beside)")
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), parameters)
        listed, total, before, previous, following = cursor.fetchone()
    if not listed:
        return None
    return Neighbours(
        place=CappedCount(min(before, CAP) + 1, is_capped=before > CAP),
        total=CappedCount(min(total, CAP), is_capped=total > CAP),
        previous=previous,
        next=following,
    )


def _order(alias: str, *, backwards: bool) -> str:
    direction = "DESC" if backwards else "ASC"
    return ", ".join(f"{alias}.{column} {direction}" for column in ("paused", "sort_on", "case_id"))


def _beyond(position: Position, *, backwards: bool) -> tuple[str, list[Any]]:
    operator = "<" if backwards else ">"
    return (
        f"(k.paused, k.sort_on, k.case_id) {operator} (%s, %s, %s)",
        [position.paused, position.sort_on, str(position.case_id)],
    )


def _narrow(filters: Filters, start: Position | None, *, backwards: bool, limit: int) -> tuple[str, list[Any]]:
    """The ids of one page in order: per department from the index, then merged."""
    conditions, parameters, join = _conditions(filters)
    if start is not None:
        beyond, values = _beyond(start, backwards=backwards)
        conditions.append(beyond)
        parameters += values
    walk = f"""
        SELECT k.case_id, k.paused, k.sort_on
        FROM applications_caseclock k {join}
        WHERE k.department_id = d.id AND {" AND ".join(conditions)}
        ORDER BY {_order("k", backwards=backwards)} LIMIT {limit}
    """
    departments, first = "(SELECT id FROM organizations_department)", []
    if filters.reach.departments is not None:
        departments = "(SELECT unnest(%s::uuid[]) AS id)"
        first = [[str(key) for key in sorted(filters.reach.departments)]]
    merged = f"""
        SELECT r.case_id FROM {departments} AS d CROSS JOIN LATERAL ({walk}) AS r
        ORDER BY {_order("r", backwards=backwards)} LIMIT {limit}
    """
    return merged, [*first, *parameters]


def _add_count(
    filters: Filters, parts: list[str], parameters: list[Any], *, extra: tuple[str, list[Any]] | None = None
) -> None:
    conditions, values, join = _conditions(filters)
    if filters.reach.departments is not None:
        conditions.append("k.department_id = ANY(%s::uuid[])")
        values.append([str(key) for key in sorted(filters.reach.departments)])
    if extra is not None:
        conditions.append(extra[0])
        values += extra[1]
    inner = f"SELECT 1 FROM applications_caseclock k {join} WHERE {' AND '.join(conditions)} LIMIT {CAP + 1}"
    parts.append(f"(SELECT count(*) FROM ({inner}) AS counted)")
    parameters += values


def _conditions(filters: Filters) -> tuple[list[str], list[Any], str]:
    """The WHERE parts on the clock `k` (and on the case `c`, where the join is needed)."""
    conditions: list[str] = ["k.open"]
    parameters: list[Any] = []
    needs_case = False
    if filters.states and filters.tab != "submitted":
        conditions.append("k.state = ANY(%s)")
        parameters.append(list(filters.states))
    if filters.paused_or_extended:
        conditions.append("(k.paused OR EXISTS (SELECT 1 FROM applications_extension x WHERE x.case_id = k.case_id))")
    if filters.light:
        conditions.append(_LIGHT_SQL[filters.light])
    if filters.tab == "mine" or filters.handler == "me":
        conditions.append("k.claimed_by_id = %s")
        parameters.append(str(filters.user_id))
    if filters.handler == "others":
        conditions.append("k.claimed_by_id <> %s")
        parameters.append(str(filters.user_id))
    if filters.tab == "unclaimed":
        conditions.append("k.claimed_by_id IS NULL")
    if filters.accepted_from is not None:
        conditions.append("k.accepted_on >= %s")
        parameters.append(filters.accepted_from)
    if filters.accepted_until is not None:
        conditions.append("k.accepted_on <= %s")
        parameters.append(filters.accepted_until)
    if filters.tab == "submitted":
        needs_case = True
        conditions.append("k.state = 'approving' AND c.reviewer_ids @> %s::uuid[]")
        parameters.append([str(filters.user_id)])
    if filters.edition_ids is not None:
        needs_case = True
        conditions.append("c.edition_id = ANY(%s::uuid[])")
        parameters.append([str(key) for key in filters.edition_ids])
    if filters.hits is not None:
        condition, values = filters.hits.sql("k.case_id")
        conditions.append(condition)
        parameters += values
    return conditions, parameters, _CASE_JOIN if needs_case else ""
