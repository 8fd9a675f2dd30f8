"""Departments, windows, staff with roles, persons, firms, sign-ins."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from applications.permissions import HOLDERS, CasePermission
from portal import clock
from portal.accounts.models import ApprovalOffice, LegalPerson, Mandate, Person, Posting, RoleAssignment, Staff, User
from portal.accounts.roles import NEEDS_SECOND_FACTOR, Role
from portal.accounts.services import second_factor
from portal.organizations.models import Department, Hall, Region, Window
from portal.privacy.identifiers import credit_check_character, identity_check_character, organisation_check_character
from portal.privacy.services import new_person_key
from portal.web.grants import ALL, Actor, Grants

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = dt.date(2015, 7, 23)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
numbers = itertools.count(1)


def at(text: str) -> dt.datetime:
    """An instant in Shanghai: "2026-11-23 09:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def region(code: str = "140600", name: str = "朔州市") -> Region:
    return Region.objects.get_or_create(code=code, valid_from=START, defaults={"name": name, "kind": Region.Kind.CITY})[
        0
    ]


def credit_code(n: int, prefix: str = "91140600") -> str:
    """A valid unified social credit code (18 characters), made from a running number."""
    body = f"MA{n:06d}"
    organisation = body + organisation_check_character(body)
    return prefix + organisation + credit_check_character(prefix + organisation)


def department(number: str | None = None, **traits: Any) -> Department:
    """An approving department of the city."""
    n = next(numbers)
    return Department.objects.create(
        **{
            "number": number or f"{n % 1000:03d}",
            "name": f"朔州市演示{n}局",
            "short_name": f"演{n}",
            "uscc": credit_code(n, "11140600"),
            "approving": True,
            "region": region(),
            "valid_from": START,
        }
        | traits
    )


def window(of: Department | None = None, code: str | None = None) -> Window:
    """A window of the hall; without a department it takes everything."""
    hall = Hall.objects.get_or_create(
        code="city",
        defaults={"name": "朔州市政务大厅", "region": region(), "address": "演示路1号", "phone": "0349-0000100"},
    )[0]
    return Window.objects.create(
        hall=hall, code=code or f"A{next(numbers):03d}", name="窗口", department=of, valid_from=START
    )


def identity_number(n: int) -> str:
    """A valid identity number of the district 140602, made from a running number."""
    day = dt.date(1950, 1, 1) + dt.timedelta(days=n % 18_000)
    body = f"140602{day:%Y%m%d}{n % 900 + 100:03d}"
    return body + identity_check_character(body)


def person(name: str | None = None, *, verified: bool = True, **traits: Any) -> Person:
    n = next(numbers)
    now = clock.now()
    return Person.objects.create(
        **{
            "key": new_person_key(),
            "name": name or f"演示人{n}",
            "identity_number": identity_number(n),
            "phone": f"139{n:08d}",
            "verified_at": now if verified else None,
            "created_at": now,
        }
        | traits
    )


def legal_person(name: str | None = None, *, representative: Person | None = None, **traits: Any) -> LegalPerson:
    n = next(numbers)
    now = clock.now()
    return LegalPerson.objects.create(
        **{
            "name": name or f"朔州演示{n}有限公司",
            "uscc": credit_code(n),
            "representative": representative or person(),
            "verified_at": now,
            "created_at": now,
        }
        | traits
    )


def mandate(agent: Person, firm: LegalPerson, **traits: Any) -> Mandate:
    return Mandate.objects.create(
        **{"person": agent, "legal_person": firm, "kind": Mandate.Kind.AGENT, "valid_from": START} | traits
    )


def user(of: Person | None = None, **traits: Any) -> User:
    """A sign-in; with a person it is a citizen's."""
    return User.objects.create(**{"username": f"u{next(numbers):06d}", "person": of} | traits)


def citizen(name: str | None = None, *, verified: bool = True) -> User:
    return user(person(name, verified=verified))


def staff(of: Department, name: str | None = None, *, roles: Iterable[Role] = (), everywhere: bool = False) -> Staff:
    """A member of staff with roles for the own department, or for the whole city."""
    n = next(numbers)
    made = Staff.objects.create(
        user=user(), number=f"S{n:05d}", name=name or f"职员{n}", department=of, title="科员", joined_on=START
    )
    for role in roles:
        RoleAssignment.objects.create(staff=made, role=role, department=None if everywhere else of, valid_from=START)
        if role in NEEDS_SECOND_FACTOR:
            second_factor.give(user=made.user, secret=SECRET)
    return made


def posting(of: Staff, at_window: Window, **traits: Any) -> Posting:
    return Posting.objects.create(
        **{
            "staff": of,
            "department": of.department,
            "window": at_window,
            "post": Posting.Post.CLERK,
            "valid_from": START,
        }
        | traits
    )


def approval_office(of: Department, head: Staff | None = None) -> ApprovalOffice:
    return ApprovalOffice.objects.create(department=of, head=head, established_on=START)


def acting(
    who: Staff | User, *permissions: CasePermission, roles: Iterable[Role] = (), everywhere: bool = False
) -> Actor:
    """The actor for a person, with these permissions and those of these roles in the own department or everywhere."""
    account = who.user if isinstance(who, Staff) else who
    held = {permission.value for permission in permissions}
    held |= {permission.value for role in roles for permission in HOLDERS.get(role, [])}
    scope = ALL if everywhere or not isinstance(who, Staff) else frozenset({who.department_id})
    return Actor(user_id=account.pk, name=account.get_full_name(), grants=Grants(dict.fromkeys(held, scope)))
