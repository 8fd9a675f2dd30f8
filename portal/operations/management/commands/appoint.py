"""`manage.py appoint NUMBER NAME ROLE`: the first administrators of a production, before any page can make them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts import services
from portal.accounts.grants import in_force
from portal.accounts.models import RoleAssignment, Staff
from portal.accounts.roles import ADMINISTRATORS, Role
from portal.organizations.models import Department
from portal.organizations.queries import departments
from portal.web.errors import DomainError
from portal.web.grants import SYSTEM_ACTOR

APPOINTABLE: Final = sorted([*ADMINISTRATORS, Role.CENTRE_MANAGER])


class Command(BaseCommand):
    help = (
        "Appoint an administrator by staff number, name and role. A new member gets an initial password, printed once, "
        "that has to be changed at the first sign-in, and a code, valid for 24 hours, with which the second factor is "
        "set up. The same again prints no password, and another code only while there is no factor."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="staff number, also the user name")
        parser.add_argument("name", help="name of the person")
        parser.add_argument("role", choices=[role.value for role in APPOINTABLE])
        parser.add_argument("--department", default="", help="number of the department (default: the service centre)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                lines = _appoint(options["number"].strip(), options["name"].strip(), Role(options["role"]), options)
        except DomainError as error:
            raise CommandError(error.message) from error
        for line in lines:
            self.stdout.write(line)


def _appoint(number: str, name: str, role: Role, options: dict[str, Any]) -> list[str]:
    member = Staff.objects.select_related("user").filter(number__iexact=number).first()
    lines = []
    if member is None:
        password = services.passwords.made_up()
        member = services.add_staff(
            number=number,
            name=name,
            department=_department(options["department"]),
            actor=SYSTEM_ACTOR,
            password=password,
        )
        lines.append(f"初始密码（只显示这一次，第一次登录时要改）：{password}")
    elif member.name != name:
        raise CommandError(f"工号 {number} 是{member.name}，不是{name}。")
    has_role = RoleAssignment.objects.filter(in_force(), staff=member, role=role).exists()
    services.assign_role(staff=member, role=role, actor=SYSTEM_ACTOR)
    if services.enrolment.waits_for_code(member):
        code = services.enrolment.issue_code(staff=member, actor=SYSTEM_ACTOR)
        lines.append(f"启用码（只显示这一次，24 小时内有效，设置动态验证码时要填；过期了再运行一次本命令）：{code}")
    done = "已经是" if has_role else "已任命为"
    return [f"{member.number} {member.name}{done}{role.label}。", *lines]


def _department(number: str) -> Department:
    rows = departments()
    rows = rows.filter(number=number) if number else rows.filter(kind=Department.Kind.CENTRE)
    found = rows.first()
    if found is None:
        missing = "还没有部门，请先运行 manage.py load_reference。"
        raise CommandError(f"没有编号为 {number} 的部门。" if number else missing)
    return found
