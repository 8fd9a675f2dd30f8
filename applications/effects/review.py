"""Review: opinions, special procedures that stop the clock, the one extension."""

from __future__ import annotations

from applications import rows, rules
from applications.models import Case, Extension, Opinion, SpecialProcedure
from applications.states import Stage
from portal.clock import local_date
from portal.transitions import inputs
from portal.transitions.process import Context
from portal.web.dates import date_full
from portal.web.errors import BadInput
from portal.web.grants import acting_user
from portal.workdays.terms import PROCEDURES


def _sign(ctx: Context, stage: Stage, recommendation: str, text: str, departure: str = "") -> None:
    ctx.results["opinion"] = Opinion.objects.create(
        case=ctx.subject,
        stage=stage,
        recommendation=recommendation,
        text=text,
        departure=departure,
        author_id=acting_user(ctx.actor),
        author_name=ctx.actor.name[:50],
        given_at=ctx.now,
    )


def review(ctx: Context) -> None:
    """A reviewer's explicit opinion; a name alone is none (domain 3.1)."""
    case: Case = ctx.subject
    recommendation = inputs.choice(
        ctx, "recommendation", "审核意见", (Opinion.Recommendation.GRANT, Opinion.Recommendation.REFUSE)
    )
    _sign(ctx, Stage.REVIEW, recommendation, inputs.text(ctx, "opinion", "审核意见"))
    if ctx.actor.user_id is not None and ctx.actor.user_id not in case.reviewer_ids:
        case.reviewer_ids = [*case.reviewer_ids, ctx.actor.user_id]


def return_to_reviewer(ctx: Context) -> None:
    """The approver sends it back, saying why."""
    case: Case = ctx.subject
    text = inputs.text(ctx, "opinion", "退回的理由")
    _sign(ctx, Stage.APPROVE, Opinion.Recommendation.RETURN, text)
    ctx.results["note"] = text
    ctx.results["claimed_by_id"] = case.reviewer_ids[-1] if case.reviewer_ids else None


def approver_opinion(ctx: Context, decision: Opinion.Recommendation, text: str) -> None:
    """The approver's opinion beside the decision; against the reviewer's advice only with the reason why."""
    departure = ""
    if rows.departs(ctx.subject, decision):
        departure = inputs.text(ctx, "departure", "与审核意见不一致的理由", longest=1000)
        ctx.results["note"] = f"与审核意见不一致：{departure}"
    _sign(ctx, Stage.APPROVE, decision, text, departure)


def pause(ctx: Context) -> None:
    """TIM-4 (行政许可法 45): only procedures of the edition stop the clock, until a stated date, told in writing."""
    case: Case = ctx.subject
    lawful = {procedure.code: procedure for procedure in rules.procedures_of(case.edition)}
    code = inputs.text(ctx, "procedure", "特别程序", longest=50)
    procedure = lawful.get(code)
    if procedure is None:
        name = PROCEDURES.get(code, code)
        raise BadInput(
            f"“{name}”不是本事项可以暂停计时的法定程序（行政许可法第四十五条）。",
            field="procedure",
            code="unlawful_procedure",
        )
    until = inputs.day(ctx, "until", "预计结束日期")
    if until <= local_date(ctx.now):
        raise BadInput("预计结束日期应当在今天以后。", field="until", code="until_past")
    last = local_date(ctx.now) + rules.LONGEST_PAUSE
    if until > last:
        raise BadInput(
            f"一次最多暂停到 {date_full(last)}。到期还没有结束的，再启动一次，重新告知申请人。",
            field="until",
            code="until_too_far",
        )
    special = SpecialProcedure.objects.create(
        case=case,
        procedure=procedure.code,
        name=procedure.name,
        reason=inputs.text(ctx, "reason", "启动特别程序的理由"),
        legal_basis=procedure.basis[:200],
        started_at=ctx.now,
        until=until,
    )
    ctx.results["special_procedure"] = special
    ctx.results["clock_event"] = {"procedure": procedure.code, "until": until}
    ctx.results["note"] = f"{procedure.name}，预计到{until:%Y-%m-%d}"


def resume(ctx: Context) -> None:
    """The procedure ended before its planned end."""
    end_procedure(ctx, by_law=False)
    ctx.results["note"] = inputs.text(ctx, "result", "特别程序的结果", longest=1000)


def end_pause(ctx: Context) -> None:
    """The planned end is there: the clock runs again by itself (contracts.md 1, rule 5)."""
    end_procedure(ctx, by_law=True)


def end_procedure(ctx: Context, *, by_law: bool) -> None:
    """Close the open procedure, if there is one."""
    special = ctx.subject.special_procedures.filter(ended_on=None).first()
    if special is not None:
        special.ended_on = local_date(ctx.now)
        special.ended_by_law = by_law
        special.save(update_fields=["ended_on", "ended_by_law"])
        ctx.results["special_procedure"] = special


def extend(ctx: Context) -> None:
    """TIM-1 (行政许可法 42): once, with the permission of the organ's head, the reason told to the applicant."""
    case: Case = ctx.subject
    n = inputs.number(ctx, "n", "延长的工作日", least=1, most=rules.longest_extension(case.edition))
    ctx.results["reason"] = ctx.results["note"] = inputs.text(ctx, "reason", "延期的理由", longest=1000)
    ctx.results["clock_event"] = {"n": n}
    ctx.results["old_due_on"] = case.clock.promised_due_on


def note_extension(ctx: Context) -> None:
    """After the clock was read again: the row with the old and the new due date."""
    case: Case = ctx.subject
    assert ctx.actor.user_id is not None and case.clock.promised_due_on is not None
    ctx.results["extension"] = Extension.objects.create(
        case=case,
        days=ctx.results["clock_event"]["n"],
        reason=ctx.results["reason"],
        approved_by_id=ctx.actor.user_id,
        extended_at=ctx.now,
        old_due_on=ctx.results["old_due_on"],
        new_due_on=case.clock.promised_due_on,
    )
