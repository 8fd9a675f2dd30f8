"""Decision, conclusion, and the ends without a decision."""

from __future__ import annotations

from applications import rules, validity
from applications.effects.review import approver_opinion, end_procedure
from applications.models import Case, Opinion
from applications.states import Decision
from applications.validity import ValidityKind as Kind
from portal.accounts.locks import lock
from portal.clock import local_date
from portal.documents.rules import remedies_faults, remedies_text
from portal.transitions import inputs
from portal.transitions.process import Context
from portal.web.dates import date_full
from portal.web.errors import BadInput


def grant(ctx: Context) -> None:
    """REV-5 (行政许可法 38): a written decision with its content, validity and conditions."""
    case: Case = ctx.subject
    opinion = inputs.text(ctx, "opinion", "审批意见")
    case.decision_details = {
        "content": inputs.text(ctx, "content", "许可内容", default=case.edition.name),
        "validity": _validity(ctx),
        "conditions": inputs.text(ctx, "conditions", "许可条件", required=False),
    }
    _decide(ctx, Decision.GRANTED)
    approver_opinion(ctx, Opinion.Recommendation.GRANT, opinion)


def _validity(ctx: Context) -> str:
    """Not beyond what the edition gives; a last day after that of the decision."""
    allowed = validity.allowed_by(ctx.subject.edition)
    kind = Kind(inputs.choice(ctx, "validity_kind", "有效期", Kind.values, default=Kind.ITEM))
    today = local_date(ctx.now)
    years, until = 0, None
    if kind == Kind.FOR_GOOD and not allowed.may_be_for_good:
        raise BadInput(
            f"本事项的有效期是{allowed.words}，不能填长期有效。", field="validity_kind", code="validity_too_long"
        )
    if kind == Kind.YEARS:
        most = allowed.years or validity.MOST_YEARS
        years = inputs.number(ctx, "validity_years", "有效期的年数", least=1, most=most)
    if kind == Kind.UNTIL:
        until = inputs.day(ctx, "validity_until", "有效期的最后一天")
        last = allowed.last_day(today)
        if until <= today:
            raise BadInput("有效期的最后一天应当在决定之日以后。", field="validity_until", code="validity_over")
        if last is not None and until > last:
            raise BadInput(
                f"本事项的有效期是{allowed.words}，最晚到{date_full(last)}。",
                field="validity_until",
                code="validity_too_long",
            )
    return validity.text_of(kind, allowed, years=years, until=until)


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
    case.result_number = _result_number(ctx)
    case.concluded_at = ctx.now
    ctx.results["note"] = inputs.text(ctx, "note", "说明", required=False, longest=500)


def _result_number(ctx: Context) -> str:
    """A number of the right shape, which no other case of the item has."""
    case: Case = ctx.subject
    number = inputs.text(ctx, "result_number", "证照或者批文编号", required=False, longest=100)
    if not number:
        return ""
    if case.decision == Decision.REFUSED:
        raise BadInput("不予的办件没有证照编号，请不要填写。", field="result_number", code="number_of_refusal")
    if (fault := rules.result_number_fault(number)) is not None:
        raise BadInput(fault, field="result_number", code="number_shape")
    item = case.edition.item_id
    # Two cases at once would both find the number free.
    lock(f"result_number/{item}/{number}")
    same = Case.objects.filter(result_number=number, edition__item=item).exclude(pk=case.pk).first()
    if same is not None:
        raise BadInput(
            f"编号 {number} 已经登记在办件 {same.number}，同一事项的证照编号不能重复。",
            field="result_number",
            code="number_taken",
        )
    return number


def withdraw(ctx: Context) -> None:
    """The applicant gives up before the decision."""
    reason = inputs.text(ctx, "reason", "撤回的理由", required=False, longest=500)
    ctx.subject.closing_reason = ctx.results["note"] = reason or "申请人撤回申请"
    end_procedure(ctx, by_law=False)


def lapse(ctx: Context) -> None:
    """TIM-7: nothing came within the period; treated as withdrawn."""
    ctx.subject.closing_reason = "补正期限内没有补交材料，按补正不来办结"
    ctx.results["note"] = ctx.subject.closing_reason
