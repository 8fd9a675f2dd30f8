"""What the public reads of the catalogue's life: the editions of an item, two of them compared, published changes.

Drafts, remarks, and changes that are under way, struck or withdrawn stand in none of these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from catalog import contents
from catalog.comparison import Difference, compare
from catalog.models import ChangeAct, ItemChange, ItemEdition, MergedItem, ServiceItem
from catalog.queries.editions import with_everything
from catalog.shape import SECTIONS
from catalog.states import ChangeKind, ChangeState
from portal.organizations.models import Department
from portal.web.errors import NotFound

#: Decided and announced; nothing leads from these to struck or withdrawn.
PUBLISHED: Final = (ChangeState.SCHEDULED, ChangeState.IN_FORCE)
#: The acts of a change that stand in public, in words; of several of one kind the last one counts.
PUBLIC_ACTS: Final[Mapping[str, str]] = {
    "submit": "部门提交",
    "verify": "编办核定",
    "verify_and_publish": "编办核定，公告",
    "approve": "市政府常务会议通过，公告",
    "take_effect": "生效",
}
_NO_ITEM: Final = "没有找到这个事项，网址可能不对。"
#: Not for the public: the draft, and who of the staff does what.
_INSIDE: Final = ("content", "people_note")
#: What an announcement says, and no more.
_SHOWN: Final = (
    "kind", "state", "name", "reason", "basis", "occurred_on", "effective_on", "open_cases", "reported_at",
    "reported_late", "published_at", "item__basic_code", "department__number", "department__name",
    "receiving_department__number", "receiving_department__name", "meeting__name", "meeting__held_on",
    "meeting__resolution_number", "meeting__resolution", "edition__version",
)  # fmt: skip


class Standing(Enum):
    """How an edition stands on a day."""

    PAST = "已失效"
    CURRENT = "现行"
    COMING = "将生效"
    NEVER = "没有施行"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition with the change that brought it; None where it came with the data of the first publication."""

    edition: ItemEdition
    change: ItemChange | None
    standing: Standing
    #: The version that it replaced; None for the first one.
    previous: int | None

    @property
    def version(self) -> int:
        return self.edition.version

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it is in force; `effective_until` is the day after it."""
        until = self.edition.effective_until
        return until - dt.timedelta(days=1) if until is not None else None

    def holds_on(self, day: dt.date) -> bool:
        until = self.edition.effective_until
        return self.edition.effective_from <= day and (until is None or day < until)


@dataclass(frozen=True, slots=True)
class History:
    """All editions of an item, newest first; `ended_by` is the change by which the item ends or has ended."""

    item: ServiceItem
    editions: tuple[Edition, ...]
    ended_by: ItemChange | None

    @property
    def current(self) -> Edition | None:
        return next((each for each in self.editions if each.standing is Standing.CURRENT), None)

    @property
    def coming(self) -> Edition | None:
        """The next edition that will be in force."""
        ahead = [each for each in self.editions if each.standing is Standing.COMING]
        return min(ahead, key=lambda each: each.edition.effective_from) if ahead else None

    @property
    def latest(self) -> Edition:
        return self.editions[0]

    @property
    def first_day(self) -> dt.date:
        return self.editions[-1].edition.effective_from

    @property
    def ends_on(self) -> dt.date | None:
        """The day from which there is no edition any more, past or to come."""
        return self.latest.edition.effective_until

    @property
    def name(self) -> str:
        return (self.current or self.coming or self.latest).edition.name

    def of_version(self, version: int) -> Edition:
        """Raises NotFound."""
        found = next((each for each in self.editions if each.version == version), None)
        if found is None:
            raise NotFound("这个事项没有这一版。")
        return found

    def on_day(self, day: dt.date) -> Edition | None:
        return next((each for each in self.editions if each.holds_on(day)), None)


def history_of(basic_code: str, today: dt.date) -> History:
    """The editions of an item with what brought each (1 query; 1 more for an item that ends). Raises NotFound."""
    rows = list(
        ItemEdition.objects.filter(item__basic_code=basic_code)
        .select_related("item", "department", "change__meeting", "change__department")
        .defer(*(f"change__{name}" for name in _INSIDE))
        .order_by("-version")
    )
    if not rows:
        raise NotFound(_NO_ITEM)
    item = rows[0].item
    versions = [row.version for row in rows]
    editions = tuple(
        Edition(row, getattr(row, "change", None), _standing(row, today), previous)
        for row, previous in zip(rows, [*versions[1:], None], strict=True)
    )
    return History(item, editions, _end_of(item) if rows[0].effective_until is not None else None)


def whole_edition(basic_code: str, version: int) -> ItemEdition:
    """One edition with everything that its guide shows (6 queries). Raises NotFound."""
    editions = ItemEdition.objects.filter(item__basic_code=basic_code, version=version)
    edition = with_everything(editions.select_related("item", "department")).first()
    if edition is None:
        raise NotFound("这个事项没有这一版。")
    return edition


@dataclass(frozen=True, slots=True)
class Group:
    """The differences of one section of the list."""

    title: str
    differences: tuple[Difference, ...]


def differences(before: ItemEdition, after: ItemEdition) -> list[Group]:
    """What differs between two editions by section, in the order of the list (8 queries); empty for equal ones."""
    found = contents.of_editions([before.pk, after.pk])
    names = dict(Department.objects.order_by("number").values_list("number", "name"))
    one, other = (_readable(contents.draft_of(found[each.pk]), names) for each in (before, after))
    by_section: dict[str, list[Difference]] = {section.title: [] for section in SECTIONS}
    for difference in compare(one, other):
        by_section[difference.section].append(difference)
    return [Group(title, tuple(each)) for title, each in by_section.items() if each]


def published_changes(wanted: Mapping[str, str] | None = None) -> QuerySet[ItemChange]:
    """Announced changes, narrowed by kind and by the number of a department that gives or receives the item."""
    wanted = wanted or {}
    changes = (
        ItemChange.objects.filter(published_at__isnull=False, state__in=PUBLISHED)
        .select_related("item", "department", "receiving_department", "meeting", "edition")
        .only(*_SHOWN)
    )
    if kind := wanted.get("kind", ""):
        changes = changes.filter(kind=kind)
    if number := wanted.get("department", ""):
        changes = changes.filter(Q(department__number=number) | Q(receiving_department__number=number))
    return changes


def published_change(change_id: UUID) -> ItemChange:
    """One announced change with the items that a merger ends, each with its last `name`. Raises NotFound."""
    last = ItemEdition.objects.filter(item=OuterRef("item")).order_by("-version").values("name")[:1]
    merged = MergedItem.objects.select_related("item").annotate(name=Subquery(last)).order_by("position")
    change = published_changes().filter(pk=change_id).prefetch_related(Prefetch("merged", merged)).first()
    if change is None:
        raise NotFound("没有这项公告。")
    return change


def public_acts(change: ItemChange) -> list[ChangeAct]:
    """What everybody may know of the way of a change, in its order; who acted stays inside (1 query)."""
    last = {act.action: act for act in change.acts.filter(action__in=PUBLIC_ACTS).order_by("seq")}
    return sorted(last.values(), key=lambda act: act.seq)


def counts_by_kind(start: dt.datetime, end: dt.datetime) -> dict[ChangeKind, int]:
    """How many changes of each kind were announced from an instant up to another (1 query)."""
    found = (
        ItemChange.objects.filter(published_at__gte=start, published_at__lt=end, state__in=PUBLISHED)
        .order_by()
        .values_list("kind")
        .annotate(count=Count("pk"))
    )
    counts = dict(found)
    return {kind: counts[kind] for kind in ChangeKind if kind in counts}


def departments_with_changes() -> list[tuple[str, str]]:
    """Number and name of every department that an announced change concerns (1 query)."""
    changes = ItemChange.objects.filter(published_at__isnull=False, state__in=PUBLISHED).order_by()
    concerned = Department.objects.filter(
        Q(pk__in=changes.values("department")) | Q(pk__in=changes.values("receiving_department"))
    )
    return list(concerned.order_by("number").values_list("number", "name"))


def _standing(edition: ItemEdition, today: dt.date) -> Standing:
    until = edition.effective_until
    if until is not None and until <= edition.effective_from:
        return Standing.NEVER
    if edition.effective_from > today:
        return Standing.COMING
    return Standing.PAST if until is not None and until <= today else Standing.CURRENT


def _end_of(item: ServiceItem) -> ItemChange | None:
    """The abolition of an item, or the merger that takes it in."""
    ending = Q(item=item, kind=ChangeKind.ABOLITION) | Q(merged__item=item)
    return published_changes().filter(ending).order_by("-published_at").first()


def _readable(content: contents.Content, names: Mapping[str, str]) -> dict[str, Any]:
    """Departments by name; without what only marks invented data."""
    return content | {
        "department": names.get(content["department"], content["department"]),
        "co_departments": [names.get(number, number) for number in content["co_departments"]],
        "demo_fields": [],
    }
