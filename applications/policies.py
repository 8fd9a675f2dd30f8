"""Who may read the files and documents of a case, and what a document is worth today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from applications.attachments import DRAFT_KIND, INTAKE_KIND, OWNER_KIND
from applications.models import Case, CaseMaterialFile, Draft, DraftMaterial
from applications.papers import SUBJECT_KIND
from applications.people import is_applicant, submitted_online
from applications.permissions import READING
from applications.queries.cases import cases_of_applicant
from applications.services import opening
from portal import clock
from portal.documents import policies as documents
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.files import policies as files
from portal.files.models import StoredFile
from portal.files.services import hold
from portal.readings import subjects
from portal.web.grants import Actor


def may_read_case(actor: Actor, case_id: UUID) -> bool:
    """The applicant, and staff who may see the department's cases."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None or case.erased_at is not None:
        return False
    if any(actor.grants.has_for(permission, case.department_id) for permission in READING):
        return True
    return is_applicant(actor.user_id, case, clock.today())


def may_read_document(actor: Actor, case_id: UUID, document: OfficialDocument) -> bool:
    """As the case; and who submitted for a firm and may act for it no longer keeps the receipt."""
    if may_read_case(actor, case_id):
        return True
    if document.kind != DocumentKind.RECEIPT:
        return False
    case = Case.objects.filter(pk=case_id, erased_at=None).first()
    return case is not None and submitted_online(actor.user_id, case)


def file_opened(actor: Actor, case_id: UUID, file: StoredFile) -> None:
    """Staff read a material: noted, and with a reason where they have no task."""
    if (case := _read_by_staff(actor, case_id)) is not None:
        opening.file_opened(actor, case, file)


def document_opened(actor: Actor, case_id: UUID, document: OfficialDocument) -> None:
    """Staff read a document: as a material."""
    if (case := _read_by_staff(actor, case_id)) is not None:
        opening.document_opened(actor, case, document)


def _read_by_staff(actor: Actor, case_id: UUID) -> Case | None:
    """The case, when the actor reads it by a permission of staff; applicants have none (their sign-ins are others)."""
    case = Case.objects.get(pk=case_id)
    return case if any(actor.grants.has_for(permission, case.department_id) for permission in READING) else None


def may_read_draft(actor: Actor, draft_id: UUID) -> bool:
    """The citizen who writes it."""
    return actor.user_id is not None and Draft.objects.filter(pk=draft_id, user_id=actor.user_id).exists()


def may_read_scan(actor: Actor, owner_id: UUID) -> bool:
    """The clerk who scanned it, until there is a case."""
    return actor.user_id is not None and StoredFile.objects.filter(
        owner_kind=INTAKE_KIND, owner_id=owner_id, uploaded_by_id=actor.user_id
    ).exists()


def place_of_case(actor: Actor, case_id: UUID) -> tuple[str, str]:
    """The page of the case, on the reader's side."""
    case = Case.objects.only("department_id").get(pk=case_id)
    staff = any(actor.grants.has_for(permission, case.department_id) for permission in READING)
    return reverse("applications:desk_case" if staff else "applications:my_case", args=[case_id]), "返回办件"


def place_of_draft(_actor: Actor, draft_id: UUID) -> tuple[str, str]:
    return reverse("applications:draft_step", args=[draft_id, "materials"]), "返回材料"


def files_in_use(ids: set[UUID]) -> set[UUID]:
    """Which files stand in a draft or in a case."""
    used = set(DraftMaterial.objects.filter(file__in=ids).values_list("file", flat=True))
    return used | set(CaseMaterialFile.objects.filter(file__in=ids - used).values_list("file", flat=True))


def state_of_case(case_id: UUID) -> str:
    """What the page that verifies a document says about its case today; nothing personal."""
    case = Case.objects.only("state").filter(pk=case_id).first()
    return case.get_state_display() if case is not None else ""


def _own_cases(actor: Actor, today: dt.date) -> QuerySet[Any, Any]:
    return cases_of_applicant(actor, today).order_by().values("pk")


def told_of_cases(ids: Collection[UUID]) -> dict[UUID, subjects.Told]:
    """Cases in the words of their applicant (1 query)."""
    cases = Case.objects.filter(pk__in=ids).values_list("pk", "edition__name", "number")
    return {
        case_id: subjects.Told(name, number, reverse("applications:my_case", args=[case_id]))
        for case_id, name, number in cases
    }


def register_all() -> None:
    """Called from AppConfig.ready()."""
    files.register(OWNER_KIND, may_read_case, place_of_case, file_opened)
    files.register(DRAFT_KIND, may_read_draft, place_of_draft)
    files.register(INTAKE_KIND, may_read_scan)
    for kind in (OWNER_KIND, DRAFT_KIND, INTAKE_KIND):
        hold(kind, files_in_use)
    documents.register(SUBJECT_KIND, may_read_document, state_of_case, document_opened)
    subjects.register(OWNER_KIND, subjects.Subject(_own_cases, told_of_cases))
