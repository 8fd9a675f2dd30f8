"""Reading personal data is an event: once a day for each reader, thing and ground (docs/decisions/0029)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from portal import clock
from portal.accounts.models import Person, Staff
from portal.ledger.services import record
from portal.privacy.models import PersonKey
from portal.privacy.services import commitment
from portal.readings import rules, subjects
from portal.readings.models import Reading
from portal.web.errors import BadInput, NotAllowed
from portal.web.grants import Actor

Kind = Reading.Kind
Reason = Reading.Reason

EVENTS: Final[dict[str, str]] = {
    Kind.CASE: "privacy.case_opened",
    Kind.FILE: "privacy.file_read",
    Kind.DOCUMENT: "privacy.document_read",
    Kind.PRINT: "privacy.case_printed",
    Kind.UNMASKED: "privacy.case_unmasked",
    Kind.FOUND: "privacy.person_found",
}
AT_THE_WINDOW: Final = "窗口为您办理"


@dataclass(frozen=True, slots=True)
class Of:
    """What is read: a subject, and the key under which its person's data stands."""

    kind: str
    id: UUID
    key_id: UUID


@dataclass(frozen=True, slots=True)
class Why:
    """On what ground: a task in words, or a stated reason."""

    task: str = ""
    reason: str = ""
    words: str = ""
    basis: str = ""


def by_task(task: str) -> Why:
    return Why(task=task, basis=f"task:{task}")


def by_reason(*, reader_id: UUID, subject_id: UUID, now: dt.datetime) -> Why | None:
    """The reason that a reader has stated for a subject, while it holds (1 query)."""
    stated = (
        Reading.objects.filter(reader=reader_id, subject_id=subject_id, kind=Kind.CASE, open_until__gt=now)
        .select_related("key")
        .order_by("-open_until", "-pk")
        .first()
    )
    if stated is None:
        return None
    return Why(reason=stated.reason, words=stated.words, basis=stated.basis)


def note(
    *,
    actor: Actor,
    of: Of,
    kind: Kind,
    why: Why,
    now: dt.datetime,
    thing_id: UUID | None = None,
    detail: Callable[[], str] = str,
    facts: Mapping[str, Any] | None = None,
    open_until: dt.datetime | None = None,
) -> None:
    """Record that a member of staff reads; what is recorded for today already costs one query and changes nothing.

    Safe in the answer to a GET: the row is unique, whoever comes second writes nothing. `facts` go into the event.
    """
    row: dict[str, Any] = {
        "reader_id": actor.user_id,
        "subject_id": of.id,
        "kind": kind,
        "thing_id": thing_id or of.id,
        "day": clock.local_date(now),
        "basis": why.basis,
    }
    if Reading.objects.filter(**row).exists():
        return
    staff = Staff.objects.select_related("department").filter(user=actor.user_id).first()
    key = PersonKey.objects.get(pk=of.key_id)
    if staff is None or key.is_erased:
        return  # the person themselves; or nothing personal is left to read
    with transaction.atomic():
        reading, is_new = Reading.objects.get_or_create(
            **row,
            defaults={
                "key": key,
                "subject_kind": of.kind,
                "detail": detail(),
                "reader_name": staff.name,
                "reader_number": staff.number,
                "office": staff.department,
                "at": now,
                "task": why.task,
                "reason": why.reason,
                "words": why.words,
                "open_until": open_until,
            },
        )
        if is_new:
            _record(reading, staff, actor, facts or {})


def _record(reading: Reading, staff: Staff, actor: Actor, facts: Mapping[str, Any]) -> None:
    """The event names the office and the ground; reader and words only as commitments under the person's key."""
    record(
        subject=reading.subject_id,
        kind=EVENTS[reading.kind],
        actor=actor.user_id,
        key=reading.pk,
        at=reading.at,
        body={
            "office": staff.department.number,
            "reader": commitment(reading.key_id, f"{staff.number} {staff.name}"),
            "what": commitment(reading.key_id, reading.detail) if reading.detail else None,
            "thing": str(reading.thing_id),
            "task": reading.task or None,
            "without_task": reading.is_marked,
            "stated": reading.reason or None,
            "words": commitment(reading.key_id, reading.words) if reading.words else None,
            **facts,
        },
    )


def note_found(actor: Actor, person: Person) -> None:
    """A number or a phone led a clerk to a person (handler of `portal.accounts.hooks.person_found`)."""
    note(
        actor=actor,
        of=Of(subjects.PERSON, person.pk, person.key_id),
        kind=Kind.FOUND,
        why=by_task(AT_THE_WINDOW),
        now=clock.now(),
    )


def state_reason(
    *, actor: Actor, of: Of, reason: str, words: str, key: UUID, now: dt.datetime
) -> None:
    """Say why one without a task reads; opens the subject for `rules.OPEN_FOR`. The same key twice is once.

    Raises BadInput without a choice or a sentence, NotAllowed for whoever is not staff.
    """
    if reason not in Reason.values:
        raise BadInput("请选择为什么要看。", field="reason")
    if fault := rules.text_fault(words, "具体说明", rules.SHORTEST_REASON, rules.LONGEST_REASON):
        raise BadInput(fault, field="words")
    if not Staff.objects.filter(user=actor.user_id).exists():
        raise NotAllowed("只有工作人员可以说明原因后查看。")
    note(
        actor=actor,
        of=of,
        kind=Kind.CASE,
        why=Why(reason=reason, words=words.strip(), basis=f"reason:{key}"),
        now=now,
        open_until=now + rules.OPEN_FOR,
    )
