"""Where files may be uploaded in pieces: a draft's material, a line of a correction, a scan on the form of the hall."""

from __future__ import annotations

from uuid import UUID

from applications.attachments import DRAFT_KIND, INTAKE_KIND, OWNER_KIND, intake_owner
from applications.models import CaseMaterialFile, CorrectionLine, Draft
from applications.permissions import CasePermission
from applications.services.drafts import attach_to_draft, open_own_draft
from applications.services.materials import add_supply_file, supply_objection
from catalog.models import MaterialRequirement
from portal.files import services as files
from portal.files import targets
from portal.files.models import StoredFile
from portal.web.errors import NotAllowed, NotFound
from portal.web.grants import Actor

SUPPLY: str = "supply"


def place(kind: str, target_id: UUID, slot: object) -> str:
    """How a page names a place to the upload: `kind:id:slot`."""
    return f"{kind}:{target_id}:{slot}"


def _requirement_of_draft(actor: Actor, draft_id: UUID, code: str) -> tuple[Draft, MaterialRequirement]:
    draft = open_own_draft(draft_id, actor)
    requirement = draft.edition.materials.filter(code=code).first()
    if requirement is None:
        raise NotFound("没有这份材料。")
    return draft, requirement


def _check_draft(actor: Actor, draft_id: UUID, code: str) -> tuple[str, UUID]:
    draft, requirement = _requirement_of_draft(actor, draft_id, code)
    given = draft.materials.all()
    files.check_count(of_material=given.filter(requirement=requirement).count(), of_case=given.count())
    return DRAFT_KIND, draft.pk


def _attach_draft(actor: Actor, draft_id: UUID, code: str, file: StoredFile) -> None:
    draft, requirement = _requirement_of_draft(actor, draft_id, code)
    attach_to_draft(draft_id=draft.pk, requirement_id=requirement.pk, file=file, actor=actor)


def _line(case_id: UUID, slot: str) -> CorrectionLine:
    try:
        return CorrectionLine.objects.select_related("material__case").get(pk=UUID(slot), notice__case_id=case_id)
    except (ValueError, CorrectionLine.DoesNotExist):
        raise NotFound("没有这项补正内容。") from None


def _check_supply(actor: Actor, case_id: UUID, slot: str) -> tuple[str, UUID]:
    line = _line(case_id, slot)
    if (refused := supply_objection(line.material.case, actor)) is not None:
        raise refused
    files.check_count(
        of_material=line.material.files.count(),
        of_case=CaseMaterialFile.objects.filter(material__case_id=case_id).count(),
    )
    return OWNER_KIND, case_id


def _attach_supply(actor: Actor, case_id: UUID, slot: str, file: StoredFile) -> None:
    add_supply_file(line_id=_line(case_id, slot).pk, file_id=file.pk, actor=actor)


def _check_intake(actor: Actor, key: UUID, slot: str) -> tuple[str, UUID]:
    try:
        requirement = MaterialRequirement.objects.select_related("edition").get(pk=UUID(slot))
    except (ValueError, MaterialRequirement.DoesNotExist):
        raise NotFound("没有这份材料。") from None
    if not actor.grants.has_for(CasePermission.RECEIVE_CASE, requirement.edition.department_id):
        raise NotAllowed("您没有权限收这个部门的件。")
    owner = intake_owner(key, requirement.pk)
    count = StoredFile.objects.filter(owner_kind=INTAKE_KIND, owner_id=owner, uploaded_by_id=actor.user_id).count()
    files.check_count(of_material=count, of_case=count)
    return INTAKE_KIND, owner


def _attach_intake(_actor: Actor, _key: UUID, _slot: str, _file: StoredFile) -> None:
    """The form finds the scan by its owner."""


def register_all() -> None:
    """Called from AppConfig.ready()."""
    targets.register(DRAFT_KIND, targets.Target(_check_draft, _attach_draft))
    targets.register(SUPPLY, targets.Target(_check_supply, _attach_supply))
    targets.register(INTAKE_KIND, targets.Target(_check_intake, _attach_intake))
