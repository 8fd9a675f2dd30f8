"""What the desk reads of changes: what waits for whom, lists by department, the items of a department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from catalog.models import ItemChange, ItemEdition, Meeting, ServiceItem
from catalog.permissions import EVERYWHERE, OF_A_DEPARTMENT
from catalog.permissions import CataloguePermission as May
from catalog.states import CLOSED, ChangeState
from portal.organizations.models import Department
from portal.web.errors import NotFound
from portal.web.grants import Actor, Everywhere, Grants

#: Whose work a change is in each state.
WORK: Final[dict[str, May]] = {
    ChangeState.DRAFTING: May.EDIT_ITEM,
    ChangeState.AT_HEAD: May.SUBMIT_ITEM,
    ChangeState.VERIFYING: May.VERIFY_ITEM,
    ChangeState.VERIFIED: May.DECIDE_ITEM,
    ChangeState.ON_AGENDA: May.DECIDE_ITEM,
}


def visible(grants: Grants) -> QuerySet[ItemChange]:
    """The changes that somebody may see: of their departments, or all."""
    rows = ItemChange.objects.select_related("department", "item", "edited_by").order_by("-edited_at", "-pk")
    if grants.has_any(*EVERYWHERE):
        return rows
    return rows.filter(_of_departments(grants, *OF_A_DEPARTMENT))


def waiting(grants: Grants) -> QuerySet[ItemChange]:
    """The changes that are somebody's work now, longest waiting first."""
    mine = Q(pk__in=[])
    for state, permission in WORK.items():
        if grants.has(permission):
            mine |= Q(state=state) & _of_departments(grants, permission)
    return visible(grants).filter(mine).order_by("edited_at", "pk")


def find(change_id: UUID, actor: Actor) -> ItemChange:
    """A change that this person may see, with what its page shows. Raises NotFound."""
    change = (
        visible(actor.grants)
        .select_related("based_on", "edition", "meeting", "drafter", "submitter", "receiving_department")
        .filter(pk=change_id)
        .first()
    )
    if change is None:
        raise NotFound("没有这项变更。")
    return change


def departments_of_editor(grants: Grants) -> list[Department]:
    """For which departments somebody may begin a change."""
    scope = grants.departments(May.EDIT_ITEM)
    rows = Department.objects.order_by("number")
    return list(rows if isinstance(scope, Everywhere) else rows.filter(pk__in=scope))


def departments_of(grants: Grants) -> list[Department]:
    """Whose items somebody looks after."""
    found: dict[UUID, Department] = {}
    for permission in OF_A_DEPARTMENT:
        scope = grants.departments(permission)
        rows = Department.objects.order_by("number")
        found |= {each.pk: each for each in (rows if isinstance(scope, Everywhere) else rows.filter(pk__in=scope))}
    return list(found.values())


def items_of(departments: list[Department] | None, *, words: str = "") -> QuerySet[ServiceItem]:
    """Items with the name that they have now, and the change that is under way; None: of all departments."""
    latest = ItemEdition.objects.filter(item=OuterRef("pk")).order_by("-version")
    open_change = ItemChange.objects.filter(item=OuterRef("pk")).exclude(state__in=[state.value for state in CLOSED])
    rows = (
        ServiceItem.objects.select_related("department")
        .annotate(
            now_called=Subquery(latest.values("name")[:1]),
            version=Subquery(latest.values("version")[:1]),
            since=Subquery(latest.values("effective_from")[:1]),
            change_id=Subquery(open_change.order_by("created_at").values("pk")[:1]),
        )
        .order_by("number", "basic_code")
    )
    if words:
        rows = rows.filter(now_called__icontains=words)
    return rows if departments is None else rows.filter(department__in=departments)


@dataclass(frozen=True, slots=True)
class AgendaLine:
    change: ItemChange
    decided: bool


def agenda_of(meeting: Meeting) -> list[AgendaLine]:
    """The items of a meeting in their order, each with whether its decision stands."""
    rows = meeting.changes.select_related("department", "edition").order_by("agenda_position")
    return [AgendaLine(change, change.state != ChangeState.ON_AGENDA) for change in rows]


def _of_departments(grants: Grants, *permissions: May) -> Q:
    found = Q(pk__in=[])
    for permission in permissions:
        scope = grants.departments(permission)
        if isinstance(scope, Everywhere):
            return Q()
        found |= Q(department__in=scope)
    return found
