"""Whom the catalogue tells what a change does; owners above register from AppConfig.ready() (applications)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ItemChanged:
    """A change that takes effect now: what becomes of the open cases of these items, and where drafts go.

    `materials` maps, for each item of a merger, the code of an old material to that of the merged list.
    """

    change_id: UUID
    kind: str
    item_ids: tuple[UUID, ...]
    on: dt.date
    open_cases: str
    receiving_department_id: UUID | None
    edition_id: UUID | None
    materials: dict[UUID, dict[str, str]] = field(default_factory=dict)


#: Called inside the transaction in which the change takes effect.
Handler = Callable[[ItemChanged], None]

item_changed: list[Handler] = []


def announce(change: ItemChanged) -> None:
    """Hand the change to every registered handler, in the caller's transaction."""
    for handler in item_changed:
        handler(change)
