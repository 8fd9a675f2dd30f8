"""Who stands behind a case: the applicant and those who may act for them, and whom the portal tells."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

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

    An unverified registration sees only its own submissions (design.md section 6). For a firm only those count who
    may act for it today: who represents it no longer does not, whatever they submitted then.
    """
    if user_id is None:
        return False
    submitted = submitted_online(user_id, case)
    if submitted and case.applicant_legal_id is None:
        return True
    person = (rows.person_of if submitted else rows.verified_person_of).first(user=user_id)
    if person is None:
        return False
    if case.applicant_legal_id is None:
        return person.pk in (case.applicant_person_id, case.agent_id)
    if may_act_for(person.pk, case.applicant_legal_id, today):
        return True
    return person.pk == case.agent_id and not has_held_mandate(person.pk, case.applicant_legal_id)


def submitted_online(user_id: UUID | None, case: Case) -> bool:
    """Whether the user sent the application; they keep its receipt, whatever they may do today."""
    return user_id is not None and case.channel == CaseChannel.ONLINE and case.submitted_by_id == user_id


def may_act_for(person_id: UUID, legal_person_id: UUID, today: dt.date) -> bool:
    """Whether a person is the legal representative, or holds a mandate that is in force."""
    return firms_of(person_id, today).filter(pk=legal_person_id).exists()


def firms_of(person_id: UUID, today: dt.date) -> QuerySet[LegalPerson]:
    """The firms for which a person may act on the day; a declared one that was confirmed counts as what it is."""
    mandated = (
        Mandate.objects.filter(person_id=person_id, valid_from__lte=today)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today))
        .values("legal_person")
    )
    return LegalPerson.objects.filter(
        Q(confirmed_as=None) & (Q(representative=person_id) | Q(pk__in=mandated))
        | Q(confirmed_as__representative=person_id)
        | Q(confirmed_as__in=mandated)
    )


def has_held_mandate(person_id: UUID, legal_person_id: UUID) -> bool:
    """Whether a person ever had a mandate; an agent who is named on one case only has none, and acts on that case."""
    return Mandate.objects.filter(person_id=person_id, legal_person_id=legal_person_id).exists()


def users_behind(case: Case, today: dt.date) -> list[User]:
    """Whom an act is told: the sign-ins of the applicant or representative, of the agent, and of who submitted online.

    For a firm the last two only while they may act for it.
    """
    submitter = case.submitted_by_id if case.channel == CaseChannel.ONLINE else None
    agent, legal = case.agent_id, case.applicant_legal_id
    if legal is not None:
        if agent is not None and not may_act_for(agent, legal, today) and has_held_mandate(agent, legal):
            agent = None
        if submitter is not None and not is_applicant(submitter, case, today):
            submitter = None
    return rows.users_behind(person=case.applicant_person_id, agent=agent, legal_person=legal, user=submitter)


def office_head(department_id: UUID) -> User | None:
    """The head of the department's approval office (行政审批服务办公室主任)."""
    office = ApprovalOffice.objects.select_related("head__user").filter(department_id=department_id).first()
    return office.head.user if office is not None and office.head is not None else None
