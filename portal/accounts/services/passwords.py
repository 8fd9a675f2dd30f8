"""Passwords of staff: kept as records, so that none comes back and none grows old (domain.md 11.1)."""

from __future__ import annotations

import datetime as dt
import secrets
import string
from typing import Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from portal import clock
from portal.accounts.models import PasswordRecord, User
from portal.accounts.passwords import HISTORY, level_of
from portal.accounts.services import enrolment
from portal.web.errors import BadInput

LONGEST_USE: Final = dt.timedelta(days=90)


@transaction.atomic
def set_password(*, user: User, password: str, initial: bool = False) -> None:
    """Set a password and, for staff, remember it; every session ends with the old one (the caller ends its records).

    `initial`: somebody else chose it, so that the member has to change it at the next sign-in.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    row.set_password(password)
    row.save(update_fields=["password"])
    user.password = row.password
    if not initial:
        enrolment.own_password(row)
    level = level_of(user)
    if level:
        PasswordRecord.objects.create(user=row, password=row.password, set_at=clock.now(), initial=initial, level=level)
        old = PasswordRecord.objects.filter(user=row).order_by("-set_at", "-pk").values_list("pk", flat=True)
        PasswordRecord.objects.filter(pk__in=list(old[HISTORY:])).delete()


def check(*, user: User, password: str, field: str) -> None:
    """Raise BadInput with all that the rules have against a new password of this user."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput("".join(error.messages), code="password_weak", field=field) from error


def must_change(user: User) -> bool:
    """Whether a member of staff may not go on with this password: given by another, too old, too weak for the role.

    The demonstration's personas have no record: theirs is printed, and stays.
    """
    level = level_of(user)
    if not level:
        return False
    latest = PasswordRecord.objects.filter(user=user).order_by("-set_at", "-pk").first()
    if latest is None:
        return not settings.DEMONSTRATION
    too_weak = level == PasswordRecord.Level.ADMINISTRATOR and latest.level != level
    return latest.initial or too_weak or clock.now() - latest.set_at >= LONGEST_USE


def made_up() -> str:
    """A password that nobody chose: 16 characters of four classes, without those that look alike."""
    letters = [c for c in string.ascii_letters + string.digits if c not in "O0oIl1"]
    body = "".join(secrets.choice(letters) for _ in range(12))
    return "-".join([body[:4], body[4:8], body[8:]]) + secrets.choice("aBcDe") + secrets.choice("23456")
