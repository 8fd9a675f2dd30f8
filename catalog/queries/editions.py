"""What pages read from the catalogue: the edition in force, lists by audience, department, theme and kind."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Prefetch, Q

from catalog.enumerations import FIRM_THEMES, PERSON_THEMES
from catalog.models import EditionQuerySet, ItemEdition, ServiceItem
from portal.organizations.models import Department
from portal.web.errors import NotFound

PERSON, FIRM = "person", "firm"


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """A theme with the number of items in force under it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class DepartmentCount:
    department: Department
    count: int


def editions_in_force(on: dt.date) -> EditionQuerySet:
    """Editions that the public reads on a day: in force, of items that are neither suspended nor abolished."""
    editions: EditionQuerySet = (
        ItemEdition.objects.in_force(on)
        .filter(item__status=ServiceItem.Status.IN_FORCE)
        .select_related("item", "department")
        .order_by("item__number", "item__basic_code")
    )
    return editions


def with_everything(editions: EditionQuerySet) -> EditionQuerySet:
    """Each with all that its guide shows: five queries more, for any number."""
    return editions.prefetch_related(
        "situations", "bases", "materials", "links", Prefetch("co_departments", Department.objects.order_by("number"))
    )


@lru_cache(maxsize=2000)
def edition_for_life(edition_id: UUID) -> ItemEdition:
    """A published edition with item, bases, situations and materials, kept in this process: it never changes.

    What does change, its last day and the state of its item, has to be read anew: acts on cases need neither.
    Raises ItemEdition.DoesNotExist.
    """
    return (
        ItemEdition.objects.select_related("item")
        .prefetch_related("bases", "situations", "materials")
        .get(pk=edition_id)
    )


def edition_in_force(basic_code: str, on: dt.date) -> ItemEdition:
    """The edition of an item that is in force on a day, with everything that its guide shows (6 queries).

    Raises:
        NotFound: no such item, or none in force on that day.
    """
    edition = with_everything(editions_in_force(on).filter(item__basic_code=basic_code)).first()
    if edition is None:
        raise NotFound("没有找到这个事项。它可能已经取消，或者网址不对。")
    return edition


def browse(
    *,
    on: dt.date,
    audience: str = "",
    department: str = "",
    theme: str = "",
    kind: str = "",
) -> EditionQuerySet:
    """Editions in force, narrowed by who is served, department number, theme and the plan's kind."""
    editions = editions_in_force(on)
    if audience == PERSON:
        editions = editions.filter(service_objects__contains=["1"])
    elif audience == FIRM:
        editions = editions.filter(service_objects__overlap=["2", "3", "4", "5", "6"])
    if theme:
        in_person, in_firm = Q(themes_person__contains=[theme]), Q(themes_firm__contains=[theme])
        by_audience = {PERSON: in_person, FIRM: in_firm}
        editions = editions.filter(by_audience.get(audience, in_person | in_firm))
    if department:
        editions = editions.filter(department__number=department)
    if kind:
        editions = editions.filter(kind=kind)
    return editions


def theme_counts(audience: str, on: dt.date) -> list[ThemeCount]:
    """Themes of an audience that have items, in the official order (1 query)."""
    field, order = ("themes_person", PERSON_THEMES) if audience == PERSON else ("themes_firm", FIRM_THEMES)
    counts: Counter[str] = Counter()
    for themes in editions_in_force(on).values_list(field, flat=True):
        counts.update(themes)
    return [ThemeCount(name=theme, count=counts[theme]) for theme in order if counts[theme]]


def department_counts(on: dt.date) -> list[DepartmentCount]:
    """Departments with the number of their items in force, those without items last (2 queries)."""
    counts = Counter(editions_in_force(on).values_list("department_id", flat=True))
    departments = Department.objects.filter(kind=Department.Kind.DEPARTMENT).order_by("number")
    return sorted(
        (DepartmentCount(department=d, count=counts[d.pk]) for d in departments),
        key=lambda entry: (entry.count == 0, entry.department.number),
    )
