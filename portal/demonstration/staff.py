"""Who works in the demonstration city: window staff, approval offices and steering organs, made by the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.contrib.auth.hashers import make_password

from portal import clock
from portal.accounts import services
from portal.accounts.models import Posting, Staff, User
from portal.accounts.roles import NEEDS_SECOND_FACTOR, Role, may_have_department
from portal.demonstration import credentials, personas
from portal.demonstration.names import Names
from portal.organizations.models import Department, Window
from portal.web.grants import SYSTEM_ACTOR, Actor, actor_of

#: Departments with so much work that a second clerk and a second reviewer help.
BUSY: Final = ("009", "012", "021", "023")
GENERAL_CLERKS: Final = 6


@dataclass
class Desk:
    """Who does what for one department."""

    department: Department
    window: Window | None
    clerks: list[Actor] = field(default_factory=list)
    reviewers: list[Actor] = field(default_factory=list)
    approver: Actor | None = None
    head: Actor | None = None


@dataclass
class Workforce:
    """The desks by department number, and the clerks of the general windows."""

    desks: dict[str, Desk]
    general: list[tuple[Actor, Window]]


class Recruiter:
    """Adds staff with their roles and postings as of the present (shifted) day."""

    def __init__(self, names: Names, joined_on: dt.date) -> None:
        self.names = names
        self.joined_on = joined_on
        self.departments = {row.number: row for row in Department.objects.order_by("number")}
        self.known = {worker.username: worker for worker in personas.WORKERS}
        for worker in personas.WORKERS:
            names.reserve(worker.name)
        for citizen in personas.CITIZENS:
            names.reserve(citizen.name)

    def add(self, of: str, place: int, title: str, *roles: Role, everywhere: bool = False) -> Staff:
        number = f"S{of}{place:02d}"
        persona = self.known.get(number)
        department = self.departments[of]
        member = services.add_staff(
            number=number,
            name=persona.name if persona is not None else self.names.person(),
            department=department,
            title=persona.title if persona is not None else title,
            phone=department.phone,
            joined_on=self.joined_on,
            actor=SYSTEM_ACTOR,
        )
        for role in roles:
            scope = department if may_have_department(role) and not everywhere else None
            services.assign_role(staff=member, role=role, department=scope, actor=SYSTEM_ACTOR)
        return member

    def post(self, member: Staff, window: Window, post: Posting.Post = Posting.Post.CLERK) -> None:
        services.add_posting(staff=member, department=member.department, window=window, post=post, actor=SYSTEM_ACTOR)


def recruit(names: Names, numbers_with_items: Iterable[str]) -> Workforce:
    """Everybody who works for the city; each department keeps the plan's rules on stationing."""
    recruiter = Recruiter(names, clock.today() - dt.timedelta(days=200))
    windows = {row.department_id: row for row in Window.objects.exclude(department=None).order_by("-code")}
    with_items = set(numbers_with_items)
    desks = {}
    for number, department in recruiter.departments.items():
        if department.kind == Department.Kind.DEPARTMENT:
            desks[number] = _staff_department(
                recruiter, department, windows[department.pk], decides=number in with_items
            )
    general = [
        (_actor(member), window)
        for member, window in _staff_centre(recruiter, list(Window.objects.filter(department=None).order_by("code")))
    ]
    return Workforce(desks=desks, general=general)


def _staff_department(recruiter: Recruiter, department: Department, window: Window, *, decides: bool) -> Desk:
    of, desk = department.number, Desk(department, window)
    deciding = (Role.APPROVER,) if decides else ()
    chief = recruiter.add(of, 1, "行政审批服务办公室主任" if department.approving else "首席代表", *deciding)
    recruiter.post(chief, window, Posting.Post.CHIEF)
    if department.approving:
        services.establish_office(
            department=department, head=chief, actor=SYSTEM_ACTOR, established_on=recruiter.joined_on
        )
    clerks = [recruiter.add(of, 2, "窗口工作人员", Role.WINDOW_CLERK)]
    if decides:
        desk.approver = _actor(chief)
        # Where no one else looks after the list of items, the reviewer does.
        own_editor = of in (personas.FOOD, personas.CONSTRUCTION)
        editing = () if own_editor else (Role.CATALOGUE_EDITOR,)
        desk.reviewers = [_actor(recruiter.add(of, 3, "审批办科员", Role.REVIEWER, *editing))]
        desk.head = _actor(recruiter.add(of, 4, "局长", Role.ORGAN_HEAD))
        if of in BUSY:
            clerks.append(recruiter.add(of, 5, "窗口工作人员", Role.WINDOW_CLERK))
        if own_editor:
            recruiter.add(of, 6, "法规科科员", Role.CATALOGUE_EDITOR)
    for clerk in clerks:
        recruiter.post(clerk, window)
    desk.clerks = [_actor(clerk) for clerk in clerks]
    return desk


def _staff_centre(recruiter: Recruiter, windows: list[Window]) -> list[tuple[Staff, Window]]:
    """Clerks of the general windows over all departments (一口受理), and those who steer, watch and administer."""
    clerks = []
    for place, window in enumerate(windows[:GENERAL_CLERKS], start=1):
        member = recruiter.add("904", place, "综合受理窗口工作人员", Role.WINDOW_CLERK, everywhere=True)
        recruiter.post(member, window)
        clerks.append((member, window))
    for worker in personas.WORKERS:
        if not Staff.objects.filter(number=worker.username).exists():
            recruiter.add(worker.department, int(worker.username[-2:]), worker.title, *worker.roles)
    return clerks


def give_passwords() -> None:
    """The personas can sign in; everybody else's sign-in stays closed. Hashed once, because hashing is slow."""
    encoded = make_password(credentials.PASSWORD)
    usernames = [worker.username for worker in personas.WORKERS]
    User.objects.filter(username__in=usernames).update(password=encoded)
    User.objects.filter(person__name__in=[c.name for c in personas.CITIZENS], phone_verified=True).update(
        password=encoded
    )


def give_second_factors() -> None:
    """Personas that approve, supervise or administer sign in with a printed second factor; twice changes nothing."""
    needing = [worker.username for worker in personas.WORKERS if not NEEDS_SECOND_FACTOR.isdisjoint(worker.roles)]
    for user in User.objects.filter(username__in=needing):
        services.second_factor.give(user=user, secret=credentials.development_secret(user.username))


def _actor(member: Staff) -> Actor:
    return actor_of(member.user)
