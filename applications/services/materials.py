"""What clerk and reviewer conclude about single materials, and files that come one by one for a correction."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from applications.attachments import attach_scan, attach_supplied, own_files
from applications.models import Case, CaseMaterial, CaseMaterialFile, CorrectionLine
from applications.people import is_applicant
from applications.permissions import READING, CasePermission
from applications.process import PROCESS
from applications.states import CaseState
from portal import clock
from portal.web.errors import BadInput, DomainError, NotAllowed, NotFound, WrongState
from portal.web.grants import Actor

Conclusion = CaseMaterial.Conclusion


def record_material_check(
    *,
    material_id: UUID,
    actor: Actor,
    conclusion: str,
    remark: str = "",
    original_seen: bool = False,
    originals: int = 0,
    copies: int = 0,
) -> CaseMaterial:
    """A clerk's finding on one material, before acceptance; 要补 says what (ACC-4)."""
    if conclusion not in Conclusion.values:
        raise BadInput("请选择结论。", field="conclusion", code="conclusion_required")
    if conclusion == Conclusion.INCOMPLETE and not remark.strip():
        raise BadInput("请写明要补什么、怎么补。", field="remark", code="remark_required")
    if not (0 <= originals <= 999 and 0 <= copies <= 999):
        raise BadInput("份数应当是 0 到 999。", field="copies")
    case_id = _case_of(material_id)
    refused: DomainError | None = None
    with transaction.atomic():
        case = PROCESS.lock(case_id)
        PROCESS.catch_up(case, clock.now())
        refused = _may_check(case, actor)
        if refused is None:
            material = case.materials.select_related("requirement").get(pk=material_id)
            refused = _impossible(material, Conclusion(conclusion), original_seen or originals > 0 or copies > 0)
        if refused is None:
            material.conclusion = Conclusion(conclusion)
            material.remark = remark.strip()
            material.original_seen = original_seen
            material.originals_received = originals
            material.copies_received = copies
            material.save()
    if refused is not None:
        raise refused  # what the law has done meanwhile stays
    return material


def _impossible(material: CaseMaterial, conclusion: Conclusion, is_here: bool) -> BadInput | None:
    """What nobody has handed in is not complete, and what the item always requires applies (ACC-6)."""
    if conclusion == Conclusion.COMPLETE and not is_here and not material.files.exists():
        return BadInput(
            f"“{material.name}”没有收到：请填收到的份数，或者选“要补”。", field="copies", code="material_not_received"
        )
    if conclusion == Conclusion.NOT_APPLICABLE and material.is_required:
        return BadInput(
            f"“{material.name}”是必要材料，不能定为不适用。", field="conclusion", code="required_material_applies"
        )
    return None


def _may_check(case: Case, actor: Actor) -> DomainError | None:
    if not any(actor.grants.has_for(permission, case.department_id) for permission in READING):
        return NotFound("没有这个办件。")
    if not any(
        actor.grants.has_for(permission, case.department_id)
        for permission in (CasePermission.RECEIVE_CASE, CasePermission.ACCEPT_CASE)
    ):
        return NotAllowed("您没有权限查验材料。")
    if case.state != CaseState.RECEIVED:
        return WrongState(f"现在的状态是“{case.get_state_display()}”，不能再改材料的结论。")
    if case.claimed_by is not None and case.claimed_by_id != actor.user_id:
        return WrongState(f"本件由{case.claimed_by.get_full_name()}认领办理。", code="claimed_by_another")
    return None


def add_scan(*, material_id: UUID, file_id: UUID, actor: Actor) -> CaseMaterialFile | None:
    """A clerk scans a paper after the receipt, as long as the materials are being checked. Twice is once."""
    case_id = _case_of(material_id)
    refused: DomainError | None = None
    added: CaseMaterialFile | None = None
    with transaction.atomic():
        case = PROCESS.lock(case_id)
        PROCESS.catch_up(case, clock.now())
        refused = _may_check(case, actor)
        if refused is None:
            file = own_files(case, [file_id], actor)[0]
            material = case.materials.get(pk=material_id)
            added = attach_scan(case=case, material=material, file=file, actor=actor, now=clock.now())
    if refused is not None:
        raise refused  # what the law has done meanwhile stays
    return added


@transaction.atomic
def mark_material_seen(*, material_id: UUID, actor: Actor) -> CaseMaterial:
    """A reviewer has looked at a material."""
    case = PROCESS.lock(_case_of(material_id))
    permissions = (CasePermission.REVIEW_CASE, CasePermission.APPROVE_CASE)
    if not any(actor.grants.has_for(permission, case.department_id) for permission in READING):
        raise NotFound("没有这个办件。")
    if not any(actor.grants.has_for(permission, case.department_id) for permission in permissions):
        raise NotAllowed("只有审核人和批准人标记已看。")
    material = case.materials.select_related("requirement").get(pk=material_id)
    if material.seen_by_reviewer_at is None:
        material.seen_by_reviewer_at = clock.now()
        material.save(update_fields=["seen_by_reviewer_at"])
    return material


def add_supply_file(*, line_id: UUID, file_id: UUID, actor: Actor) -> CaseMaterialFile | None:
    """Put one uploaded file under a line of the correction; it counts when the supply is submitted. Twice is once."""
    line = CorrectionLine.objects.select_related("material__requirement").filter(pk=line_id).first()
    if line is None:
        raise NotFound("没有这项补正内容。")
    refused: DomainError | None = None
    added: list[CaseMaterialFile] = []
    with transaction.atomic():
        case = PROCESS.lock(line.material.case_id)
        PROCESS.catch_up(case, clock.now())
        refused = supply_objection(case, actor)
        if refused is None:
            added = attach_supplied(case=case, material=line.material, file_ids=[file_id], actor=actor, now=clock.now())
    if refused is not None:
        raise refused
    return added[0] if added else None


@transaction.atomic
def remove_supply_file(*, material_file_id: UUID, actor: Actor) -> None:
    """Take back a file that was put under a correction and not yet submitted."""
    given = CaseMaterialFile.objects.select_related("material").filter(pk=material_file_id, supplied=True).first()
    if given is None:
        raise NotFound("没有这个文件。")
    case = PROCESS.lock(given.material.case_id)
    if (refused := supply_objection(case, actor)) is not None:
        raise refused
    given.delete()


def supply_objection(case: Case, actor: Actor) -> DomainError | None:
    """What stands against a file for the correction; None when nothing does."""
    clerk = actor.grants.has_for(CasePermission.RECEIVE_CASE, case.department_id)
    if not clerk and not is_applicant(actor.user_id, case, clock.today()):
        return NotFound("没有这个办件。")
    if case.state != CaseState.CORRECTING:
        return WrongState(f"现在的状态是“{case.get_state_display()}”，不能补交材料。")
    return None


def _case_of(material_id: UUID) -> UUID:
    case_id = CaseMaterial.objects.filter(pk=material_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound("没有这份材料。")
    return case_id
