"""Who may read the files and documents of a case, and what a document is worth today."""

from __future__ import annotations

from uuid import UUID

from applications.attachments import DRAFT_KIND, OWNER_KIND
from applications.models import Case, Draft
from applications.papers import SUBJECT_KIND
from applications.people import is_applicant
from applications.permissions import READING
from portal import clock
from portal.documents import policies as documents
from portal.files import policies as files
from portal.web.grants import Actor


def may_read_case(actor: Actor, case_id: UUID) -> bool:
    """The applicant, and staff who may see the department's cases."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None or case.erased_at is not None:
        return False
    if any(actor.grants.has_for(permission, case.department_id) for permission in READING):
        return True
    return is_applicant(actor.user_id, case, clock.today())


def may_read_draft(actor: Actor, draft_id: UUID) -> bool:
    """The citizen who writes it."""
    return actor.user_id is not None and Draft.objects.filter(pk=draft_id, user_id=actor.user_id).exists()


def state_of_case(case_id: UUID) -> str:
    """What the page that verifies a document says about its case today; nothing personal."""
    case = Case.objects.only("state").filter(pk=case_id).first()
    return case.get_state_display() if case is not None else ""


def register_all() -> None:
    """Called from AppConfig.ready()."""
    files.register(OWNER_KIND, may_read_case)
    files.register(DRAFT_KIND, may_read_draft)
    documents.register(SUBJECT_KIND, may_read_case, state_of_case)
