"""What a user may do: rows of guardian and groups made from role assignments, and read back in one query.

A role for one department is object permissions on the department; a role for the whole city is membership of the
role's group. What the rows say counts only while the assignment is in force, so that a role ends on its day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import DateField, Func, Q
from guardian.models import UserObjectPermission

from portal import clock
from portal.accounts.models import RoleAssignment, Staff, User
from portal.accounts.roles import Role
from portal.organizations.models import Department
from portal.web.grants import ALL, NO_GRANTS, Grants, Scope
from portal.web.permissions import permissions_of_role, registered_permissions


class Today(Func):
    """The legal date inside a query, by the same clock as portal.clock."""

    template = f"(({clock.NOW_SQL}) AT TIME ZONE 'Asia/Shanghai')::date"
    arity = 0
    output_field = DateField()


def in_force(prefix: str = "", on: dt.date | Func | None = None) -> Q:
    """Rows with valid_from and valid_until that hold on a day (default: today)."""
    day = Today() if on is None else on
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_until__isnull": True}) | Q(**{f"{prefix}valid_until__gt": day})
    )


def assignments_of(user: Any) -> list[tuple[str, UUID | None]]:
    """The roles that a member of staff holds today, each with its department (None: the whole city)."""
    return list(
        RoleAssignment.objects.filter(in_force(), staff__user=user, staff__joined_on__lte=Today())
        .filter(Q(staff__left_on__isnull=True) | Q(staff__left_on__gt=Today()))
        .values_list("role", "department_id")
        .order_by("pk")
    )


# Role assignments of the day, with what the role's group allows; for one department, only what guardian holds there.
# Every request of staff asks this: written out, since the ORM takes five times as long to make three such statements.
_ASSIGNED = f"""
    SELECT r.department_id,
           ARRAY(SELECT p.codename FROM auth_group_permissions h JOIN auth_permission p ON p.id = h.permission_id
                 WHERE h.group_id = (SELECT g.id FROM auth_group g WHERE g.name = r.role)
                   AND (r.department_id IS NULL OR EXISTS (
                       SELECT FROM guardian_userobjectpermission o
                       WHERE o.permission_id = p.id AND o.user_id = s.user_id AND o.object_pk = r.department_id::text
                         AND o.content_type_id = (SELECT t.id FROM django_content_type t
                                                  WHERE t.app_label = 'organizations' AND t.model = 'department'))))
    FROM (SELECT (({clock.NOW_SQL}) AT TIME ZONE 'Asia/Shanghai')::date AS today) AS n
    JOIN accounts_staff s ON s.joined_on <= n.today AND (s.left_on IS NULL OR s.left_on > n.today)
    JOIN accounts_roleassignment r ON r.staff_id = s.id
         AND r.valid_from <= n.today AND (r.valid_until IS NULL OR r.valid_until > n.today)
    WHERE s.user_id = %s
"""


def resolve(user: Any) -> Grants:
    """The grants of a signed-in user: of staff by one query, of all others by one more."""
    if not user.is_active:
        return NO_GRANTS
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGNED, [user.pk])
        assignments = cursor.fetchall()
    if not assignments:
        citizens = Permission.objects.filter(group__name=Role.CITIZEN.value).values_list("codename", flat=True)
        return Grants(dict.fromkeys(citizens, ALL))
    scopes: dict[str, Scope] = {
        codename: ALL for department_id, codenames in assignments if department_id is None for codename in codenames
    }
    found: dict[str, set[UUID]] = defaultdict(set)
    for department_id, codenames in assignments:
        if department_id is not None:
            for codename in set(codenames).difference(scopes):
                found[codename].add(department_id)
    scopes.update({codename: frozenset(ids) for codename, ids in found.items()})
    return Grants(scopes)


def name_of(user: Any) -> str:
    """The name that stands beside an act."""
    return str(user.get_full_name())


@transaction.atomic
def sync_roles() -> str:
    """Bring permissions and the groups of all roles to what the enums say; then every member of staff's rows."""
    content_type = ContentType.objects.get_for_model(Department)
    stored = {row.codename: row for row in Permission.objects.filter(content_type=content_type)}
    for member in registered_permissions():
        row = stored.get(member.value)
        if row is None:
            stored[member.value] = Permission.objects.create(
                content_type=content_type, codename=member.value, name=member.label
            )
        elif row.name != member.label:
            row.name = member.label
            row.save(update_fields=["name"])
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.value)
        group.permissions.set([stored[member.value] for member in permissions_of_role(role.value)])
    staff = list(Staff.objects.filter(roles__isnull=False).distinct().select_related("user"))
    for member_of_staff in staff:
        sync_user(member_of_staff.user)
    return f"权限 {len(registered_permissions())} 项，角色 {len(Role)} 个，工作人员 {len(staff)} 人"


@transaction.atomic
def sync_user(user: User) -> None:
    """Bring one user's groups and object permissions to the roles that they hold today; twice changes nothing."""
    assignments = assignments_of(user)
    city = {role for role, department_id in assignments if department_id is None}
    mine = set(user.groups.filter(name__in=Role.values).values_list("name", flat=True))
    if mine - city:
        user.groups.remove(*Group.objects.filter(name__in=mine - city))
    if city - mine:
        user.groups.add(*Group.objects.filter(name__in=city - mine))
    content_type = ContentType.objects.get_for_model(Department)
    of_role: dict[str, set[int]] = defaultdict(set)
    for role, key in Permission.objects.filter(group__name__in={role for role, _ in assignments}).values_list(
        "group__name", "pk"
    ):
        of_role[role].add(key)
    wanted = {
        (permission_id, str(department_id))
        for role, department_id in assignments
        if department_id is not None
        for permission_id in of_role[role]
    }
    rows = UserObjectPermission.objects.filter(user=user, content_type=content_type)
    present = {(permission, key): pk for pk, permission, key in rows.values_list("pk", "permission_id", "object_pk")}
    UserObjectPermission.objects.filter(pk__in=[pk for pair, pk in present.items() if pair not in wanted]).delete()
    UserObjectPermission.objects.bulk_create(
        (
            UserObjectPermission(user=user, content_type=content_type, permission_id=permission_id, object_pk=key)
            for permission_id, key in sorted(wanted - present.keys())
        ),
        ignore_conflicts=True,
    )


def on_sign_in(sender: object, user: User, **kwargs: Any) -> None:
    """A sign-in starts with the rows of the day, even if no worker ran over night."""
    if Staff.objects.filter(user=user).exists():
        sync_user(user)
