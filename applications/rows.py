"""The rows that an act needs, by queries whose text is kept: locks first, then what may have changed before them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from applications.models import Case, CaseClock, CaseMaterial, ClockEvent, DeliveryAttempt, Opinion
from applications.states import Stage
from catalog.queries import edition_for_life
from portal.accounts.models import LegalPerson, Person, User
from portal.organizations.models import Department
from portal.privacy.models import PersonKey
from portal.web.statements import Parameter, Prepared

_CASE = Parameter("case")
_PERSON, _LEGAL_PERSON = Parameter("person"), Parameter("legal_person")
_AGENT, _USER = Parameter("agent"), Parameter("user")

# NO KEY: rows that point to the case (signals of a sweep) need not wait for an act.
_CASE_LOCKED: Final = Prepared(lambda: Case.objects.select_for_update(no_key=True).filter(pk=_CASE))
_CASE_LOCKED_OR_LEFT: Final = Prepared(
    lambda: Case.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=_CASE)
)
_CLOCK_LOCKED: Final = Prepared(lambda: CaseClock.objects.select_for_update().filter(case_id=_CASE))
_DEPARTMENT: Final = Prepared(lambda: Department.objects.filter(pk=Parameter("department")))
_MATERIALS: Final = Prepared(lambda: CaseMaterial.objects.filter(case_id=_CASE).order_by("position"))

clock_events_of: Final = Prepared(lambda: ClockEvent.objects.filter(case_id=_CASE).order_by("seq"))
person_key: Final = Prepared(lambda: PersonKey.objects.filter(pk=Parameter("key")))

verified_person_of: Final = Prepared(
    lambda: Person.objects.filter(user=_USER, verified_at__isnull=False).only("pk").order_by()
)
standing_of_person: Final = Prepared(
    lambda: Person.objects.filter(pk=_PERSON).only("verified_at", "confirmed_as_id").order_by()
)
standing_of_firm: Final = Prepared(
    lambda: LegalPerson.objects.filter(pk=_LEGAL_PERSON).only("verified_at", "confirmed_as_id").order_by()
)
person_of: Final = Prepared(lambda: Person.objects.filter(user=_USER).only("pk").order_by())
# A union, so that each part finds its few users by an index.
users_behind: Final = Prepared(
    lambda: User.objects.filter(
        pk__in=User.objects.filter(person__verified_at__isnull=False)
        .filter(Q(person_id=_PERSON) | Q(person_id=_AGENT))
        .values("pk")
        .union(
            User.objects.filter(
                person__verified_at__isnull=False,
                person__represented__in=LegalPerson.objects.filter(pk=_LEGAL_PERSON).values(
                    firm=Coalesce("confirmed_as_id", "pk")
                ),
            ).values("pk"),
            User.objects.filter(pk=_USER).values("pk"),
            all=True,
        ),
        is_active=True,
    )
    .only("pk", "email")
    .order_by("pk")
)


def lock_case(case_id: UUID, *, skip_locked: bool = False) -> Case | None:
    """The case and its clock under their locks, in this order; None where there is none, or another has it.

    Nothing is joined: a join would show its row as it was before the wait (PostgreSQL re-reads only the locked one).
    """
    query = _CASE_LOCKED_OR_LEFT if skip_locked else _CASE_LOCKED
    case = query.first(case=case_id)
    if case is None:
        return None
    (case.clock,) = _CLOCK_LOCKED(case=case_id)
    case.edition = edition_for_life(case.edition_id)
    if case.situation_id is not None:
        case.situation = next(each for each in case.edition.situations.all() if each.pk == case.situation_id)
    (case.department,) = _DEPARTMENT(department=case.department_id)
    return case


def materials_of(case: Case) -> list[CaseMaterial]:
    """The materials of a locked case as they are now, in their order, with what the edition requires of each."""
    requirements = {requirement.pk: requirement for requirement in case.edition.materials.all()}
    materials = _MATERIALS(case=case.pk)
    for material in materials:
        material.case = case
        if material.requirement_id is not None:
            material.requirement = requirements[material.requirement_id]
    return materials


def open_attempt(case: Case) -> DeliveryAttempt | None:
    """The posting or public notice of a case that is under way; one query at first use."""
    if "_open_attempt" not in case.__dict__:
        case.__dict__["_open_attempt"] = case.delivery_attempts.filter(outcome="").first()
    attempt: DeliveryAttempt | None = case.__dict__["_open_attempt"]
    return attempt


def last_review(case: Case) -> Opinion | None:
    """The reviewer's opinion that the approver decides on; one query at first use."""
    if "_last_review" not in case.__dict__:
        reviews = case.opinions.filter(stage=Stage.REVIEW).order_by("-given_at", "-pk")
        case.__dict__["_last_review"] = reviews.first()
    opinion: Opinion | None = case.__dict__["_last_review"]
    return opinion


def departs(case: Case, decision: Opinion.Recommendation) -> bool:
    """Whether a decision is another than the reviewer recommended."""
    review = last_review(case)
    return review is not None and review.recommendation != decision
