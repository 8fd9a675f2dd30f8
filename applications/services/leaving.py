"""A staff member who left: what they had claimed goes back to the list."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid5

from applications.models import Case
from applications.permissions import CasePermission
from applications.services.acting import apply
from portal.web.grants import ALL, Actor, Grants


def on_staff_left(user_id: UUID, day: dt.date) -> None:
    """Handler of `portal.accounts.hooks.staff_left`."""
    actor = Actor(user_id=user_id, name="离岗退回", grants=Grants({CasePermission.EXTEND_CASE.value: ALL}))
    for case_id in (
        Case.objects.filter(claimed_by_id=user_id, clock__open=True).order_by("pk").values_list("pk", flat=True)
    ):
        apply(case_id=case_id, action="release", actor=actor, key=uuid5(case_id, f"left/{user_id}/{day}"))
