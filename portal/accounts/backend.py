"""Who a session belongs to: the user with the staff row, by the one statement that every signed-in request makes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection, models

from portal import clock
from portal.accounts.models import Staff, User
from portal.organizations.models import Department
from portal.privacy.fields import BlindIndexField, EncryptedTextField

#: Of the department, what a page's head needs; the rest is read when asked for.
_DEPARTMENT: Final = ("id", "number", "name")


class PortalBackend(AuthenticationBackend):
    """allauth's, with a `get_user` that needs no second query for the staff row and its department."""

    def get_user(self, user_id: Any) -> User | None:
        """None for nobody, and for one who may not sign in any more or not yet."""
        user = user_with_staff(user_id)
        return user if user is not None and super().user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return may_sign_in(user)


def may_sign_in(user: User) -> bool:
    """Whether a sign-in is open today: neither closed nor of staff whose first day is still to come."""
    return user.is_active and not Staff.objects.filter(user=user, joined_on__gt=clock.today()).exists()


def user_with_staff(user_id: Any) -> User | None:
    """The user; `staff` and its department are there already, numbers and phones are read at their first use.

    None for nobody, and for staff before their first day.
    """
    of_user, of_staff = _columns(User), _columns(Staff)
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [user_id])
        row = cursor.fetchone()
    if row is None:
        return None
    user = User.from_db(connection.alias, of_user, row[: len(of_user)])
    rest = row[len(of_user) :]
    staff = None
    if rest[of_staff.index("id")] is not None:
        staff = Staff.from_db(connection.alias, of_staff, rest[: len(of_staff)])
        staff.department = Department.from_db(connection.alias, _DEPARTMENT, rest[len(of_staff) :])
        staff.user = user
    # None is an answer, too: whoever asks whether a citizen is staff asks no query.
    User._meta.get_field("staff").set_cached_value(user, staff)
    return user


@lru_cache(maxsize=8)
def _columns(model: type[models.Model]) -> tuple[str, ...]:
    """The attributes that are loaded, in the model's order: all but personal data, which only few pages open."""
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields if not isinstance(field, EncryptedTextField | BlindIndexField))


@lru_cache(maxsize=1)
def _statement() -> str:
    columns = [f"u.{name}" for name in _columns(User)]
    columns += [f"s.{name}" for name in _columns(Staff)]
    columns += [f"d.{name}" for name in _DEPARTMENT]
    return f"""
        SELECT {", ".join(columns)}
        FROM accounts_user u
        LEFT JOIN accounts_staff s ON s.user_id = u.id
        LEFT JOIN organizations_department d ON d.id = s.department_id
        WHERE u.id = %s
          AND (s.id IS NULL OR s.joined_on <= (({clock.NOW_SQL}) AT TIME ZONE 'Asia/Shanghai')::date)
    """
