"""What a public list says of a case: the masked name, the state in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from applications.models import Case
from applications.states import CaseState, Decision
from portal.privacy.masking import mask_name

_TAGS = {
    CaseState.RECEIVED: "neutral",
    CaseState.CORRECTING: "wait",
    CaseState.REVIEWING: "run",
    CaseState.APPROVING: "run",
    CaseState.GRANTED: "done",
    CaseState.REFUSED: "stop",
    CaseState.CONCLUDED: "done",
    CaseState.NOT_REQUIRED: "neutral",
    CaseState.NOT_COMPETENT: "neutral",
    CaseState.LAPSED: "neutral",
    CaseState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One line of the public list."""

    number: str
    received_at: dt.datetime
    item: str
    code: str
    applicant: str
    department: str
    kind: str
    word: str


def case_line(case: Case) -> CaseLine:
    """A case as anybody may see it: a person's name is always masked, a firm's is public (domain reference 11.3)."""
    kind, word = _state(case)
    return CaseLine(
        number=case.number,
        received_at=case.received_at,
        item=case.edition.name,
        code=case.edition.item.basic_code,
        applicant=mask_name(case.applicant_name) if case.applicant_person_id else case.applicant_name,
        department=case.department.name,
        kind=kind,
        word=word,
    )


def _state(case: Case) -> tuple[str, str]:
    clock = getattr(case, "clock", None)
    if clock is not None and clock.paused and case.state in (CaseState.REVIEWING, CaseState.APPROVING):
        return "pause", "暂停计时"
    if case.state == CaseState.CONCLUDED:
        return ("stop", "不予，已办结") if case.decision == Decision.REFUSED else ("done", "准予，已办结")
    return _TAGS[CaseState(case.state)], CaseState(case.state).label
