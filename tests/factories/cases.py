"""Uploads, cases through the services, and a desk that leads cases through their stages."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from applications import services
from applications.models import Case, CaseMaterial
from applications.services.submission import Application, GivenMaterial, create_case
from applications.states import CaseChannel
from catalog.models import ItemEdition
from portal import clock
from portal.accounts.models import LegalPerson, User
from portal.accounts.roles import Role
from portal.documents.models import OfficialDocument
from portal.files.models import StoredFile
from portal.organizations.models import Department
from portal.transitions.engine import Outcome
from portal.web.grants import SYSTEM_ACTOR, Actor
from tests.factories.people import acting, approval_office, citizen, department, mandate, numbers, staff


def stored_file(by: User | UUID, *, owner_kind: str = "draft", owner_id: UUID | None = None) -> StoredFile:
    """The row of an upload, without its bytes."""
    return StoredFile.objects.create(
        state=StoredFile.State.CLEAN,
        sha256=(digest := f"{next(numbers):064d}"),
        original_sha256=digest,
        original_size=10,
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
    """A case that a citizen submitted now, for himself or for a firm (whose mandate he then has), with its files."""
    applicant = applicant or citizen()
    if firm is not None and applicant.person_id != firm.representative_id and not applicant.person.mandates.exists():
        mandate(applicant.person, firm)
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
            case,
            "refuse",
            self.approver,
            facts="现场不符",
            reasons="不符合条件",
            legal_basis="《演示法》第一条",
            departure="批准人现场看过，结论不同",
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
        if state == "terminated":
            given = {"reason": "事项已取消", "legal_basis": "《演示决定》"}
            return do(case, "terminate", SYSTEM_ACTOR, **given).subject
        assert state == "lapsed", state
        case = self.ask_correction(case)
        assert case.clock.correction_due_on is not None
        with clock.shifted(clock.now() + dt.timedelta(days=60)):
            services.sweep(100)
        case.refresh_from_db()
        return case
