"""The base of all permission enums; each app has one enum in its `permissions.py`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import models


class PermissionEnum(models.TextChoices):
    """A permission is a member `NAME = "codename", "中文名"`; codenames are unique over the project.

    Permissions are stored with the content type of Department, given to groups, and hold for the departments
    on which the group or user has them (or everywhere).
    """


def all_permissions() -> list[PermissionEnum]:
    """Every permission of every loaded app; raises ValueError when two enums share a codename."""
    seen: dict[str, PermissionEnum] = {}
    for enum_class in PermissionEnum.__subclasses__():
        for member in enum_class:
            other = seen.setdefault(member.value, member)
            if other is not member:
                raise ValueError(f"the permission {member.value!r} is defined in {type(other)} and in {type(member)}")
    return list(seen.values())


_registered: Final[list[type[PermissionEnum]]] = []
_holders: Final[dict[str, dict[str, PermissionEnum]]] = {}


def register(enum_class: type[PermissionEnum], roles: Mapping[Any, Iterable[PermissionEnum]]) -> None:
    """Say, from AppConfig.ready(), which roles (portal.accounts.roles.Role values) hold which permissions.

    `manage.py load_reference` stores them; an enum that is not registered is not stored. Calling twice adds nothing.
    """
    if enum_class not in _registered:
        _registered.append(enum_class)
    for role, members in roles.items():
        _holders.setdefault(str(role), {}).update({member.value: member for member in members})


def registered_permissions() -> list[PermissionEnum]:
    """The permissions of the registered enums; raises ValueError when two share a codename."""
    return [member for member in all_permissions() if type(member) in _registered]


def permissions_of_role(role: str) -> list[PermissionEnum]:
    """What a role may do, over all apps."""
    return list(_holders.get(str(role), {}).values())
