"""What pages read about cases; each function says how many queries it makes."""

from applications.queries.cases import (
    case_by_number,
    case_for_applicant,
    case_for_staff,
    cases_of_applicant,
    documents_of,
    kept_receipts,
    open_cases_alike,
    open_drafts,
    public_timeline,
    staff_cases,
    timeline,
)

__all__ = [
    "case_by_number",
    "case_for_applicant",
    "case_for_staff",
    "cases_of_applicant",
    "documents_of",
    "kept_receipts",
    "open_cases_alike",
    "open_drafts",
    "public_timeline",
    "staff_cases",
    "timeline",
]
