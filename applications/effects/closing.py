"""Decision, conclusion, and the ends without a decision."""

from __future__ import annotations

from applications import inputs
from applications.effects.review import approver_opinion, end_procedure
from applications.models import Case, Opinion
from applications.states import Decision
from portal.documents.rules import remedies_faults, remedies_text
from portal.transitions.process import Context
from portal.web.errors import BadInput


def grant(ctx: Context) -> None:
    """REV-5 (行政许可法 38): a written decision with its content, validity and conditions."""
    case: Case = ctx.subject
    opinion = inputs.text(ctx, "opinion", "审批意见")
    case.decision_details = {
        "content": inputs.text(ctx, "content", "许可内容", default=case.edition.name),
        "validity": inputs.text(
            ctx, "validity", "有效期", required=False, longest=100, default=case.edition.result_validity
        ),
        "conditions": inputs.text(ctx, "conditions", "许可条件", required=False),
    }
    _decide(ctx, Decision.GRANTED)
    approver_opinion(ctx, Opinion.Recommendation.GRANT, opinion)


def refuse(ctx: Context) -> None:
    """REV-5, REV-6 (行政许可法 38): facts, reasons, law and the remedies with both periods are compulsory."""
    case: Case = ctx.subject
    details = {
        "facts": inputs.text(ctx, "facts", "查明的事实"),
        "reasons": inputs.text(ctx, "reasons", "不予许可的理由"),
        "legal_basis": inputs.text(ctx, "legal_basis", "法律依据", longest=1000),
        "remedies": inputs.text(ctx, "remedies", "救济途径", longest=1000, default=remedies_text()),
    }
    if (fault := remedies_faults(details["remedies"])) is not None:
        raise BadInput(fault, field="remedies", code="remedies_incomplete")
    case.decision_details = details
    _decide(ctx, Decision.REFUSED)
    approver_opinion(ctx, Opinion.Recommendation.REFUSE, details["reasons"])


def _decide(ctx: Context, decision: Decision) -> None:
    case: Case = ctx.subject
    case.decision = decision
    case.decided_at = ctx.now
    case.approver_id = ctx.actor.user_id
    end_procedure(ctx, by_law=False)


def conclude(ctx: Context) -> None:
    """办结: the result is made out; delivery is due ten working days after the decision."""
    case: Case = ctx.subject
    case.result_number = inputs.text(ctx, "result_number", "证照或者批文编号", required=False, longest=100)
    case.concluded_at = ctx.now
    ctx.results["note"] = inputs.text(ctx, "note", "说明", required=False, longest=500)


def withdraw(ctx: Context) -> None:
    """The applicant gives up before the decision."""
    reason = inputs.text(ctx, "reason", "撤回的理由", required=False, longest=500)
    ctx.subject.closing_reason = ctx.results["note"] = reason or "申请人撤回申请"
    end_procedure(ctx, by_law=False)


def lapse(ctx: Context) -> None:
    """TIM-7: nothing came within the period; treated as withdrawn."""
    ctx.subject.closing_reason = "补正期限内没有补交材料，按补正不来办结"
    ctx.results["note"] = ctx.subject.closing_reason
