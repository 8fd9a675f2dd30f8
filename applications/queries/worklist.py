"""The work list: open cases by promised due date, paused ones last, at a cost that does not depend on their number.

One LATERAL per department and state walks its range of `clock_work_list`, which holds all that a list is narrowed by:
no range is ever read to its end for a page, and counts need no table (operations.md section 9).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from applications.queries.finding import Hits
from applications.queries.scope import Reach
from applications.states import FINAL_STATES, CaseState
from portal.privacy.masking import PERSON_UNCONFIRMED, UNIT_UNCONFIRMED
from portal.web.paging import PAGE_SIZE, CappedCount

CAP: Final = 1000
#: So many rows are counted in one pass; of a longer list each count is taken by itself up to the cap.
ONE_PASS: Final = 5000
LIGHTS: Final = ("red", "yellow", "warning", "normal", "paused")
Condition = tuple[str, list[Any]]
TABS: Final = ("mine", "unclaimed", "all", "submitted")

_LIGHT_SQL: Final[Mapping[str, str]] = {
    "red": "k.level = 'red' AND NOT k.paused",
    "yellow": "k.level = 'yellow' AND NOT k.paused",
    "warning": "k.level = 'warning' AND NOT k.paused",
    "normal": "k.level = 'none' AND NOT k.paused",
    "paused": "k.paused",
}
_CASE_JOIN: Final = "JOIN applications_case c ON c.id = k.case_id"
_OPEN_STATES: Final = tuple(state.value for state in CaseState if state not in FINAL_STATES)


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


class Row(NamedTuple):
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
    natural: bool
    """Whether the applicant is a natural person."""
    unconfirmed: bool
    """Whether no window has confirmed who applies."""

    @property
    def position(self) -> Position:
        return Position(self.paused, self.sort_on, self.case_id)

    @property
    def standing(self) -> str:
        """What stands beside the name of an applicant whom nobody has confirmed."""
        if not self.unconfirmed:
            return ""
        return PERSON_UNCONFIRMED if self.natural else UNIT_UNCONFIRMED

    @property
    def light(self) -> str:
        if self.paused:
            return "paused"
        return "normal" if self.level == "none" else self.level


# Looked up row by row, each part by its key: to plan a join of all takes longer than to read 26 rows.
_DETAILS: Final = """
    SELECT k.case_id, k.paused, k.sort_on, k.level, k.state, k.accepted_on, k.acceptance_due_on, k.correction_due_on,
           k.promised_due_on, k.promised_days, k.pause_until, k.claimed_by_id, c.number, c.applicant_name, e.name,
           COALESCE((SELECT t.limit_unit FROM catalog_situation t
                     WHERE c.situation_id IS NOT NULL AND t.id = c.situation_id), e.limit_unit),
           COALESCE((SELECT s.name FROM accounts_staff s
                     WHERE k.claimed_by_id IS NOT NULL AND s.user_id = k.claimed_by_id), ''),
           COALESCE((SELECT p.name FROM applications_specialprocedure p
                     WHERE k.paused AND p.case_id = k.case_id AND p.ended_on IS NULL LIMIT 1), ''),
           c.received_at, c.applicant_legal_id IS NULL,
           CASE WHEN c.applicant_legal_id IS NULL
                THEN EXISTS (SELECT 1 FROM accounts_person p WHERE p.id = c.applicant_person_id
                             AND p.verified_at IS NULL AND p.confirmed_as_id IS NULL)
                ELSE EXISTS (SELECT 1 FROM accounts_legalperson f WHERE f.id = c.applicant_legal_id
                             AND f.verified_at IS NULL AND f.confirmed_as_id IS NULL) END
    FROM found
    CROSS JOIN LATERAL (SELECT * FROM applications_caseclock WHERE case_id = found.case_id OFFSET 0) AS k
    CROSS JOIN LATERAL (SELECT * FROM applications_case WHERE id = found.case_id OFFSET 0) AS c
    CROSS JOIN LATERAL (SELECT * FROM catalog_itemedition WHERE id = c.edition_id OFFSET 0) AS e
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
    statement = f"""
        WITH found AS MATERIALIZED ({narrow}) {_DETAILS} ORDER BY {_order("found", backwards=backwards)}
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = [Row._make(values) for values in cursor.fetchall()]
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
    """Every count of the list's head (1 query; 2 for a list beyond ONE_PASS); a light filter changes none of them."""
    wanted = [("light", light, replace(filters, light=light)) for light in LIGHTS]
    wanted += [("tab", tab, replace(filters, tab=tab, light="")) for tab in tabs]
    values = _tally([narrowed for _, _, narrowed in wanted])
    counted = [(kind, name, _capped(value)) for (kind, name, _), value in zip(wanted, values, strict=True)]
    return Counts(
        lights={name: count for kind, name, count in counted if kind == "light"},
        tabs={name: count for kind, name, count in counted if kind == "tab"},
    )


def _capped(value: int) -> CappedCount:
    return CappedCount(min(value, CAP), is_capped=value > CAP)


def _tally(wanted: Sequence[Filters]) -> list[int]:
    """How many rows each shows, exact up to CAP; they differ in tab and light only, so that one pass counts them."""
    passes, parameters = [], []
    for submitted in (False, True):
        own = [filters for filters in wanted if (filters.tab == "submitted") is submitted]
        if not own:
            continue
        columns = []
        for filters in own:
            conditions, values = _view(filters)
            columns.append(f"count(*) FILTER (WHERE {' AND '.join(conditions) or 'true'})")
            parameters += values
        whole = replace(own[0], light="", tab="submitted" if submitted else "all")
        rows, values = _rows(whole, "k.level, k.paused, k.claimed_by_id", limit=ONE_PASS + 1)
        passes.append(f"(SELECT ARRAY[count(*), {', '.join(columns)}] FROM ({rows}) AS k)")
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(passes), parameters)
        found = cursor.fetchone()
    if any(counts[0] > ONE_PASS for counts in found):
        return _counts_one_by_one(wanted)
    values = [iter(counts[1:]) for counts in found]
    return [next(values[-1] if filters.tab == "submitted" else values[0]) for filters in wanted]


def _counts_one_by_one(wanted: Sequence[Filters]) -> list[int]:
    parts: list[str] = []
    parameters: list[Any] = []
    for filters in wanted:
        _add_count(filters, parts, parameters)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), parameters)
        return list(cursor.fetchone())


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
    _add_count(filters, parts, parameters, extra=("k.case_id = %s::uuid", [str(position.case_id)]))
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
        total=_capped(total),
        previous=previous,
        next=following,
    )


def _order(alias: str, *, backwards: bool) -> str:
    direction = "DESC" if backwards else "ASC"
    return ", ".join(f"{alias}.{column} {direction}" for column in ("paused", "sort_on", "case_id"))


def _beyond(position: Position, *, backwards: bool) -> Condition:
    operator = "<" if backwards else ">"
    return (
        f"(k.paused, k.sort_on, k.case_id) {operator} (%s, %s, %s)",
        [position.paused, position.sort_on, str(position.case_id)],
    )


def _narrow(filters: Filters, start: Position | None, *, backwards: bool, limit: int) -> tuple[str, list[Any]]:
    """The ids of one page in order."""
    beyond = _beyond(start, backwards=backwards) if start is not None else None
    order = partial(_order, backwards=backwards)
    return _rows(filters, "k.case_id, k.paused, k.sort_on", limit=limit, beyond=beyond, order=order)


def _add_count(filters: Filters, parts: list[str], parameters: list[Any], *, extra: Condition | None = None) -> None:
    rows, values = _rows(filters, "1", limit=CAP + 1, beyond=extra)
    parts.append(f"(SELECT count(*) FROM ({rows}) AS counted)")
    parameters += values


def _rows(
    filters: Filters,
    columns: str,
    *,
    limit: int,
    beyond: Condition | None = None,
    order: Callable[[str], str] | None = None,
) -> tuple[str, list[Any]]:
    """The rows that the filters show, up to a limit: from each department's range of each state, then merged."""
    conditions, parameters, join = _conditions(filters)
    narrowing, values = _view(filters)
    conditions += narrowing
    parameters += values
    if beyond is not None:
        conditions.append(beyond[0])
        parameters += beyond[1]
    if filters.tab == "submitted":
        return _submitted(filters, columns, conditions, parameters, _tail(order, "k", limit))
    walk = f"""
        SELECT {columns} FROM applications_caseclock k {join}
        WHERE {" AND ".join(["k.department_id = d.id", "k.state = w.state", *conditions])} {_tail(order, "k", limit)}
    """
    states = list(filters.states or _OPEN_STATES)
    departments, first = "(SELECT id FROM organizations_department)", []
    if filters.reach.departments:
        first = _texts(filters.reach.departments)
        departments = f"(VALUES {', '.join(['(%s::uuid)'] * len(first))})"
    elif filters.reach.is_empty:
        departments = "(SELECT NULL::uuid WHERE false)"
    statement = f"""
        SELECT r.* FROM {departments} AS d(id) CROSS JOIN (VALUES {", ".join(["(%s)"] * len(states))}) AS w(state)
        CROSS JOIN LATERAL ({walk}) AS r {_tail(order, "r", limit)}
    """
    return statement, [*first, *states, *parameters]


def _submitted(
    filters: Filters, columns: str, conditions: list[str], parameters: list[Any], tail: str
) -> tuple[str, list[Any]]:
    """What one has reviewed and another is to approve: few rows, found by the reviewer."""
    conditions = ["c.state = 'approving'", "c.reviewer_ids @> ARRAY[%s]::uuid[]", *conditions]
    parameters = [str(filters.user_id), *parameters]
    if filters.reach.departments is not None:
        conditions.append("k.department_id = ANY(%s::uuid[])")
        parameters.append(_texts(filters.reach.departments))
    statement = f"SELECT {columns} FROM applications_caseclock k {_CASE_JOIN} WHERE {' AND '.join(conditions)} {tail}"
    return statement, parameters


def _tail(order: Callable[[str], str] | None, alias: str, limit: int) -> str:
    return f"LIMIT {limit}" if order is None else f"ORDER BY {order(alias)} LIMIT {limit}"


def _texts(keys: Iterable[UUID]) -> list[str]:
    return [str(key) for key in sorted(keys)]


def _view(filters: Filters) -> tuple[list[str], list[Any]]:
    """The conditions of tab and light: what the counts of a list's head differ in."""
    conditions: list[str] = []
    parameters: list[Any] = []
    if filters.light:
        conditions.append(_LIGHT_SQL[filters.light])
    if filters.tab == "mine":
        conditions.append("k.claimed_by_id = %s::uuid")
        parameters.append(str(filters.user_id))
    if filters.tab == "unclaimed":
        conditions.append("k.claimed_by_id IS NULL")
    return conditions, parameters


def _conditions(filters: Filters) -> tuple[list[str], list[Any], str]:
    """All other conditions on the clock `k` (and on the case `c`, where the join is needed)."""
    conditions: list[str] = ["k.open"]
    parameters: list[Any] = []
    needs_case = False
    if filters.paused_or_extended:
        conditions.append("(k.paused OR EXISTS (SELECT 1 FROM applications_extension x WHERE x.case_id = k.case_id))")
    if filters.handler:
        conditions.append(f"k.claimed_by_id {'=' if filters.handler == 'me' else '<>'} %s::uuid")
        parameters.append(str(filters.user_id))
    if filters.accepted_from is not None:
        conditions.append("k.accepted_on >= %s")
        parameters.append(filters.accepted_from)
    if filters.accepted_until is not None:
        conditions.append("k.accepted_on <= %s")
        parameters.append(filters.accepted_until)
    if filters.edition_ids is not None:
        needs_case = True
        conditions.append("c.edition_id = ANY(%s::uuid[])")
        parameters.append(_texts(filters.edition_ids))
    if filters.hits is not None:
        condition, values = filters.hits.sql("k.case_id")
        conditions.append(condition)
        parameters += values
    return conditions, parameters, _CASE_JOIN if needs_case else ""
