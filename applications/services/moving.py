"""What a change of the catalogue does to open cases and drafts on its day; the owner's handler of `catalog.hooks`."""

from __future__ import annotations

from uuid import uuid5

from applications.models import Case, Draft, DraftMaterial
from applications.services.acting import apply
from applications.transitions import BEFORE_DECISION, NOT_OVER
from catalog.hooks import ItemChanged
from catalog.models import ItemChange, ItemEdition
from catalog.states import OpenCases
from portal.web.grants import SYSTEM_ACTOR


def on_item_changed(change: ItemChanged) -> None:
    """Hand over or end the open cases as the city decided, and lead drafts of merged items to the new one."""
    if change.open_cases == OpenCases.HAND_OVER and change.receiving_department_id is not None:
        _each(change, "hand_over", NOT_OVER, department=change.receiving_department_id)
    elif change.open_cases == OpenCases.CLOSE:
        decided = ItemChange.objects.select_related("meeting").get(pk=change.change_id)
        basis = decided.basis
        if decided.meeting is not None:
            basis = f"{decided.meeting.name}（{decided.meeting.resolution_number}）；{basis}"
        reason = f"{decided.name}已{decided.get_kind_display()}：{decided.reason}"
        _each(change, "terminate", BEFORE_DECISION, reason=reason[:1000], legal_basis=basis[:1000])
    if change.edition_id is not None and change.materials:
        _lead_drafts_over(change, ItemEdition.objects.get(pk=change.edition_id))


def _each(change: ItemChanged, action: str, states: frozenset[str], **data: object) -> None:
    """One act for each open case, under a key of the change, so that it is done once."""
    cases = Case.objects.filter(edition__item__in=change.item_ids, state__in=states).order_by("pk")
    for case_id in cases.values_list("pk", flat=True):
        apply(
            case_id=case_id, action=action, actor=SYSTEM_ACTOR, key=uuid5(change.change_id, f"{action}/{case_id}"),
            **data,
        )  # fmt: skip


def _lead_drafts_over(change: ItemChanged, edition: ItemEdition) -> None:
    """A merger maps the materials of drafts: what was uploaded stays, under its code in the merged list."""
    requirements = {requirement.code: requirement for requirement in edition.materials.all()}
    for draft in Draft.objects.select_for_update().filter(edition__item__in=change.item_ids, case=None).order_by("pk"):
        codes = change.materials.get(draft.edition.item_id, {})
        for material in DraftMaterial.objects.filter(draft=draft).select_related("requirement").order_by("pk"):
            code = codes.get(material.requirement.code, material.requirement.code)
            if code in requirements:
                material.requirement = requirements[code]
                material.save(update_fields=["requirement"])
            else:
                material.delete()
        draft.not_applicable = sorted({codes.get(code, code) for code in draft.not_applicable} & set(requirements))
        draft.edition_changed_from = draft.edition.version
        draft.edition, draft.situation = edition, None
        draft.save(update_fields=["edition", "situation", "not_applicable", "edition_changed_from"])
