"""How staff find a case by words and parts of words: applicant, item, subject."""

from __future__ import annotations

from applications.models import Case, CaseSearch
from portal.search import text
from portal.search.vectors import weighted_vector


def index_case(case: Case) -> None:
    """Fill the search row of a case."""
    searchable = " ".join([case.applicant_name, case.edition.name, case.subject])
    CaseSearch.objects.update_or_create(
        case=case,
        defaults={
            "vector": weighted_vector(
                {
                    "A": text.tokens(case.applicant_name),
                    "B": text.tokens(case.edition.name),
                    "C": text.tokens(case.subject),
                }
            ),
            "bigrams": sorted(set(text.bigrams(searchable))),
        },
    )
