"""Plays one step of a case through the services that pages call, as the people of the city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from applications import services
from applications.models import CaseMaterial, CorrectionLine, Delivery, DraftMaterial
from applications.rules import procedures_of
from applications.services import Submitted
from applications.states import CaseChannel
from catalog.enumerations import MaterialForm, Necessity, ResultType
from catalog.models import MaterialRequirement
from portal import clock
from portal.demonstration import contents
from portal.demonstration.casting import Part
from portal.demonstration.plans import Step
from portal.demonstration.sample_files import SampleFiles
from portal.demonstration.staff import Desk, Workforce
from portal.organizations.models import Window
from portal.web.grants import Actor
from portal.web.keys import uuid7


@dataclass
class Running:
    """A case that has begun, with those who handle it."""

    part: Part
    desk: Desk
    clerk: Actor
    window: Window | None
    case_id: UUID | None = None
    delivery_method: str = "direct"

    @property
    def hall(self) -> bool:
        return self.part.channel == CaseChannel.HALL

    @property
    def reviewer(self) -> Actor:
        return self.desk.reviewers[0]

    @property
    def approver(self) -> Actor:
        assert self.desk.approver is not None
        return self.desk.approver


class Stage:
    """Everybody who acts, and what they put on paper."""

    def __init__(self, workforce: Workforce) -> None:
        self.workforce = workforce
        self.samples = SampleFiles()
        self.results: dict[tuple[str, int], int] = {}

    def cast(self, part: Part) -> Running:
        """Who receives the case: a general window, or the clerk of the department; online always the latter."""
        desk = self.workforce.desks[part.edition.department.number]
        if part.channel == CaseChannel.HALL and part.rng.random() < 0.6:
            clerk, window = part.rng.choice(self.workforce.general)
            return Running(part, desk, clerk, window)
        return Running(part, desk, part.rng.choice(desk.clerks), desk.window)

    def play(self, running: Running, step: Step) -> None:
        """Do the step now. Raises DomainError when the law does not let it happen."""
        act: Callable[[Running, dict[str, Any]], None] = getattr(self, f"_{step.action}")
        act(running, step.data)

    # --- the beginning ----------------------------------------------------------------------------

    def _begin(self, running: Running, data: dict[str, Any]) -> None:
        submitted = self._receive(running) if running.hall else self._submit(running)
        running.case_id = submitted.case.pk

    def _common(self, running: Running) -> dict[str, Any]:
        part = running.part
        methods = ("direct",) if running.hall else ("direct", "post", "electronic")
        running.delivery_method = part.rng.choice(methods)
        return {
            "contact_phone": part.applicant.phone,
            "address": f"朔州市{part.applicant.address}",
            "details": contents.details(part.edition, part.rng, clock.today()),
            "delivery_method": running.delivery_method,
        }

    def _receive(self, running: Running) -> Submitted:
        part = running.part
        return services.receive_in_hall(
            key=uuid7(),
            actor=running.clerk,
            edition_id=part.edition.pk,
            situation_id=part.situation.pk if part.situation is not None else None,
            window_id=running.window.pk if running.window is not None else None,
            person_id=part.person.person_id if part.person is not None else None,
            legal_person_id=part.firm.legal_id if part.firm is not None else None,
            declared=True,
            materials=[
                {
                    "requirement": requirement.pk,
                    "originals": requirement.originals,
                    "copies": requirement.copies,
                    "original_seen": requirement.copies > 0,
                }
                for requirement in _required(part)
            ],
            **self._common(running),
        )

    def _submit(self, running: Running) -> Submitted:
        part, actor = running.part, running.part.applicant.actor
        user = part.applicant.user
        assert actor is not None and user is not None
        draft = services.begin_draft(edition=part.edition, actor=actor)
        services.save_draft(
            draft_id=draft.pk,
            actor=actor,
            step="check",
            legal_person=part.firm.legal if part.firm is not None else None,
            situation=part.situation,
            **self._common(running),
        )
        wanted = [requirement for requirement in _required(part) if requirement.form != MaterialForm.PAPER]
        uploads = self.samples.upload(
            names=[requirement.name for requirement in wanted], user=user, owner_kind="draft", owner_id=draft.pk
        )
        DraftMaterial.objects.bulk_create(
            DraftMaterial(draft=draft, requirement=requirement, file=file, added_at=file.uploaded_at)
            for requirement, file in zip(wanted, uploads, strict=True)
        )
        return services.submit_draft(draft_id=draft.pk, actor=actor, declared=True)

    # --- receipt and acceptance -------------------------------------------------------------------

    def _claim_intake(self, running: Running, data: dict[str, Any]) -> None:
        self._apply(running, "claim", running.clerk)

    def _check(self, running: Running, *, but: frozenset[UUID] = frozenset()) -> None:
        """The clerk's findings, written at once: one by one they are a fifth of the whole load."""
        materials = CaseMaterial.objects.filter(case=running.case_id, requirement__necessity=Necessity.REQUIRED)
        materials.exclude(pk__in=but).update(conclusion=CaseMaterial.Conclusion.COMPLETE, original_seen=running.hall)

    def _accept(self, running: Running, data: dict[str, Any]) -> None:
        self._check(running)
        # The one who registered online only is accepted on the copy of an identity card among the materials.
        self._apply(running, "accept", running.clerk, identity_seen=True)

    def _ask_correction(self, running: Running, data: dict[str, Any]) -> None:
        rng = running.part.rng
        materials = [
            material
            for material in CaseMaterial.objects.filter(case=running.case_id)
            .select_related("requirement")
            .order_by("position")
            if material.is_required
        ]
        asked = rng.sample(materials, min(len(materials), rng.choice((1, 1, 2))))
        self._check(running, but=frozenset(material.pk for material in asked))
        lines = [{"material": str(material.pk), "what": rng.choice(contents.CORRECTIONS)} for material in asked]
        self._apply(running, "ask_correction", running.clerk, lines=lines)

    def _supply(self, running: Running, data: dict[str, Any]) -> None:
        lines = list(
            CorrectionLine.objects.filter(notice__case=running.case_id)
            .select_related("material__requirement")
            .order_by("material__position")
        )
        applicant = running.part.applicant
        if running.hall or applicant.actor is None or applicant.user is None:
            rows = [{"line": line.pk, "originals": 1} for line in lines]
            self._apply(running, "supply", running.clerk, supplies=rows)
            return
        assert running.case_id is not None
        uploads = self.samples.upload(
            names=[f"补正{line.material.name}" for line in lines],
            user=applicant.user,
            owner_kind="case",
            owner_id=running.case_id,
        )
        supplies = [{"line": line.pk, "files": [file.pk]} for line, file in zip(lines, uploads, strict=True)]
        self._apply(running, "supply", applicant.actor, supplies=supplies)

    def _not_required(self, running: Running, data: dict[str, Any]) -> None:
        reason, basis = contents.NOT_REQUIRED
        self._apply(running, "not_required", running.clerk, reason=reason, legal_basis=basis)

    def _not_competent(self, running: Running, data: dict[str, Any]) -> None:
        organ, reason, basis = contents.NOT_COMPETENT
        self._apply(running, "not_competent", running.clerk, competent_organ=organ, reason=reason, legal_basis=basis)

    def _withdraw(self, running: Running, data: dict[str, Any]) -> None:
        reason = running.part.rng.choice(contents.WITHDRAWALS)
        applicant = running.part.applicant.actor
        actor = running.clerk if running.hall or applicant is None else applicant
        self._apply(running, "withdraw", actor, reason=reason)

    # --- review and decision ----------------------------------------------------------------------

    def _claim_review(self, running: Running, data: dict[str, Any]) -> None:
        self._apply(running, "claim", running.reviewer)

    def _claim_approval(self, running: Running, data: dict[str, Any]) -> None:
        self._apply(running, "claim", running.approver)

    def _review(self, running: Running, data: dict[str, Any]) -> None:
        grant = data["grant"]
        opinion = running.part.rng.choice(contents.OPINIONS) if grant else contents.REFUSAL_OPINION
        self._apply(running, "review", running.reviewer, recommendation="grant" if grant else "refuse", opinion=opinion)

    def _pause(self, running: Running, data: dict[str, Any]) -> None:
        rng = running.part.rng
        self._apply(
            running,
            "pause",
            running.reviewer,
            procedure=rng.choice(procedures_of(running.part.edition)).code,
            until=clock.today() + dt.timedelta(days=data["ahead"]),
            reason=rng.choice(contents.PAUSE_REASONS),
        )

    def _resume(self, running: Running, data: dict[str, Any]) -> None:
        self._apply(running, "resume", running.reviewer, result=running.part.rng.choice(contents.PAUSE_RESULTS))

    def _extend(self, running: Running, data: dict[str, Any]) -> None:
        assert running.desk.head is not None
        reason = running.part.rng.choice(contents.EXTENSION_REASONS)
        self._apply(running, "extend", running.desk.head, n=data["n"], reason=reason)

    def _return_to_reviewer(self, running: Running, data: dict[str, Any]) -> None:
        opinion = running.part.rng.choice(contents.RETURNS)
        self._apply(running, "return_to_reviewer", running.approver, opinion=opinion)

    def _grant(self, running: Running, data: dict[str, Any]) -> None:
        self._apply(running, "grant", running.approver, opinion=running.part.rng.choice(contents.APPROVALS))

    def _refuse(self, running: Running, data: dict[str, Any]) -> None:
        facts, reasons = running.part.rng.choice(contents.REFUSALS)
        basis = running.part.edition.bases.order_by("position").first()
        self._apply(running, "refuse", running.approver, facts=facts, reasons=reasons, legal_basis=str(basis))

    # --- conclusion -------------------------------------------------------------------------------

    def _conclude(self, running: Running, data: dict[str, Any]) -> None:
        edition = running.part.edition
        number = ""
        last = running.part.course.steps
        if edition.result_type == ResultType.LICENSE and all(step.action != "refuse" for step in last):
            year = clock.today().year
            key = (edition.department.number, year)
            self.results[key] = self.results.get(key, 0) + 1
            number = f"朔{edition.department.short_name}证〔{year}〕{self.results[key]:04d}号（演示）"
        self._apply(running, "conclude", running.clerk, result_number=number)

    def _deliver(self, running: Running, data: dict[str, Any]) -> None:
        method = Delivery.Method(running.delivery_method)
        tracking = f"EY{running.part.rng.randrange(10**8):08d}6CN" if method is Delivery.Method.POST else ""
        self._apply(
            running,
            "deliver",
            running.clerk,
            method=method.value,
            recipient=running.part.applicant.name,
            recipient_relation="本人" if running.part.firm is None else "法定代表人",
            tracking=tracking,
        )

    def _apply(self, running: Running, action: str, actor: Actor, **data: Any) -> None:
        assert running.case_id is not None
        services.apply(case_id=running.case_id, action=action, actor=actor, key=uuid7(), **data)


def _required(part: Part) -> list[MaterialRequirement]:
    return [requirement for requirement in part.edition.materials.all() if requirement.is_required]
