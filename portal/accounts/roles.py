"""The roles of the portal (design.md section 1); each a group with permissions from the apps' enums."""

from __future__ import annotations

from typing import Final

from django.db import models


class Role(models.TextChoices):
    CITIZEN = "citizen", "申请人"
    AGENCY = "agency", "中介机构"
    WINDOW_CLERK = "window_clerk", "窗口受理人员"
    REVIEWER = "reviewer", "审核人"
    APPROVER = "approver", "批准人"
    ORGAN_HEAD = "organ_head", "本行政机关负责人"
    CATALOGUE_EDITOR = "catalogue_editor", "事项管理员"
    ESTABLISHMENT_OFFICE = "establishment_office", "编办"
    GOVERNMENT_OFFICE = "government_office", "市政府办公厅"
    CENTRE_MANAGER = "centre_manager", "中心管理员"
    SUPERVISOR = "supervisor", "监察人员"
    INSPECTOR = "inspector", "督查人员"
    DATA_PROTECTION_OFFICER = "data_protection_officer", "个人信息保护负责人"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


#: Three administrators that are never one person.
ADMINISTRATORS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
#: Who carries a case through, and who watches how it was done.
HANDLING: Final = frozenset({Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, Role.ORGAN_HEAD})
WATCHING: Final = frozenset({Role.SUPERVISOR, Role.INSPECTOR})
#: Who reads or moves cases at all: the holders of a `CasePermission` (a test compares).
ON_CASES: Final = HANDLING | WATCHING | {Role.CENTRE_MANAGER}
#: What one person never holds at the same time, and why (design.md section 6, domain.md 11.1). That clerk, reviewer
#: and approver of one case are different people is a guard of the case (domain.md 3.1), not of the roles.
SEPARATIONS: Final[tuple[tuple[frozenset[Role], frozenset[Role], str], ...]] = (
    (ADMINISTRATORS, ADMINISTRATORS, "系统、安全、审计三个管理员不能是同一个人"),
    (ADMINISTRATORS, ON_CASES, "系统、安全、审计管理员和办理、查看办件的人不能是同一个人"),
    (WATCHING, HANDLING, "监察督查办件的人和经办办件的人不能是同一个人"),
    (
        frozenset({Role.DATA_PROTECTION_OFFICER}),
        frozenset({Role.SYSTEM_ADMIN}),
        "个人信息保护负责人和系统管理员不能是同一个人",
    ),
)
#: Who approves, supervises or administers signs in with a second factor (design.md section 6, domain.md 11.1).
NEEDS_SECOND_FACTOR: Final = ADMINISTRATORS | {
    Role.APPROVER,
    Role.ORGAN_HEAD,
    Role.ESTABLISHMENT_OFFICE,
    Role.GOVERNMENT_OFFICE,
    Role.CENTRE_MANAGER,
    Role.SUPERVISOR,
    Role.INSPECTOR,
    Role.DATA_PROTECTION_OFFICER,
}
#: Held without being given: nobody assigns them to staff.
NOT_FOR_STAFF: Final = frozenset({Role.CITIZEN, Role.AGENCY})
#: Held for one department at a time.
OF_A_DEPARTMENT: Final = frozenset({Role.REVIEWER, Role.APPROVER, Role.ORGAN_HEAD, Role.CATALOGUE_EDITOR})
#: Held for one department, or for the whole hall.
OF_DEPARTMENT_OR_CITY: Final = frozenset({Role.WINDOW_CLERK})


def for_staff() -> list[tuple[str, str]]:
    """The roles that can be given to staff, as choices of a form."""
    return [(role.value, role.label) for role in Role if role not in NOT_FOR_STAFF]


def kept_apart(role: Role) -> dict[Role, str]:
    """The roles that whoever holds this one may not hold, each with the reason."""
    found: dict[Role, str] = {}
    for one, other, why in SEPARATIONS:
        if role in one:
            found |= dict.fromkeys(other - {role}, why)
        if role in other:
            found |= dict.fromkeys(one - {role}, why)
    return found


def needs_department(role: Role) -> bool:
    return role in OF_A_DEPARTMENT


def may_have_department(role: Role) -> bool:
    return role in OF_A_DEPARTMENT or role in OF_DEPARTMENT_OR_CITY
