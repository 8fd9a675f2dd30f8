"""What one administrator asks for and another decides (两人办理): the steps that all such requests share."""

from __future__ import annotations

import datetime as dt
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from portal import clock
from portal.accounts.models import FactorReset, StaffEnding
from portal.ledger import services as ledger
from portal.web.errors import WrongState
from portal.web.grants import Actor

#: A request that nobody decides on ends by itself.
LIFETIME: Final = dt.timedelta(hours=72)

R = TypeVar("R", FactorReset, StaffEnding)


def waiting(model: type[R]) -> QuerySet[R]:
    """What waits for a decision, oldest first."""
    return (
        model._default_manager.filter(outcome="", requested_at__gt=clock.now() - LIFETIME)
        .select_related("staff__department", "requested_by__staff")
        .order_by("requested_at", "pk")
    )


def open_row(model: type[R], pk: UUID) -> R:
    """The request, locked. Raises WrongState when it is decided or too old."""
    rows = model._default_manager.select_for_update(of=("self",)).select_related("staff__user__staff")
    row = rows.get(pk=pk)
    if row.outcome or row.requested_at <= clock.now() - LIFETIME:
        raise WrongState("这个申请已经办理，或者已经过期。", code="decided_already")
    return row


def check_second(row: FactorReset | StaffEnding, actor: Actor) -> None:
    """Raise WrongState for the requester."""
    if row.requested_by_id == actor.user_id:
        raise WrongState("申请的人不能自己办理，要由另一位管理员办理。", code="same_person")


def check_decider(row: FactorReset | StaffEnding, actor: Actor, own: str) -> None:
    """Raise WrongState for nobody and, with the sentence `own`, for the person concerned."""
    if actor.user_id is None:
        raise WrongState("要由管理员本人办理。", code="nobody")
    if row.staff.user_id == actor.user_id:
        raise WrongState(own, code="own_request")


def decide(row: R, outcome: str, actor: Actor, kind: str) -> R:
    """Note the decision and record it as the event `<kind>_<outcome>`."""
    row.outcome, row.decided_by_id, row.decided_at = outcome, actor.user_id, clock.now()
    row.save(update_fields=["outcome", "decided_by", "decided_at"])
    ledger.record(subject=row.staff_id, kind=f"{kind}_{outcome}", actor=actor.user_id, body={"request": str(row.pk)})
    return row


@transaction.atomic
def expire_old(limit: int) -> int:
    """Requests that nobody decided on end; for the sweep."""
    return _expire(FactorReset, limit) + _expire(StaffEnding, limit)


def _expire(model: type[R], limit: int) -> int:
    now = clock.now()
    old = model._default_manager.select_for_update(skip_locked=True).filter(
        outcome="", requested_at__lte=now - LIFETIME
    )
    rows = list(old.order_by("requested_at")[:limit])
    for row in rows:
        row.outcome, row.decided_at = model.Outcome.EXPIRED, now
        row.save(update_fields=["outcome", "decided_at"])
    return len(rows)
