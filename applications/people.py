"""Who stands behind a case: the applicant and those who may act for them, and whom the portal tells."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q

from applications import rows
from applications.models import Case
from applications.states import CaseChannel
from portal.accounts.models import ApprovalOffice, LegalPerson, Mandate, Person, User
from portal.privacy.models import PersonKey
from portal.privacy.services import commitment


def applicant_key(person: Person | None, legal_person: LegalPerson | None) -> PersonKey:
    """The erasable key under which an application stands: of the person, or of the legal representative."""
    if legal_person is not None:
        return legal_person.representative.key
    assert person is not None
    return person.key


def person_key_of(case: Case) -> PersonKey:
    """The erasable key under which the applicant's data stands: that of the day of submission."""
    if not Case.person_key.is_cached(case):
        (case.person_key,) = rows.person_key(key=case.person_key_id)
    return case.person_key


def sealed(case: Case, text: str) -> str | None:
    """What the ledger may hold of a personal text: a commitment under the applicant's key; None after erasure."""
    key = person_key_of(case)
    return None if key.is_erased else commitment(key.pk, text)


def is_applicant(user_id: UUID | None, case: Case, today: dt.date) -> bool:
    """Whether a user may act as the applicant: who submitted online, and the verified person, agent or mandatary.

    An unverified registration sees only its own submissions (design.md section 6).
    """
    if user_id is None:
        return False
    if case.channel == CaseChannel.ONLINE and case.submitted_by_id == user_id:
        return True
    person = rows.verified_person_of.first(user=user_id)
    if person is None:
        return False
    if person.pk in (case.applicant_person_id, case.agent_id):
        return True
    return case.applicant_legal_id is not None and may_act_for(person.pk, case.applicant_legal_id, today)


def may_act_for(person_id: UUID, legal_person_id: UUID, today: dt.date) -> bool:
    """Whether a person is the legal representative, or holds a mandate that is in force."""
    return (
        LegalPerson.objects.filter(pk=legal_person_id, representative_id=person_id).exists()
        or Mandate.objects.filter(person_id=person_id, legal_person_id=legal_person_id, valid_from__lte=today)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today))
        .exists()
    )


def office_head(department_id: UUID) -> User | None:
    """The head of the department's approval office (行政审批服务办公室主任)."""
    office = ApprovalOffice.objects.select_related("head__user").filter(department_id=department_id).first()
    return office.head.user if office is not None and office.head is not None else None
