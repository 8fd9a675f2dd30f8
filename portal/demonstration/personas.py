"""The people whom the demonstration shows on its sign-in page; who they are, in one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.accounts.models import User
from portal.accounts.personas import Persona
from portal.accounts.roles import Role
from portal.accounts.services import second_factor
from portal.demonstration.credentials import PASSWORD

FOOD, CONSTRUCTION = "023", "012"


@dataclass(frozen=True, slots=True)
class Citizen:
    """A citizen who signs in by phone."""

    key: str
    name: str
    identity_body: str
    phone: str
    note: str


@dataclass(frozen=True, slots=True)
class Worker:
    """A member of staff who signs in by the staff number."""

    username: str
    name: str
    department: str
    roles: tuple[Role, ...]
    title: str


FIRM_NAME: Final = "朔州桑干里餐饮有限公司（演示）"
CITIZENS: Final = (
    Citizen("firm", "李秀芳", "14060219850312302", "19903490001", f"{FIRM_NAME}法定代表人"),
    Citizen("plain", "赵润生", "14060219920708411", "19903490002", "个人，未到窗口核验"),
)
CENTRE, ESTABLISHMENT, SUPERVISION, GOVERNMENT = "904", "901", "903", "905"
WORKERS: Final = (
    Worker("S90401", "周丽", CENTRE, (Role.WINDOW_CLERK,), "综合受理窗口工作人员"),
    Worker("S02302", "冯晓燕", FOOD, (Role.WINDOW_CLERK,), "窗口工作人员"),
    Worker("S02303", "王志强", FOOD, (Role.REVIEWER,), "审批办主任科员"),
    Worker("S02301", "常建平", FOOD, (Role.APPROVER,), "行政审批服务办公室主任"),
    Worker("S02304", "贺文远", FOOD, (Role.ORGAN_HEAD,), "局长"),
    Worker("S02306", "苏雅琴", FOOD, (Role.CATALOGUE_EDITOR,), "法规科科员"),
    Worker("S01202", "田海燕", CONSTRUCTION, (Role.WINDOW_CLERK,), "窗口工作人员"),
    Worker("S01203", "郝宏伟", CONSTRUCTION, (Role.REVIEWER,), "审批办主任科员"),
    Worker("S01201", "石振华", CONSTRUCTION, (Role.APPROVER,), "行政审批服务办公室主任"),
    Worker("S01204", "武卫东", CONSTRUCTION, (Role.ORGAN_HEAD,), "局长"),
    Worker("S90101", "孔慧", ESTABLISHMENT, (Role.ESTABLISHMENT_OFFICE,), "事业科科长"),
    Worker("S90501", "史明", GOVERNMENT, (Role.GOVERNMENT_OFFICE,), "政务公开科科长"),
    Worker("S90411", "乔宏", CENTRE, (Role.CENTRE_MANAGER,), "业务科科长"),
    Worker("S90301", "雷刚", SUPERVISION, (Role.SUPERVISOR,), "效能监察室主任"),
    Worker("S90302", "康敏", SUPERVISION, (Role.INSPECTOR,), "效能监察室科员"),
    Worker("S90412", "秦静", CENTRE, (Role.DATA_PROTECTION_OFFICER,), "信息科副科长"),
    Worker("S90413", "段鹏", CENTRE, (Role.SYSTEM_ADMIN,), "信息科科员"),
    Worker("S90414", "邵颖", CENTRE, (Role.SECURITY_ADMIN,), "信息科科员"),
    Worker("S90415", "尹斌", CENTRE, (Role.AUDIT_ADMIN,), "督查科科员"),
)


def listed() -> list[dict[str, Any]]:
    """Every persona as contracts.md section 2 wants it; only those who are in the database."""
    users = {
        user.username: user
        for user in User.objects.filter(staff__number__in=[w.username for w in WORKERS]).select_related(
            "staff__department"
        )
    }
    secrets = second_factor.secrets_of(users.values())
    phones = _registered_phones()
    rows = [_row(c.phone, [Role.CITIZEN.value], "", c.name) for c in CITIZENS if c.phone in phones]
    rows += [
        _row(w.username, [role.value for role in w.roles], users[w.username].staff.department.name, w.name, secrets)
        for w in WORKERS
        if w.username in users
    ]
    return rows


def for_signin_page() -> Sequence[Persona]:
    """The same for the sign-in page, with the role in words."""
    notes = {c.phone: f"申请人，{c.note}" for c in CITIZENS}
    return [
        Persona(
            username=row["username"],
            password=row["password"],
            role=notes.get(row["username"])
            or f"{row['department']}{'、'.join(Role(role).label for role in row['roles'])}",
            name=row["name"],
        )
        for row in listed()
    ]


def _registered_phones() -> set[str]:
    found = User.objects.filter(person__isnull=False, phone_verified=True, person__name__in=[c.name for c in CITIZENS])
    return {user.phone for user in found}


def _row(
    username: str, roles: list[str], department: str, name: str, secrets: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "username": username,
        "password": PASSWORD,
        "roles": roles,
        "department": department,
        "name": name,
        "second_factor": (secrets or {}).get(username),
    }
