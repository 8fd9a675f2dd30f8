"""What one may do with the running portal."""

from __future__ import annotations

from typing import Final

from portal.accounts.roles import Role
from portal.web.permissions import PermissionEnum, register


class OperationsPermission(PermissionEnum):
    VIEW_OPERATIONS = "view_operations", "查看运行状况"
    MANAGE_QUEUE = "manage_queue", "处理失败的后台任务"


_P: Final = OperationsPermission

HOLDERS: Final = {Role.SYSTEM_ADMIN: [_P.VIEW_OPERATIONS, _P.MANAGE_QUEUE]}


def register_permissions() -> None:
    """Called from AppConfig.ready()."""
    register(OperationsPermission, HOLDERS)
