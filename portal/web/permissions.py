"""The base of all permission enums; each app has one enum in its `permissions.py`."""

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
