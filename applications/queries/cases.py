"""What pages read about cases; each says how many queries it makes."""

from __future__ import annotations

import datetime as dt
import hmac
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from applications.models import Act, Case, Draft
from applications.papers import SUBJECT_KIND
from applications.people import firms_of, is_applicant
from applications.permissions import READING
from applications.states import FINAL_STATES
from portal.accounts.models import Mandate, User
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.web.errors import NotFound
from portal.web.grants import Actor, Everywhere, acting_user

#: What the pages of a case show of it.
JOINED: Final = (
    "edition__item",
    "situation",
    "department",
    "person_key",
    "applicant_person__key",
    "applicant_legal__representative__key",
    "agent",
    "window",
)


def case_for_staff(actor: Actor, case_id: UUID) -> Case:
    """A case of a department whose cases the actor sees (1 query); another department's is NotFound, not forbidden."""
    people = ("claimed_by__staff", "clerk__staff", "approver__staff")
    case = Case.objects.select_related(*JOINED, "clock", *people).filter(pk=case_id).first()
    if case is None or not any(actor.grants.has_for(permission, case.department_id) for permission in READING):
        raise NotFound("没有这个办件。")
    return case


def case_for_applicant(actor: Actor, case_id: UUID, today: dt.date) -> Case:
    """A case for the one who may act as its applicant (up to 4 queries)."""
    case = Case.objects.select_related(*JOINED, "clock").filter(pk=case_id).first()
    if case is None or not is_applicant(actor.user_id, case, today):
        raise NotFound("没有这个办件。")
    return case


def cases_of_applicant(actor: Actor, today: dt.date) -> QuerySet[Case]:
    """My cases (我的办件), newest first: own submissions, and those of the verified person and their firms."""
    user = User.objects.select_related("person").filter(pk=acting_user(actor)).first()
    submitted = Q(submitted_by_id=actor.user_id, channel="online")
    mine = submitted & Q(applicant_legal=None)
    if user is not None and user.person is not None:
        firms = firms_of(user.person.pk, today).values("pk")
        if user.person.is_verified:
            held = Mandate.objects.filter(person=user.person).values("legal_person")
            mine |= Q(applicant_person=user.person) | Q(applicant_legal__in=firms)
            mine |= Q(agent=user.person) & (Q(applicant_legal=None) | ~Q(applicant_legal__in=held))
        else:
            mine |= submitted & Q(applicant_legal__in=firms)
    return (
        Case.objects.filter(mine)
        .select_related("edition", "department", "clock", "applicant_legal")
        .order_by("-received_at", "-pk")
    )


def kept_receipts(actor: Actor, today: dt.date) -> QuerySet[OfficialDocument]:
    """Receipts of what the user submitted for firms that they may not act for any more (2 queries, at most 20)."""
    users = User.objects.filter(pk=acting_user(actor), person__isnull=False)
    person_id = users.values_list("person", flat=True).first()
    if person_id is None:
        return OfficialDocument.objects.none()
    cases = Case.objects.filter(
        submitted_by_id=actor.user_id, channel="online", applicant_legal__isnull=False, erased_at=None
    ).exclude(applicant_legal__in=firms_of(person_id, today))
    receipts = OfficialDocument.objects.filter(
        subject_kind=SUBJECT_KIND, kind=DocumentKind.RECEIPT, subject_id__in=cases.values("pk")
    )
    return receipts.order_by("-issued_at", "pk")[:20]


def open_cases_alike(draft: Draft, actor: Actor, today: dt.date) -> list[Case]:
    """My open cases of the same item for the same applicant (at most 5, 2 queries): perhaps a second one is a slip."""
    alike = cases_of_applicant(actor, today).filter(edition__item__editions=draft.edition_id)
    alike = alike.filter(applicant_legal=draft.legal_person_id).exclude(state__in=FINAL_STATES)
    return list(alike[:5])


def case_by_number(number: str, query_code: str) -> Case | None:
    """The case that a number and its query code open; None alike for a wrong and for an unknown pair (1 query)."""

    case = Case.objects.select_related("edition", "situation", "department", "clock").filter(number=number).first()
    # The comparison runs for an unknown number as well, so that both take the same time.
    stored = case.query_code if case is not None else "------"
    return case if hmac.compare_digest(stored.encode(), query_code.encode()) else None


def timeline(case: Case) -> QuerySet[Act]:
    """All acts in their order (1 query)."""
    return case.acts.order_by("seq")


def public_timeline(case: Case) -> QuerySet[Act]:
    """The acts that the public reads: those with a public label."""
    return timeline(case).exclude(public_label="")


def documents_of(case: Case) -> QuerySet[OfficialDocument]:
    """The case's official documents in their order (1 query)."""
    return OfficialDocument.objects.filter(subject_kind=SUBJECT_KIND, subject_id=case.pk).order_by("issued_at", "pk")


def staff_cases(actor: Actor) -> QuerySet[Case]:
    """The cases of all departments whose cases the actor sees."""
    scope: set[UUID] = set()
    for permission in READING:
        departments = actor.grants.departments(permission)
        if isinstance(departments, Everywhere):
            return Case.objects.all()
        scope |= departments
    return Case.objects.filter(department_id__in=scope)


def open_drafts(actor: Actor, now: dt.datetime) -> QuerySet[Draft]:
    """The citizen's drafts that are not submitted yet."""
    return Draft.objects.filter(user_id=acting_user(actor), case=None, expires_at__gt=now).select_related(
        "edition__item"
    )
