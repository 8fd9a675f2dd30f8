"""What staff may do with cases; each permission holds for departments (design.md section 6)."""

from typing import Final

from portal.accounts.roles import Role
from portal.web.permissions import PermissionEnum, register


class CasePermission(PermissionEnum):
    VIEW_CASE = "view_case", "查看办件"
    RECEIVE_CASE = "receive_case", "收件、查验材料"
    ACCEPT_CASE = "accept_case", "受理、告知补正、不受理"
    REVIEW_CASE = "review_case", "审核、启动特别程序"
    APPROVE_CASE = "approve_case", "审批、作出决定"
    EXTEND_CASE = "extend_case", "批准延期（本行政机关负责人）"
    DELIVER_CASE = "deliver_case", "办结、送达"


#: Who may open the case page of a department.
READING = (
    CasePermission.VIEW_CASE,
    CasePermission.RECEIVE_CASE,
    CasePermission.ACCEPT_CASE,
    CasePermission.REVIEW_CASE,
    CasePermission.APPROVE_CASE,
    CasePermission.EXTEND_CASE,
    CasePermission.DELIVER_CASE,
)

#: Whose own the hall's workbench is, and whose the reviewers'.
AT_WINDOW = (CasePermission.RECEIVE_CASE, CasePermission.ACCEPT_CASE)
REVIEWING = (CasePermission.REVIEW_CASE, CasePermission.APPROVE_CASE, CasePermission.EXTEND_CASE)

#: The organ's head permits an extension (行政许可法 42) and sees the cases; deciding is the approver's.
HOLDERS: Final[dict[str, list[PermissionEnum]]] = {
    Role.WINDOW_CLERK: [
        CasePermission.VIEW_CASE,
        CasePermission.RECEIVE_CASE,
        CasePermission.ACCEPT_CASE,
        CasePermission.DELIVER_CASE,
    ],
    Role.REVIEWER: [CasePermission.VIEW_CASE, CasePermission.REVIEW_CASE],
    Role.APPROVER: [CasePermission.VIEW_CASE, CasePermission.APPROVE_CASE],
    Role.ORGAN_HEAD: [CasePermission.VIEW_CASE, CasePermission.EXTEND_CASE],
    Role.CENTRE_MANAGER: [CasePermission.VIEW_CASE],
    Role.SUPERVISOR: [CasePermission.VIEW_CASE],
    Role.INSPECTOR: [CasePermission.VIEW_CASE],
}


def register_permissions() -> None:
    """Called from AppConfig.ready()."""
    register(CasePermission, HOLDERS)
