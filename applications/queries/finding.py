"""Find cases by number, applicant, item and subject (operations.md section 9: capped count first, then choose)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import Case, CaseSearch
from applications.queries.scope import Reach
from portal.accounts.models import Person
from portal.accounts.rules import looks_like_phone
from portal.privacy.identifiers import normalise, normalise_mobile
from portal.privacy.services import blind_index
from portal.search import text
from portal.search.vectors import all_of, beginning_with

#: Up to here the hits are fetched; beyond it the list is walked and each row asked.
CAP: Final = 1000
#: As many cases of one person a page lists.
LONGEST_OF_PERSON: Final = 50
_NUMBER: Final = re.compile(r"[0-9]{22}[0-9A-Za-z]")  # applications.services.numbers


def case_id_by_number(reach: Reach, number: str) -> UUID | None:
    """The case under exactly this number, when it lies within reach (1 query by the unique index)."""
    found = Case.objects.filter(number=number).values_list("pk", "department_id").first()
    return found[0] if found is not None and reach.holds(found[1]) else None


def looks_like_number(question: str) -> bool:
    """Whether it can only be a case number."""
    return bool(_NUMBER.fullmatch(question.strip()))


@dataclass(frozen=True, slots=True)
class Hits:
    """The cases that a question means: their ids, or the rows to ask when there are more than `CAP`."""

    matching: QuerySet[CaseSearch]
    ids: Sequence[UUID] | None

    def q(self) -> Q:
        """The condition on cases."""
        if self.ids is not None:
            return Q(pk__in=self.ids)
        return Q(Exists(self.matching.filter(case=OuterRef("pk"))))

    def sql(self, column: str) -> tuple[str, list[Any]]:
        """The condition on a column of case ids, for hand-written SQL."""
        if self.ids is not None:
            return f"{column} = ANY(%s::uuid[])", [[str(key) for key in self.ids]]
        statement, parameters = self.matching.values("case_id").query.sql_with_params()
        return f"{column} IN ({statement})", list(parameters)


def hits(question: str) -> Hits | None:
    """What a question means (1 query); None when it says nothing."""
    words, pairs = text.tokens(question), text.bigrams(text.normalise(question))
    if not pairs:
        return None
    condition = Q(bigrams__contains=pairs)
    if len(words) == 1 and len(words[0]) == 1:
        condition = Q(vector=beginning_with(words[0]))
    elif (query := all_of(words)) is not None:
        condition |= Q(vector=query)
    matching = CaseSearch.objects.filter(condition).order_by()
    ids = list(matching.order_by("case_id").values_list("case_id", flat=True)[: CAP + 1])
    return Hits(matching, ids if len(ids) <= CAP else None)


@dataclass(frozen=True, slots=True)
class OfPerson:
    """What a number found: the persons behind it who are known to the hall or have cases here, and these cases."""

    persons: Sequence[Person]
    cases: Sequence[Case]


def cases_of_number(reach: Reach, number: str) -> OfPerson:
    """The cases within reach of whoever has exactly this identity number or phone, newest first (2 queries).

    As applicant, as agent, and of the firms that they represent. What is restricted or erased is not found.
    """
    if looks_like_phone(number):
        index = blind_index("phone", normalise_mobile(number))
        theirs = Q(phone_index=index) | Q(user__phone_index=index, user__phone_verified=True)
    else:
        theirs = Q(identity_index=blind_index("identity", normalise(number)))
    persons = list(Person.objects.select_related("key").filter(theirs).distinct().order_by("pk"))
    ids = {person.pk for person in persons}
    cases = list(
        Case.objects.filter(
            Q(applicant_person__in=ids) | Q(agent__in=ids) | Q(applicant_legal__representative__in=ids),
            reach.q(),
            restricted_at=None,
            erased_at=None,
        )
        .select_related("edition", "department", "applicant_legal")
        .order_by("-received_at", "-pk")[:LONGEST_OF_PERSON]
    )
    shown = {
        key
        for case in cases
        for key in (
            case.applicant_person_id,
            case.agent_id,
            case.applicant_legal.representative_id if case.applicant_legal is not None else None,
        )
    }
    return OfPerson([person for person in persons if person.is_verified or person.pk in shown], cases)


def find_cases(reach: Reach, question: str) -> QuerySet[Case]:
    """All cases within reach that a question means, newest first; by number, by its beginning, or by words."""
    wanted = question.strip()
    cases = Case.objects.filter(reach.q()).select_related("edition", "department", "clock", "claimed_by__staff")
    cases = cases.order_by("-received_at", "-pk")
    if looks_like_number(wanted):
        return cases.filter(number=wanted.upper())
    if wanted.isascii() and wanted.isdigit() and len(wanted) >= 6:
        return cases.filter(number__gte=wanted, number__lt=f"{wanted}Z")
    found = hits(wanted)
    return cases.filter(found.q()) if found is not None else cases.none()
