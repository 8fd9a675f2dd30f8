"""The people of a change: a department's editor and head, 编办, 市政府办公厅, and the acts that each of them does."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from catalog.models import ItemChange, ServiceItem
from catalog.services import changes, meetings
from catalog.services.changes import Frame
from catalog.states import ChangeKind
from portal import clock
from portal.accounts.grants import sync_roles, sync_user
from portal.accounts.roles import Role
from portal.organizations.models import Department
from portal.transitions.engine import Outcome
from portal.web.grants import Actor, actor_of
from tests.factories.people import staff


@dataclass(frozen=True)
class City:
    """Everybody of whom a change of a department's item needs something."""

    department: Department
    editor: Actor
    colleague: Actor
    head: Actor
    office: Actor
    government: Actor
    stranger: Actor


def city(number: str = "023") -> City:
    """Needs the fixture `catalogue`."""
    sync_roles()
    department = Department.objects.get(number=number)

    def somebody(of: Department, role: Role, *, everywhere: bool = False) -> Actor:
        user = staff(of, roles=[role], everywhere=everywhere).user
        sync_user(user)
        return actor_of(user)

    return City(
        department=department,
        editor=somebody(department, Role.CATALOGUE_EDITOR),
        colleague=somebody(department, Role.CATALOGUE_EDITOR),
        head=somebody(department, Role.ORGAN_HEAD),
        office=somebody(Department.objects.get(number="901"), Role.ESTABLISHMENT_OFFICE, everywhere=True),
        government=somebody(Department.objects.get(number="905"), Role.GOVERNMENT_OFFICE, everywhere=True),
        stranger=somebody(Department.objects.get(number="012"), Role.CATALOGUE_EDITOR),
    )


def item(number: int = 26) -> ServiceItem:
    return ServiceItem.objects.get(number=number)


def begin(of: City, kind: ChangeKind = ChangeKind.ELEMENTS, number: int | None = 26, name: str = "") -> ItemChange:
    return changes.begin(
        actor=of.editor,
        department=of.department,
        kind=kind,
        key=uuid4(),
        item=item(number) if number is not None else None,
        name=name,
    )


def frame(of: City, change: ItemChange, **values: Any) -> ItemChange:
    usual = Frame(
        reason="压缩办理时限",
        basis="朔政办发〔2015〕52号",
        occurred_on=clock.today(),
        effective_on=clock.today() + dt.timedelta(days=7),
    )
    return changes.set_frame(change_id=change.pk, actor=of.editor, frame=replace(usual, **values))


def act(change: ItemChange, action: str, actor: Actor, **data: object) -> Outcome:
    return changes.apply(change_id=change.pk, action=action, actor=actor, key=uuid4(), **data)


def submitted(of: City, change: ItemChange) -> ItemChange:
    """Handed up by the editor and submitted by the head."""
    act(change, "hand_up", of.editor)
    act(change, "submit", of.head)
    change.refresh_from_db()
    return change


def on_agenda(of: City, *batch: ItemChange, name: str = "市政府第 12 次常务会议") -> None:
    """All of them before one meeting, whose resolution is recorded."""
    meeting = meetings.convene(actor=of.government, name=name, held_on=clock.today())
    for change in batch:
        act(change, "put_on_agenda", of.government, meeting=meeting.pk)
    meetings.record_resolution(
        meeting_id=meeting.pk, actor=of.government, number="朔政常纪〔2026〕12号", text="原则同意所提事项调整方案。"
    )
