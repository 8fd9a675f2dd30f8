"""Staff open a case: with a task on it, or after they have said why; either way it is noted (portal.readings)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.urls import reverse

from applications.attachments import OWNER_KIND
from applications.duty import task_of
from applications.models import Case, CaseMaterialFile
from applications.queries.casepage import staff_case
from portal import clock
from portal.documents.models import OfficialDocument
from portal.files.models import StoredFile
from portal.readings import services as readings
from portal.readings.models import Reading
from portal.web.errors import AskFirst
from portal.web.grants import Actor, acting_user

Kind = Reading.Kind


def of_case(case: Case) -> readings.Of:
    """The case as a subject of readings."""
    return readings.Of(OWNER_KIND, case.pk, case.person_key_id)


def open_case(*, actor: Actor, case_id: UUID, now: dt.datetime, kind: Kind = Kind.CASE) -> Case:
    """The case for a page of staff. Raises NotFound, AskFirst (3 queries more than `staff_case`, once noted)."""
    case = staff_case(actor, case_id)
    note_reading(actor=actor, case=case, kind=kind, now=now)
    return case


def note_reading(*, actor: Actor, case: Case, kind: Kind, now: dt.datetime, **more: Any) -> None:
    """Note that staff read something of a case. Raises AskFirst for one without a task who has not said why."""
    if case.erased_at is not None:
        return
    task = task_of(actor, case, now)
    why = readings.by_task(task) if task else readings.by_reason(
        reader_id=acting_user(actor), subject_id=case.pk, now=now
    )
    if why is None:
        raise AskFirst(
            "您在本件上没有办理任务。请先说明为什么要看。", url=reverse("applications:state_reason", args=[case.pk])
        )
    readings.note(actor=actor, of=of_case(case), kind=kind, why=why, now=now, **more)


def file_opened(actor: Actor, case: Case, file: StoredFile) -> None:
    """A file of the case, or a page of it."""

    def material() -> str:
        given = CaseMaterialFile.objects.select_related("material__requirement").filter(file=file).first()
        return given.material.name if given is not None else ""

    note_reading(actor=actor, case=case, kind=Kind.FILE, now=clock.now(), thing_id=file.pk, detail=material)


def document_opened(actor: Actor, case: Case, document: OfficialDocument) -> None:
    """An official document of the case."""
    note_reading(
        actor=actor,
        case=case,
        kind=Kind.DOCUMENT,
        now=clock.now(),
        thing_id=document.pk,
        detail=lambda: str(document.get_kind_display()),
    )


def state_reason(*, actor: Actor, case_id: UUID, reason: str, words: str, key: UUID) -> Case:
    """Say why one reads a case without a task on it. Raises NotFound, BadInput."""
    case = staff_case(actor, case_id)
    readings.state_reason(actor=actor, of=of_case(case), reason=reason, words=words, key=key, now=clock.now())
    return case
