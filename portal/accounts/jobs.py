"""Work of the outbox for accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from portal import clock
from portal.accounts.grants import sync_user
from portal.accounts.models import Staff
from portal.accounts.services import sessions, two_people
from portal.accounts.services.staff import close_left, close_sign_in
from portal.outbox.registry import JobView, handler


@handler("accounts.sync_grants", label="更新权限")
def sync_grants(job: JobView) -> None:
    """A role begins or ends today."""
    user = Staff.objects.select_related("user").get(pk=UUID(job.payload["staff"])).user
    sync_user(user)
    sessions.end_without_factor(user)


@handler("accounts.leave", label="人员离岗")
def leave(job: JobView) -> None:
    """A member of staff leaves today."""
    staff = Staff.objects.select_related("user").get(pk=UUID(job.payload["staff"]))
    if staff.left_on is not None and staff.left_on <= clock.today():
        close_sign_in(staff)


#: What time drives here. `accounts.leavers` is what the job does, once more: for a job that died.
SWEEPERS: Final[dict[str, Callable[[int], int]]] = {
    "accounts.leavers": close_left,
    "accounts.factor_resets": two_people.expire_old,
    "accounts.sign_ins": sessions.forget_old,
}
