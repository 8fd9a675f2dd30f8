"""Everything that the staff's case page shows, in a number of queries that does not grow with the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Prefetch

from applications import clockwork, rows
from applications.models import (
    Act,
    Case,
    CaseMaterial,
    CaseMaterialFile,
    CorrectionLine,
    CorrectionNotice,
    Delivery,
    DeliveryAttempt,
    Extension,
    Opinion,
    SpecialProcedure,
)
from applications.permissions import READING
from applications.queries.cases import documents_of
from applications.states import CaseState, Stage
from portal.accounts.models import LegalPerson, Person, Staff, User
from portal.documents.models import OfficialDocument
from portal.web.errors import NotFound
from portal.web.grants import Actor
from portal.web.statements import Parameter, Prepared
from portal.workdays.reading import ClockReading
from portal.workdays.terms import ClockError

_ACTS: Final = Prepared(lambda: Act.objects.filter(case_id=Parameter("case")).order_by("seq"))
_OPINIONS: Final = Prepared(lambda: Opinion.objects.filter(case_id=Parameter("case")).order_by("given_at", "pk"))
_PROCEDURES: Final = Prepared(
    lambda: SpecialProcedure.objects.filter(case_id=Parameter("case")).order_by("started_at", "pk")
)


@dataclass(frozen=True)
class CasePage:
    """A case with its rows; `reading` is None where the stored clock cannot be read."""

    case: Case
    materials: Sequence[CaseMaterial]
    acts: Sequence[Act]
    documents: Sequence[OfficialDocument]
    opinions: Sequence[Opinion]
    procedures: Sequence[SpecialProcedure]
    correction_lines: Sequence[CorrectionLine]
    attempts: Sequence[DeliveryAttempt]
    reading: ClockReading | None
    names: Mapping[UUID, str]

    @property
    def documents_by_id(self) -> dict[UUID, OfficialDocument]:
        return {document.pk: document for document in self.documents}

    @property
    def correction(self) -> CorrectionNotice | None:
        """The one-to-one rows are None where there is none, so that a template can ask."""
        return getattr(self.case, "correction", None)

    @property
    def extension(self) -> Extension | None:
        return getattr(self.case, "extension", None)

    @property
    def delivery(self) -> Delivery | None:
        return getattr(self.case, "delivery", None)

    @property
    def open_procedure(self) -> SpecialProcedure | None:
        return next((procedure for procedure in self.procedures if procedure.ended_on is None), None)

    @property
    def last_recommendation(self) -> Opinion | None:
        """The reviewer's opinion that the approver decides on."""
        return rows.last_review(self.case)


#: As many tables as the planner joins in a millisecond or two; with the people it took twenty.
_BESIDE: Final = ("edition__item", "department", "clock", "correction", "extension", "delivery")


def staff_case(actor: Actor, case_id: UUID) -> Case:
    """A case for work at a desk, with the rows that the acts' guards look at (at most 4 queries); else NotFound."""
    case = Case.objects.select_related(*_BESIDE).filter(pk=case_id).first()
    if case is None or not any(actor.grants.has_for(permission, case.department_id) for permission in READING):
        raise NotFound("没有这个办件。")
    _join_people(case)
    return case


def _join_people(case: Case) -> None:
    """Applicant, agent and handler, by their keys."""
    persons = Person.objects.select_related("key").in_bulk(
        [key for key in (case.applicant_person_id, case.agent_id) if key is not None]
    )
    if case.applicant_person_id is not None:
        case.applicant_person = persons[case.applicant_person_id]
    if case.agent_id is not None:
        case.agent = persons[case.agent_id]
    if case.applicant_legal_id is not None:
        case.applicant_legal = LegalPerson.objects.select_related("representative").get(pk=case.applicant_legal_id)
    if case.claimed_by_id is not None:
        case.claimed_by = User.objects.select_related("staff").get(pk=case.claimed_by_id)


def materials_of(case: Case) -> list[CaseMaterial]:
    """The materials in their order, with requirement and files (2 queries)."""
    files = CaseMaterialFile.objects.select_related("file").order_by("added_at", "id")
    return list(
        case.materials.select_related("requirement")
        .prefetch_related(Prefetch("files", queryset=files))
        .order_by("position")
    )


def correction_lines_of(case: Case) -> list[CorrectionLine]:
    """What a correction asked for; nothing was asked: no query."""
    if not hasattr(case, "correction"):
        return []
    return list(
        CorrectionLine.objects.filter(notice_id=case.pk)
        .select_related("material__requirement")
        .prefetch_related(Prefetch("material__files", queryset=CaseMaterialFile.objects.select_related("file")))
        .order_by("material__position")
    )


def attempts_of(case: Case) -> list[DeliveryAttempt]:
    """What was tried to deliver the result; nothing is tried before the conclusion: no query."""
    return list(case.delivery_attempts.all()) if case.state == CaseState.CONCLUDED else []


def page_of(case: Case, now: dt.datetime) -> CasePage:
    """The rows around a case that is loaded already: at most 12 queries, whatever happened to it."""
    try:
        reading = clockwork.reading_of(case, now)
    except ClockError:
        reading = None
    opinions = _OPINIONS(case=case.pk)
    # What the approver's form asks of the case as well.
    case.__dict__["_last_review"] = next((o for o in reversed(opinions) if o.stage == Stage.REVIEW), None)
    return CasePage(
        case=case,
        materials=materials_of(case),
        acts=_ACTS(case=case.pk),
        documents=list(documents_of(case)),
        opinions=opinions,
        procedures=_PROCEDURES(case=case.pk),
        correction_lines=correction_lines_of(case),
        attempts=attempts_of(case),
        reading=reading,
        names=names_of(case.reviewer_ids),
    )


def names_of(user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of staff by the user's id (at most 1 query)."""
    if not user_ids:
        return {}
    return dict(Staff.objects.filter(user_id__in=user_ids).values_list("user_id", "name"))


def last_act(case: Case) -> Act | None:
    """What happened last, for one whose page is out of date (1 query)."""
    return case.acts.order_by("-seq").first()


def act_by_key(case: Case, key: UUID) -> Act | None:
    """The act that a form's key has made (1 query)."""
    return case.acts.filter(key=key).first()


def approvers_of(department_id: UUID, on: dt.date) -> list[str]:
    """Who may decide for a department today, by name (1 query)."""
    return list(
        Staff.objects.filter(roles__role="approver", roles__department_id=department_id, roles__valid_from__lte=on)
        .exclude(roles__valid_until__lte=on)
        .exclude(left_on__lte=on)
        .order_by("number")
        .values_list("name", flat=True)
        .distinct()
    )


#: What a state is called as a tag, and how the tag looks.
TAG_OF_STATE: Mapping[str, str] = {
    CaseState.RECEIVED: "neutral",
    CaseState.CORRECTING: "wait",
    CaseState.REVIEWING: "run",
    CaseState.APPROVING: "run",
    CaseState.GRANTED: "done",
    CaseState.REFUSED: "stop",
    CaseState.CONCLUDED: "done",
    CaseState.NOT_REQUIRED: "stop",
    CaseState.NOT_COMPETENT: "stop",
    CaseState.LAPSED: "neutral",
    CaseState.WITHDRAWN: "neutral",
    CaseState.TERMINATED: "stop",
}
