"""What one may do with people and the organisation."""

from __future__ import annotations

from typing import Final

from portal.accounts.roles import Role
from portal.web.permissions import PermissionEnum, register


class AccountsPermission(PermissionEnum):
    REGISTER_PERSON = "register_person", "在窗口登记和核验申请人"
    VIEW_STATIONING = "view_stationing", "查看派驻情况"
    MANAGE_STAFF = "manage_staff", "管理工作人员"
    MANAGE_POSTINGS = "manage_postings", "管理派驻"
    MANAGE_ROLES = "manage_roles", "授予和收回角色"
    MANAGE_ORGANISATION = "manage_organisation", "管理部门和窗口"
    MANAGE_CALENDAR = "manage_calendar", "维护工作日历"
    PROTECT_DATA = "protect_data", "处理个人信息请求"


_P: Final = AccountsPermission

HOLDERS: Final = {
    Role.WINDOW_CLERK: [_P.REGISTER_PERSON, _P.VIEW_STATIONING],
    Role.REVIEWER: [_P.VIEW_STATIONING],
    Role.APPROVER: [_P.VIEW_STATIONING],
    Role.ORGAN_HEAD: [_P.VIEW_STATIONING],
    Role.CENTRE_MANAGER: [
        _P.VIEW_STATIONING,
        _P.MANAGE_STAFF,
        _P.MANAGE_POSTINGS,
        _P.MANAGE_ORGANISATION,
        _P.MANAGE_CALENDAR,
    ],
    Role.DATA_PROTECTION_OFFICER: [_P.PROTECT_DATA],
    Role.SUPERVISOR: [_P.VIEW_STATIONING],
    Role.INSPECTOR: [_P.VIEW_STATIONING],
    Role.GOVERNMENT_OFFICE: [_P.VIEW_STATIONING],
    Role.ESTABLISHMENT_OFFICE: [_P.VIEW_STATIONING],
    Role.SYSTEM_ADMIN: [_P.VIEW_STATIONING, _P.MANAGE_STAFF, _P.MANAGE_ORGANISATION, _P.MANAGE_CALENDAR],
    Role.SECURITY_ADMIN: [_P.VIEW_STATIONING, _P.MANAGE_ROLES],
    Role.AUDIT_ADMIN: [_P.VIEW_STATIONING],
}


def register_permissions() -> None:
    """Called from AppConfig.ready()."""
    register(AccountsPermission, HOLDERS)
