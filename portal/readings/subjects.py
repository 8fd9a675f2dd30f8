"""What a reading can be of: the rooms above register their kinds from AppConfig.ready()."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from portal.accounts.models import Person
from portal.web.grants import Actor

PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class Told:
    """A subject in the words of its own person: what it is, its number, its page."""

    title: str
    number: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of subject: `mine(actor, today)` selects the ids whose readings an actor may see; `told` names some."""

    mine: Callable[[Actor, dt.date], QuerySet[Any, Any]]
    told: Callable[[Collection[UUID]], dict[UUID, Told]]


_subjects: dict[str, Subject] = {}


def register(kind: str, subject: Subject) -> None:
    """Register a kind; the same one twice is once."""
    if _subjects.get(kind, subject) != subject:
        raise ValueError(f"two kinds of subjects named {kind!r}")
    _subjects[kind] = subject


def registered() -> dict[str, Subject]:
    return dict(_subjects)


def told(wanted: Collection[tuple[str, UUID]]) -> dict[UUID, Told]:
    """How subjects are called; one query for each kind among them."""
    found: dict[UUID, Told] = {}
    for kind, subject in _subjects.items():
        ids = {subject_id for of, subject_id in wanted if of == kind}
        if ids:
            found |= subject.told(ids)
    return found


def _own_person(actor: Actor, _today: dt.date) -> QuerySet[Any, Any]:
    return Person.objects.filter(user=actor.user_id, user__staff__isnull=True).values("pk")


def _registration(ids: Collection[UUID]) -> dict[UUID, Told]:
    return {person_id: Told("登记的身份信息") for person_id in ids}


def register_persons() -> None:
    """What the window finds by an identity number is the person's registration itself."""
    register(PERSON, Subject(_own_person, _registration))
