"""Whether a member of staff has a task on a case: who has none says why before reading (docs/decisions/0029)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from applications.models import Case
from applications.states import CaseState
from applications.transitions import TABLE
from portal.web.grants import Actor
from portal.web.permissions import PermissionEnum

#: Who took part in a case has it to file for this long after its end, the delivery included.
FILING: Final = dt.timedelta(days=30)
#: Acts that are not a stage's own work: what an applicant asks for, and handing a claim on.
_ASIDE: Final = frozenset({"withdraw", "claim", "release"})
_WORDS: Final[dict[str, str]] = {
    CaseState.RECEIVED: "收件、受理",
    CaseState.CORRECTING: "收补正材料",
    CaseState.REVIEWING: "审核",
    CaseState.APPROVING: "审批",
    CaseState.GRANTED: "办结",
    CaseState.REFUSED: "办结",
    CaseState.CONCLUDED: "送达",
}
HANDLING, TOOK_PART = "经办", "经办过本件"


def stage_task(state: str, *, delivered: bool, holds: Callable[[PermissionEnum], bool]) -> str:
    """The task that the table of transitions gives in a state to whoever holds these permissions; "" without one."""
    if delivered:
        return ""
    for transition in TABLE.transitions:
        of_stage = state in transition.sources and transition.action not in _ASIDE
        if of_stage and any(holds(permission) for permission in transition.permissions):
            return "延期" if transition.action == "extend" else _WORDS[state]
    return ""


def task_of(actor: Actor, case: Case, now: dt.datetime) -> str:
    """What this member of staff has to do with the case, in words; "" when nothing (at most 1 query)."""
    if case.claimed_by_id is not None and case.claimed_by_id == actor.user_id:
        return HANDLING
    task = stage_task(
        case.state,
        delivered=case.delivered_at is not None,
        holds=lambda permission: actor.grants.has_for(permission, case.department_id),
    )
    if task:
        return task
    ended = max(filter(None, (case.closed_at, case.delivered_at)), default=None)
    filed = ended is not None and ended + FILING < now
    return TOOK_PART if not filed and case.acts.filter(actor=actor.user_id).exists() else ""
