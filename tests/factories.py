"""Rows for tests, made with what each test needs and nothing else: departments, staff with roles, people, items, cases.

Every function takes traits as keyword arguments. People are fictitious with valid numbers. Cases come through the
services, at the instant that the clock shows; `acting(...)` gives the actor with the permissions of its roles.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from applications import services
from applications.models import Case, CaseMaterial
from applications.permissions import HOLDERS, CasePermission
from applications.services.submission import Application, GivenMaterial, create_case
from applications.states import CaseChannel
from catalog.enumerations import CasePublicity, Handling, LimitUnit
from catalog.models import FlowLink, ItemEdition, LegalBasis, MaterialRequirement, ServiceItem, Situation
from portal import clock
from portal.accounts.models import ApprovalOffice, LegalPerson, Mandate, Person, Posting, RoleAssignment, Staff, User
from portal.accounts.roles import Role
from portal.documents.models import OfficialDocument
from portal.files.models import StoredFile
from portal.organizations.models import Department, Hall, Region, Window
from portal.privacy.identifiers import credit_check_character, identity_check_character, organisation_check_character
from portal.privacy.services import new_person_key
from portal.transitions.engine import Outcome
from portal.web.grants import ALL, Actor, Grants

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = dt.date(2015, 7, 23)
_numbers = itertools.count(1)


def at(text: str) -> dt.datetime:
    """An instant in Shanghai: "2026-11-23 09:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# --- organisation -------------------------------------------------------------------------------------


def region(code: str = "140600", name: str = "朔州市") -> Region:
    return Region.objects.get_or_create(code=code, valid_from=START, defaults={"name": name, "kind": Region.Kind.CITY})[
        0
    ]


def credit_code(n: int, prefix: str = "91140600") -> str:
    """A valid unified social credit code (18 characters), made from a running number."""
    body = f"MA{n:06d}"
    organisation = body + organisation_check_character(body)
    return prefix + organisation + credit_check_character(prefix + organisation)


def department(number: str | None = None, **traits: Any) -> Department:
    """An approving department of the city."""
    n = next(_numbers)
    return Department.objects.create(
        **{
            "number": number or f"{n % 1000:03d}",
            "name": f"朔州市演示{n}局",
            "short_name": f"演{n}",
            "uscc": credit_code(n, "11140600"),
            "approving": True,
            "region": region(),
            "valid_from": START,
        }
        | traits
    )


def window(of: Department | None = None, code: str | None = None) -> Window:
    """A window of the hall; without a department it takes everything."""
    hall = Hall.objects.get_or_create(
        code="city",
        defaults={"name": "朔州市政务大厅", "region": region(), "address": "演示路1号", "phone": "0349-0000100"},
    )[0]
    return Window.objects.create(
        hall=hall, code=code or f"A{next(_numbers):03d}", name="窗口", department=of, valid_from=START
    )


# --- people -----------------------------------------------------------------------------------------


def identity_number(n: int) -> str:
    """A valid identity number of the district 140602, made from a running number."""
    day = dt.date(1950, 1, 1) + dt.timedelta(days=n % 18_000)
    body = f"140602{day:%Y%m%d}{n % 900 + 100:03d}"
    return body + identity_check_character(body)


def person(name: str | None = None, *, verified: bool = True, **traits: Any) -> Person:
    n = next(_numbers)
    now = clock.now()
    return Person.objects.create(
        **{
            "key": new_person_key(),
            "name": name or f"演示人{n}",
            "identity_number": identity_number(n),
            "phone": f"139{n:08d}",
            "verified_at": now if verified else None,
            "created_at": now,
        }
        | traits
    )


def legal_person(name: str | None = None, *, representative: Person | None = None, **traits: Any) -> LegalPerson:
    n = next(_numbers)
    now = clock.now()
    return LegalPerson.objects.create(
        **{
            "name": name or f"朔州演示{n}有限公司",
            "uscc": credit_code(n),
            "representative": representative or person(),
            "verified_at": now,
            "created_at": now,
        }
        | traits
    )


def mandate(agent: Person, firm: LegalPerson, **traits: Any) -> Mandate:
    return Mandate.objects.create(
        **{"person": agent, "legal_person": firm, "kind": Mandate.Kind.AGENT, "valid_from": START} | traits
    )


def user(of: Person | None = None, **traits: Any) -> User:
    """A sign-in; with a person it is a citizen's."""
    return User.objects.create(**{"username": f"u{next(_numbers):06d}", "person": of} | traits)


def citizen(name: str | None = None, *, verified: bool = True) -> User:
    return user(person(name, verified=verified))


def staff(of: Department, name: str | None = None, *, roles: Iterable[Role] = (), everywhere: bool = False) -> Staff:
    """A member of staff with roles for the own department, or for the whole city."""
    n = next(_numbers)
    made = Staff.objects.create(
        user=user(), number=f"S{n:05d}", name=name or f"职员{n}", department=of, title="科员", joined_on=START
    )
    for role in roles:
        RoleAssignment.objects.create(staff=made, role=role, department=None if everywhere else of, valid_from=START)
    return made


def posting(of: Staff, at_window: Window, **traits: Any) -> Posting:
    return Posting.objects.create(
        **{
            "staff": of,
            "department": of.department,
            "window": at_window,
            "post": Posting.Post.CLERK,
            "valid_from": START,
        }
        | traits
    )


def approval_office(of: Department, head: Staff | None = None) -> ApprovalOffice:
    return ApprovalOffice.objects.create(department=of, head=head, established_on=START)


def acting(
    who: Staff | User, *permissions: CasePermission, roles: Iterable[Role] = (), everywhere: bool = False
) -> Actor:
    """The actor for a person, with these permissions and those of these roles in the own department or everywhere."""
    account = who.user if isinstance(who, Staff) else who
    held = {permission.value for permission in permissions}
    held |= {permission.value for role in roles for permission in HOLDERS.get(role, [])}
    scope = ALL if everywhere or not isinstance(who, Staff) else frozenset({who.department_id})
    return Actor(user_id=account.pk, name=account.get_full_name(), grants=Grants(dict.fromkeys(held, scope)))


# --- items ------------------------------------------------------------------------------------------


def item(
    of: Department | None = None,
    *,
    promised: int | None = 10,
    statutory: int | None = 20,
    unit: str = LimitUnit.WORKDAY,
    immediate: bool = False,
    situations: Iterable[tuple[str, int | None, int | None, str]] = (),
    materials: Iterable[str] = ("required", "required", "conditional", "deferrable"),
    **traits: Any,
) -> ItemEdition:
    """A published item with its edition, four links, a basis and materials of the given necessities."""
    n = next(_numbers)
    of = of or department()
    code = f"1401{n:08d}"
    service = ServiceItem.objects.create(
        basic_code=code, implementation_code=f"{of.uscc}3{code}"[:31], department=of, created_at=clock.now()
    )
    edition = ItemEdition.objects.create(
        **{
            "item": service,
            "version": 1,
            "effective_from": START,
            "published_at": clock.now(),
            "digest": f"{n:064d}",
            "name": f"演示许可{n}",
            "department": of,
            "kind": "approval",
            "type": "01",
            "level": "3",
            "power_source": "法定本级行使",
            "service_objects": ["1", "2"],
            "handling": Handling.IMMEDIATE if immediate else Handling.PROMISED,
            "conditions": ["符合条件"],
            "quantity_limit": "无",
            "promised_n": None if immediate else promised,
            "statutory_n": statutory,
            "limit_unit": unit,
            "extension_allowed": not immediate and unit == LimitUnit.WORKDAY,
            "extension_max": 10 if not immediate and unit == LimitUnit.WORKDAY else 0,
            "special_procedures": ["inspection", "expert_review"],
            "extra_procedures": [],
            "result_name": "演示许可证",
            "result_type": "license",
            "result_validity": "5年",
            "channels": ["1", "2"],
            "online_depth": "4",
            "place": "朔州市政务大厅",
            "hours": "工作日",
            "consultation_phone": "0349-0000123",
            "supervision_phone": "0349-0000110",
            "form_fields": [{"name": "scope", "label": "经营项目", "type": "text", "required": True, "max_length": 50}],
            "application_subject": "经营项目",
            "publicity": CasePublicity.MASKED,
        }
        | traits
    )
    LegalBasis.objects.create(edition=edition, position=1, law="演示法", article="第一条", rank="law")
    for position, (link, name) in enumerate(
        (("receive", "受理"), ("review", "审核"), ("approve", "审批"), ("conclude", "办结")), start=1
    ):
        FlowLink.objects.create(
            edition=edition, position=position, link=link, name=name, role="演示岗位", office="审批办", limit_n=None
        )
    for position, necessity in enumerate(materials, start=1):
        MaterialRequirement.objects.create(
            edition=edition,
            position=position,
            code=f"M{position:02d}",
            name=f"材料{position}",
            source="applicant",
            issuer="申请人",
            necessity=necessity,
            condition="需要时" if necessity == "conditional" else "",
            form="both",
            originals=1,
        )
    for position, (name, n_promised, n_statutory, n_unit) in enumerate(situations, start=1):
        Situation.objects.create(
            edition=edition,
            code=chr(64 + position),
            position=position,
            name=name,
            promised_n=n_promised,
            statutory_n=n_statutory,
            limit_unit=n_unit,
        )
    return edition


# --- files and cases ------------------------------------------------------------------------------------


def stored_file(by: User | UUID, *, owner_kind: str = "draft", owner_id: UUID | None = None) -> StoredFile:
    """The row of an upload, without its bytes."""
    return StoredFile.objects.create(
        sha256=f"{next(_numbers):064d}",
        size=10,
        content_type="application/pdf",
        name="演示.pdf",
        owner_kind=owner_kind,
        owner_id=owner_id or uuid4(),
        uploaded_by_id=by if isinstance(by, UUID) else by.pk,
        uploaded_at=clock.now(),
    )


@transaction.atomic
def online_case(edition: ItemEdition, applicant: User | None = None, *, firm: LegalPerson | None = None) -> Case:
    """A case that a citizen submitted now, for himself or for a firm, with a file for each required material."""
    applicant = applicant or citizen()
    given = [
        GivenMaterial(requirement, [stored_file(applicant)])
        for requirement in edition.materials.all()
        if requirement.is_required
    ]
    application = Application(
        edition=edition,
        situation=edition.situations.order_by("position").first(),
        channel=CaseChannel.ONLINE,
        person=applicant.person,
        legal_person=firm,
        agent=None,
        contact_phone="13900000000",
        address="",
        details={"scope": "演示经营"},
        delivery_method="direct",
        materials=given,
    )
    return create_case(application, actor=acting(applicant), key=uuid4(), now=clock.now())


def do(case: Case, action: str, actor: Actor, **data: Any) -> Outcome:
    """One act with a key of its own."""
    return services.apply(case_id=case.pk, action=action, actor=actor, key=uuid4(), **data)


def paper(case: Case, kind: str) -> dict[str, Any]:
    """What the case's one document of a kind says."""
    document = OfficialDocument.objects.get(subject_id=case.pk, kind=kind)
    contents: dict[str, Any] = json.loads(document.data)["contents"]
    return contents


def check_materials(case: Case, conclusion: str = CaseMaterial.Conclusion.COMPLETE) -> None:
    """All materials get this conclusion, as if the clerk had checked them."""
    for material in case.materials.all():
        material.conclusion = conclusion
        material.remark = "请补" if conclusion == CaseMaterial.Conclusion.INCOMPLETE else ""
        material.save()


class Desk:
    """A department with a clerk, a reviewer, an approver and a head, who lead its cases through their stages."""

    def __init__(self, of: Department | None = None) -> None:
        self.department = of or department()
        self.clerk_staff = staff(self.department, "周丽")
        self.reviewer_staff = staff(self.department, "王强")
        self.approver_staff = staff(self.department, "常平")
        self.head_staff = staff(self.department, "贺远")
        approval_office(self.department, self.head_staff)
        self.clerk = acting(self.clerk_staff, roles=[Role.WINDOW_CLERK])
        self.reviewer = acting(self.reviewer_staff, roles=[Role.REVIEWER])
        self.approver = acting(self.approver_staff, roles=[Role.APPROVER])
        self.head = acting(self.head_staff, roles=[Role.ORGAN_HEAD])

    def accept(self, case: Case) -> Case:
        check_materials(case)
        accepted: Case = do(case, "accept", self.clerk).subject
        return accepted

    def ask_correction(self, case: Case) -> Case:
        """Asks for the first material again."""
        check_materials(case)
        first = case.materials.order_by("position").first()
        assert first is not None
        asked: Case = do(
            case, "ask_correction", self.clerk, lines=[{"material": str(first.pk), "what": "请补盖章"}]
        ).subject
        return asked

    def review(self, case: Case, recommendation: str = "grant") -> Case:
        done: Case = do(
            case, "review", self.reviewer, recommendation=recommendation, opinion="材料齐全，符合条件"
        ).subject
        return done

    def grant(self, case: Case) -> Case:
        done: Case = do(case, "grant", self.approver, opinion="同意").subject
        return done

    def refuse(self, case: Case) -> Case:
        done: Case = do(
            case, "refuse", self.approver, facts="现场不符", reasons="不符合条件", legal_basis="《演示法》第一条"
        ).subject
        return done

    def conclude(self, case: Case) -> Case:
        done: Case = do(case, "conclude", self.clerk).subject
        return done

    def deliver(self, case: Case) -> Case:
        done: Case = do(case, "deliver", self.clerk, method="direct", recipient="本人").subject
        return done

    def bring_to(self, case: Case, state: str) -> Case:
        """Lead a received case to a state by the shortest lawful way."""
        ways: dict[str, tuple[Any, ...]] = {
            "received": (),
            "correcting": (self.ask_correction,),
            "reviewing": (self.accept,),
            "approving": (self.accept, self.review),
            "granted": (self.accept, self.review, self.grant),
            "refused": (self.accept, self.review, self.refuse),
            "concluded": (self.accept, self.review, self.grant, self.conclude),
        }
        if state not in ways:
            return self._end(case, state)
        for step in ways[state]:
            case = step(case)
        return case

    def _end(self, case: Case, state: str) -> Case:
        if state == "withdrawn":
            return do(case, "withdraw", acting(User.objects.get(pk=case.submitted_by_id))).subject
        if state == "not_required":
            return do(case, "not_required", self.clerk, reason="不需要许可", legal_basis="《演示法》第一条").subject
        if state == "not_competent":
            return do(
                case,
                "not_competent",
                self.clerk,
                competent_organ="省演示厅",
                reason="属于省级权限",
                legal_basis="《演示法》第二条",
            ).subject
        assert state == "lapsed", state
        case = self.ask_correction(case)
        assert case.clock.correction_due_on is not None
        with clock.shifted(clock.now() + dt.timedelta(days=60)):
            services.sweep(100)
        case.refresh_from_db()
        return case
