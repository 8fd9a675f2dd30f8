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
from portal.search import text
from portal.search.vectors import all_of, beginning_with

#: Up to here the hits are fetched; beyond it the list is walked and each row asked.
CAP: Final = 1000
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
