"""The three administrators: none of the roles is ever without somebody who holds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from portal import clock
from portal.accounts.grants import in_force
from portal.accounts.locks import lock
from portal.accounts.models import RoleAssignment, Staff
from portal.accounts.roles import ADMINISTRATORS, Role
from portal.web.errors import WrongState


def is_administrator(staff: Staff) -> bool:
    """Whether the member holds one of the three roles today or will on a later day."""
    rows = RoleAssignment.objects.filter(staff=staff, role__in=ADMINISTRATORS)
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=clock.today())).exists()


def held_on(staff: Staff, day: dt.date) -> list[Role]:
    """Which of the three roles the member holds on a day."""
    rows = RoleAssignment.objects.filter(in_force(on=day), staff=staff, role__in=ADMINISTRATORS)
    return [Role(role) for role in rows.values_list("role", flat=True)]


def check_succession(staff: Staff, roles: Iterable[Role], day: dt.date) -> None:
    """Raise WrongState when nobody else would hold one of the roles on the day; two who end at once wait."""
    lock("administrators")
    for role in roles:
        others = RoleAssignment.objects.filter(in_force(on=day), role=role, staff__user__is_active=True)
        others = others.exclude(staff=staff).filter(Q(staff__left_on__isnull=True) | Q(staff__left_on__gt=day))
        if not others.exists():
            raise WrongState(f"此人是最后一位{role.label}，请先任命接任的人。", code="last_administrator")
