"""The one way in which a case changes, and the buttons that follow from it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from applications.models import Case
from applications.process import PROCESS
from portal.transitions import engine
from portal.transitions.engine import Offer, Outcome
from portal.web.grants import Actor


def apply(*, case_id: UUID, action: str, actor: Actor, key: UUID, **data: Any) -> Outcome:
    """Do one act on a case: one transaction, under its lock, after what the law has done by itself.

    The same key twice does it once. Raises NotFound (nothing to do with this actor), NotAllowed, WrongState, BadInput.
    """
    return engine.apply(PROCESS, case_id, action, actor, key=key, data=data)


def offers(case: Case, actor: Actor, now: dt.datetime) -> list[Offer]:
    """The acts that state and role allow; one that a guard forbids now carries the sentence that says why."""
    return engine.offers(PROCESS, case, actor, now)
