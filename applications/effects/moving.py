"""What a decision about the item does to an open case: another department goes on with it, or it ends with a notice."""

from __future__ import annotations

from applications.effects.review import end_procedure
from applications.models import Case, CaseClock
from portal.organizations.models import Department
from portal.transitions import inputs
from portal.transitions.process import Context


def hand_over(ctx: Context) -> None:
    """Plan 三(三)1: the receiving department goes on under the same edition; who had claimed it has it no longer."""
    case: Case = ctx.subject
    receiver = Department.objects.get(pk=inputs.key((ctx.data or {}).get("department"), "department", "部门"))
    ctx.results["note"] = f"由{case.department.name}移交{receiver.name}"
    case.department = receiver
    case.claimed_by = case.claimed_at = None
    case.clock.department = receiver
    CaseClock.objects.filter(pk=case.clock.pk).update(department=receiver)
    case.tasks.filter(done_at=None).update(department=receiver, assignee=None)


def terminate(ctx: Context) -> None:
    """The item exists no more: the case ends without a decision, with a written notice of why and of the remedies."""
    case: Case = ctx.subject
    reason = inputs.text(ctx, "reason", "理由", longest=1000)
    ctx.results["reason"] = ctx.results["note"] = case.closing_reason = reason
    ctx.results["legal_basis"] = inputs.text(ctx, "legal_basis", "依据", longest=1000)
    end_procedure(ctx, by_law=False)
