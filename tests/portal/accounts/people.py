"""Makers of staff and citizens for the tests of every app: real departments, made through the services."""

import itertools
from typing import Any

from portal.accounts import services
from portal.accounts.grants import sync_roles
from portal.accounts.models import Person, Staff, User
from portal.accounts.roles import NEEDS_SECOND_FACTOR, Role, may_have_department
from portal.organizations import reference
from portal.organizations.models import Department
from portal.privacy.identifiers import identity_check_character
from portal.web.grants import SYSTEM_ACTOR

PASSWORD = "correct-horse-7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = itertools.count(1)


def load_organisation() -> None:
    """Departments, halls, windows, permissions and roles, as manage.py load_reference does."""
    reference.load()
    sync_roles()


def department(number: str = "012") -> Department:
    return Department.objects.get(number=number)


def identity_number(sequence: int | None = None) -> str:
    """A valid synthetic number; those of a given sequence never meet the running ones."""
    year, n = (1985, next(_numbers)) if sequence is None else (1984, sequence)
    body = f"140602{year}{1 + n // 1000 % 12:02}01{n % 1000:03}"
    return body + identity_check_character(body)


def phone() -> str:
    return f"139{next(_numbers):08}"


def staff(*roles: Role, of: str = "012", city: bool = False, **traits: Any) -> Staff:
    """A member of the department `of` with the roles for it; `city` gives a window clerk's role for the whole hall.

    The password is not an initial one, and a role that wants a second factor comes with one (`factor=False`: without).
    """
    home = department(of)
    password, factor = traits.pop("password", PASSWORD), traits.pop("factor", True)
    number = traits.pop("number", f"T{next(_numbers):05}")
    member = services.add_staff(
        number=number,
        name=traits.pop("name", f"工作人员{number[-2:]}"),
        department=home,
        actor=SYSTEM_ACTOR,
        **traits,
    )
    member.user.set_password(password)
    member.user.save()
    for role in roles:
        scope = home if may_have_department(role) and not city else None
        services.assign_role(staff=member, role=role, department=scope, actor=SYSTEM_ACTOR)
    if factor and not NEEDS_SECOND_FACTOR.isdisjoint(roles):
        services.second_factor.give(user=member.user, secret=SECRET)
    return member


def code_of(member: Staff) -> str:
    """A time-based code that would be accepted now."""
    return services.second_factor.next_code(member.user)


def citizen(*, name: str = "张三丰", number: str | None = None, mobile: str | None = None) -> User:
    """An online registration: a sign-in with an unverified person."""
    return services.register_online(
        name=name, identity_number=number or identity_number(), phone=mobile or phone(), password=PASSWORD
    )


def verified_citizen(**traits: Any) -> User:
    """A registration that a window has confirmed."""
    user = citizen(**traits)
    assert user.person is not None
    services.verify_at_window(person=user.person, actor=SYSTEM_ACTOR)
    user.refresh_from_db()
    return user


def person(*, name: str = "李四光", number: str | None = None, mobile: str | None = None) -> Person:
    """A person whom the hall has verified, without a sign-in."""
    return services.register_person_in_hall(
        name=name, identity_number=number or identity_number(), phone=mobile or phone(), actor=SYSTEM_ACTOR
    )
