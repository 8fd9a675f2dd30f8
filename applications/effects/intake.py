"""Receipt and acceptance: corrections once, supply, acceptance, and the two refusals to take a case up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applications import rules
from applications.attachments import attach_supplied, unclean_fault
from applications.identity import unconfirmed_in
from applications.models import Case, CaseMaterial, CaseMaterialFile, CorrectionLine, CorrectionNotice
from applications.people import is_applicant
from applications.recording import act_id
from applications.states import CaseChannel
from portal.clock import SHANGHAI, local_date
from portal.documents.rules import remedies_faults, remedies_text
from portal.files.models import StoredFile
from portal.organizations.models import OpeningHours
from portal.transitions import inputs
from portal.transitions.process import Context
from portal.web.errors import BadInput
from portal.workdays.queries import current_calendar

Conclusion = CaseMaterial.Conclusion


def note_clerk(ctx: Context) -> None:
    """Who took the case up, for the separation of duties; an applicant is never the clerk."""
    case: Case = ctx.subject
    if not ctx.actor.is_system and not is_applicant(ctx.actor.user_id, case, local_date(ctx.now)):
        case.clerk_id = ctx.actor.user_id


def note_identity(ctx: Context) -> None:
    """That an unverified applicant was accepted on a proof that the clerk has seen, stands in the record."""
    if mark := unconfirmed_in(ctx):
        ctx.results["identity_seen"] = True
        ctx.results["note"] = f"{mark}，受理时看过身份证明"


def ask_correction(ctx: Context) -> None:
    """ACC-4, APP-6: one notice with every line; a line names a published material, or a legal basis of its own.

    Input `lines`: list of {material, what} or {name, legal_basis, what}; left out: every material marked 要补.
    """
    case: Case = ctx.subject
    today = local_date(ctx.now)
    due = rules.supply_until(current_calendar(), today, case.edition.correction_days)
    lines = _lines(ctx, case)
    notice = CorrectionNotice.objects.create(case=case, act_id=act_id(ctx), asked_at=ctx.now, supply_until=due)
    for material, what in lines:
        material.conclusion = Conclusion.INCOMPLETE
        material.remark = what
        material.save(update_fields=["conclusion", "remark"])
    CorrectionLine.objects.bulk_create(
        CorrectionLine(notice=notice, material=material, what=what) for material, what in lines
    )
    case.clock.correction_due_on = due
    ctx.results["correction"] = notice
    ctx.results["correction_lines"] = [{"material": m.name, "what": w, "legal_basis": m.legal_basis} for m, w in lines]


def _lines(ctx: Context, case: Case) -> list[tuple[CaseMaterial, str]]:
    materials = {material.pk: material for material in case.materials.select_related("requirement")}
    given = inputs.rows(ctx, "lines", "补正内容")
    found: dict[Any, tuple[CaseMaterial, str]] = {
        m.pk: (m, m.remark) for m in materials.values() if m.conclusion == Conclusion.INCOMPLETE
    }
    position = max((m.position for m in materials.values()), default=0)
    for row in given or []:
        what = inputs.row_text(row, "what", 1000)
        if not what:
            raise BadInput("请写明要补什么、怎么补。", field="lines", code="what_required")
        if row.get("material"):
            material = materials.get(inputs.key(row["material"], "lines", "材料"))
            if material is None:
                raise BadInput("补正只能针对本事项公布的材料。", field="lines", code="material_unknown")
        else:
            position += 1
            material = _extra_material(case, row, position)
        found[material.pk] = (material, what)
    if not found:
        raise BadInput("请至少写明一项要补正的内容。", field="lines", code="lines_required")
    return sorted(found.values(), key=lambda line: line[0].position)


def _extra_material(case: Case, row: Mapping[str, Any], position: int) -> CaseMaterial:
    name, basis = inputs.row_text(row, "name", 200), inputs.row_text(row, "legal_basis", 300)
    if not name or not basis:
        # 行政许可法 31: nothing outside the published list without a legal basis.
        raise BadInput("清单以外的材料要写明名称和法律依据。", field="lines", code="basis_required")
    return CaseMaterial.objects.create(case=case, position=position, extra_name=name, legal_basis=basis)


def supply(ctx: Context) -> None:
    """ACC-6: the complete supply accepts the case: every line has the material that it asked for, a text is not one.

    Input `supplies`: list of {line, files: [ids], originals, copies}; files attached before count as well.
    Paper is counted by a clerk only.
    """
    case: Case = ctx.subject
    notice = case.correction
    lines = {line.pk: line for line in notice.lines.select_related("material__requirement")}
    for row in inputs.rows(ctx, "supplies", "补正材料") or []:
        line = lines.get(inputs.key(row.get("line"), "supplies", "补正内容"))
        if line is None:
            raise BadInput("没有这项补正内容。", field="supplies", code="line_unknown")
        _take(ctx, case, line, row)
    missing = [line for line in lines.values() if not _has_material(line)]
    if missing:
        raise BadInput(
            f"还有 {len(missing)} 项没有补交材料，第一项是“{missing[0].material.name}”。只写说明不行，要有材料。",
            field="supplies",
            code="supply_incomplete",
        )
    _check_files(notice)
    for line in lines.values():
        line.supplied_at = line.supplied_at or ctx.now
        line.save(update_fields=["supplied_at"])
        line.material.conclusion = Conclusion.COMPLETE
        line.material.save(update_fields=["conclusion"])
    notice.supplied_at = ctx.now
    notice.save(update_fields=["supplied_at"])
    accept(ctx)
    case.clock.correction_due_on = None


def _check_files(notice: CorrectionNotice) -> None:
    """A supply that is still being checked, or was refused, does not complete the materials."""
    given = StoredFile.objects.filter(
        pk__in=CaseMaterialFile.objects.filter(
            material__correction_lines__notice=notice, supplied=True
        ).values("file")
    )
    if fault := unclean_fault(list(given.order_by("uploaded_at", "pk"))):
        raise BadInput(fault, field="supplies", code="file_not_clean")


def _take(ctx: Context, case: Case, line: CorrectionLine, row: Mapping[str, Any]) -> None:
    files = row.get("files") or []
    if not isinstance(files, list | tuple):
        raise BadInput("补正材料的文件不对。", field="supplies")
    ids = [inputs.key(each, "supplies", "文件") for each in files]
    attach_supplied(case=case, material=line.material, file_ids=ids, actor=ctx.actor, now=ctx.now)
    originals, copies = inputs.row_count(row, "originals"), inputs.row_count(row, "copies")
    if originals or copies:
        if is_applicant(ctx.actor.user_id, case, local_date(ctx.now)):
            raise BadInput("纸质材料请到窗口补交，由窗口清点。", field="supplies", code="paper_by_clerk")
        line.material.originals_received += originals
        line.material.copies_received += copies
        line.material.save(update_fields=["originals_received", "copies_received"])
        line.supplied_at = ctx.now
        line.save(update_fields=["supplied_at"])


def _has_material(line: CorrectionLine) -> bool:
    return line.supplied_at is not None or line.material.files.filter(supplied=True).exists()


def accept(ctx: Context) -> None:
    """ACC-6: accepted now; the review clock starts on the next day."""
    ctx.subject.accepted_at = ctx.now


def deem_accepted(ctx: Context) -> None:
    """ACC-5 (行政许可法 32(4)): silence accepts, back to the receipt of the materials."""
    ctx.subject.accepted_at = ctx.subject.received_at
    ctx.subject.deemed_accepted = True


def not_required(ctx: Context) -> None:
    """ACC-1: no permit is needed; the reason and the legal basis are told."""
    ctx.results["reason"] = inputs.text(ctx, "reason", "不需要许可的理由")
    ctx.results["legal_basis"] = inputs.text(ctx, "legal_basis", "法律依据", longest=500)
    _answer(ctx)


def not_competent(ctx: Context) -> None:
    """ACC-2: another organ is competent, and the applicant is told which."""
    ctx.results["competent_organ"] = inputs.text(ctx, "competent_organ", "有权受理的机关", longest=100)
    ctx.results["reason"] = inputs.text(ctx, "reason", "不属于本机关职权的理由")
    ctx.results["legal_basis"] = inputs.text(ctx, "legal_basis", "法律依据", longest=500)
    _answer(ctx)


def _answer(ctx: Context) -> None:
    """Both are due on the day of receipt; later, until deemed acceptance, they are possible but marked late."""
    case: Case = ctx.subject
    case.closing_reason = ctx.results["reason"]
    ctx.results["remedies"] = inputs.text(ctx, "remedies", "救济途径", default=remedies_text(), longest=1000)
    if (fault := remedies_faults(ctx.results["remedies"])) is not None:
        raise BadInput(fault, field="remedies", code="remedies_incomplete")
    due = rules.answer_due_on(current_calendar(), local_date(case.received_at), after_hours=_after_hours(case))
    ctx.results["late"] = local_date(ctx.now) > due


def _after_hours(case: Case) -> bool:
    if case.channel != CaseChannel.ONLINE:
        return False
    closes = OpeningHours.objects.order_by("-closes").values_list("closes", flat=True).first()
    return closes is not None and case.received_at.astimezone(SHANGHAI).time() > closes
