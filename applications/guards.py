"""What must hold before an act: each raises a DomainError; asked without input, whether the act may be offered."""

from __future__ import annotations

from applications import rows, rules
from applications.identity import HOW_TO_CONFIRM, unconfirmed_in
from applications.models import Case, CaseMaterial
from applications.people import is_applicant
from applications.permissions import CasePermission
from applications.states import CaseChannel, CaseState, Decision
from catalog.enumerations import MaterialForm, Necessity
from portal.clock import local_date
from portal.transitions.process import Context
from portal.web.dates import date_full
from portal.web.errors import BadInput, NotAllowed, WrongState

Conclusion = CaseMaterial.Conclusion


def _case(ctx: Context) -> Case:
    case: Case = ctx.subject
    return case


# --- acceptance (行政许可法 32) -----------------------------------------------------------------------


def materials_are_complete(ctx: Context) -> None:
    """ACC-6: every required material is there or does not apply, and none is waiting for a correction.

    In the hall an original that the item requires has been handed in and counted.
    """
    missing = [m for m in _materials(ctx) if _keeps_from_acceptance(m)]
    if missing:
        names = "、".join(f"“{m.name}”" for m in missing[:3]) + ("等" if len(missing) > 3 else "")
        raise WrongState(f"有 {len(missing)} 项材料没有齐全：{names}，不能受理。", code="materials_incomplete")
    if _case(ctx).channel == CaseChannel.HALL:
        uncounted = [m for m in _materials(ctx) if _lacks_its_original(m)]
        if uncounted:
            names = "、".join(f"“{m.name}”" for m in uncounted[:3]) + ("等" if len(uncounted) > 3 else "")
            raise WrongState(
                f"有 {len(uncounted)} 项材料要原件，还没有登记收到原件：{names}，不能受理。", code="originals_missing"
            )


def applicant_was_seen(ctx: Context) -> None:
    """An unverified applicant is accepted on a proof of identity that the clerk has seen; else it is a ground for 补正.

    行政许可法 32 is kept: nobody can keep a case from being accepted by law.
    """
    mark = unconfirmed_in(ctx)
    if mark and not ctx.offering and not (ctx.data or {}).get("identity_seen"):
        raise BadInput(
            f"申请人{mark}。看过身份证明（单位为营业执照）的，请勾选；材料里没有的，列入补正，或者{HOW_TO_CONFIRM}",
            field="identity_seen",
            code="identity_unseen",
        )


def applicant_is_confirmed(ctx: Context) -> None:
    """What gives a right goes to somebody whom a window knows."""
    if mark := unconfirmed_in(ctx):
        raise WrongState(f"申请人{mark}，不能准予。{HOW_TO_CONFIRM}核验以后就能办。", code="applicant_unconfirmed")


def result_goes_to_one_who_is_known(ctx: Context) -> None:
    """A refusal is served all the same: it gives no right, and the periods for a remedy run from it."""
    mark = unconfirmed_in(ctx) if _case(ctx).decision == Decision.GRANTED else ""
    if mark:
        raise WrongState(f"申请人{mark}，不能送达。{HOW_TO_CONFIRM}核验以后就能办。", code="applicant_unconfirmed")


def _lacks_its_original(material: CaseMaterial) -> bool:
    """The item always requires it on paper, in the original, and none has been counted."""
    wanted = material.requirement
    return (
        wanted is not None
        and wanted.necessity == Necessity.REQUIRED
        and wanted.form != MaterialForm.ELECTRONIC
        and wanted.originals > 0
        and material.originals_received == 0
    )


def _keeps_from_acceptance(material: CaseMaterial) -> bool:
    if material.requirement is not None and material.requirement.necessity == Necessity.DEFERRABLE:
        return False  # 容缺后补
    if material.is_required:
        return material.conclusion not in (Conclusion.COMPLETE, Conclusion.NOT_APPLICABLE)
    return material.conclusion == Conclusion.INCOMPLETE


def correction_is_the_first(ctx: Context) -> None:
    """ACC-4: the applicant is told once."""
    if hasattr(_case(ctx), "correction"):
        raise WrongState("补正只能告知一次，本件已经告知过。", code="correction_twice")


def materials_were_looked_at(ctx: Context) -> None:
    """ACC-4: all at once, so nothing that the item requires may be left unseen."""
    unseen = [m for m in _materials(ctx) if m.is_required and m.conclusion == Conclusion.PENDING]
    asked = _asked_materials(ctx)
    unseen = [m for m in unseen if str(m.pk) not in asked]
    if unseen:
        raise WrongState(
            f"还有 {len(unseen)} 项必要材料没有看，第一项是“{unseen[0].name}”。补正只能告知一次，请先看完。",
            code="materials_unseen",
        )


def _asked_materials(ctx: Context) -> set[str]:
    lines = (ctx.data or {}).get("lines")
    if not isinstance(lines, list | tuple):
        return set()
    return {str(line.get("material")) for line in lines if isinstance(line, dict)}


def _materials(ctx: Context) -> list[CaseMaterial]:
    found = ctx.results.get("materials")
    if found is None:
        found = ctx.results["materials"] = rows.materials_of(_case(ctx))
    return list(found)


# --- the review clock (行政许可法 42, 45) ---------------------------------------------------------------


def clock_is_not_paused(ctx: Context) -> None:
    if _case(ctx).special_procedures.filter(ended_on=None).exists():
        raise WrongState("特别程序还没有结束，不能再启动一个。", code="paused_twice")


def clock_is_paused(ctx: Context) -> None:
    if not _case(ctx).special_procedures.filter(ended_on=None).exists():
        raise WrongState("本件没有在进行的特别程序。", code="not_paused")


def item_knows_procedures(ctx: Context) -> None:
    if not rules.procedures_of(_case(ctx).edition):
        raise WrongState("本事项没有可以暂停计时的法定程序。", code="no_procedures")


def time_is_left_to_pause(ctx: Context) -> None:
    """TIM-4: what stops the clock cannot bring back a day that has passed, nor a card that was given."""
    due = _case(ctx).clock.promised_due_on
    if due is not None and local_date(ctx.now) > due:
        raise WrongState("承诺期限已过，不能再暂停计时。特别程序可以照做，逾期要说明原因。", code="paused_too_late")


def pause_is_over(ctx: Context) -> None:
    clock = _case(ctx).clock
    if clock.pause_until is None or clock.pause_until > local_date(ctx.now):
        raise WrongState("特别程序的时间还没有到。", code="not_due")


def may_be_extended(ctx: Context) -> None:
    """TIM-1: once, not past the promised due date, where the item allows it and both limits are working days."""
    case = _case(ctx)
    if rules.longest_extension(case.edition) == 0:
        raise WrongState("本事项不能延期。", code="extension_not_allowed")
    if not rules.extension_counts(rules.rule_of(case.edition, case.situation)):
        raise WrongState("不按工作日计算的期限不能延期。", code="extension_not_in_workdays")
    if hasattr(case, "extension"):
        raise WrongState("延期只能一次，本件已经延过。", code="extended_twice")
    due = case.clock.promised_due_on
    if due is not None and local_date(ctx.now) > due:
        raise WrongState("承诺期限已过，不能再延期。", code="extended_too_late")


# --- by law ----------------------------------------------------------------------------------------


def silence_has_accepted(ctx: Context) -> None:
    """ACC-5: the fifth working day after receipt is over."""
    if local_date(ctx.now) <= _case(ctx).clock.acceptance_due_on:
        raise WrongState("受理审查的期限还没有过。", code="not_due")


def supply_period_is_over(ctx: Context) -> None:
    """TIM-7: nothing came within the period of the notice."""
    due = _case(ctx).clock.correction_due_on
    if due is None or local_date(ctx.now) <= due:
        raise WrongState("补正的期限还没有过。", code="not_due")


# --- who (domain 3.1) --------------------------------------------------------------------------------


def approver_is_another_person(ctx: Context) -> None:
    """职责分离: the approver is neither the clerk nor a reviewer; 即办 too needs two persons."""
    case, user = _case(ctx), ctx.actor.user_id
    received_in_hall = case.channel == CaseChannel.HALL and user == case.submitted_by_id
    if user == case.clerk_id or received_in_hall:
        raise NotAllowed("您是本件的受理人，不能同时是批准人。", code="approver_is_clerk")
    if user in case.reviewer_ids:
        raise NotAllowed("您是本件的审核人，不能同时是批准人。", code="approver_is_reviewer")


def reviewer_may_have_received(ctx: Context) -> None:
    """Whether clerk and reviewer may be one is a setting of the department."""
    case = _case(ctx)
    if ctx.actor.user_id == case.clerk_id and not case.department.one_person_may_review_and_receive:
        raise NotAllowed("您是本件的受理人，本部门规定审核人不能是同一人。", code="reviewer_is_clerk")


def nobody_else_has_claimed(ctx: Context) -> None:
    case = _case(ctx)
    if case.claimed_by_id is not None and case.claimed_by_id != ctx.actor.user_id:
        assert case.claimed_by is not None
        raise WrongState(
            f"本件由{case.claimed_by.get_full_name()}认领办理，退回待办后您才能办理。", code="claimed_by_another"
        )


def nobody_has_claimed(ctx: Context) -> None:
    case = _case(ctx)
    if case.claimed_by_id == ctx.actor.user_id:
        raise WrongState("您已经认领本件。", code="claimed_already")
    nobody_else_has_claimed(ctx)


#: Whose work a state is: what a claim needs.
WORK_OF_STATE: dict[str, tuple[CasePermission, ...]] = {
    CaseState.RECEIVED: (CasePermission.RECEIVE_CASE, CasePermission.ACCEPT_CASE),
    CaseState.REVIEWING: (CasePermission.REVIEW_CASE,),
    CaseState.APPROVING: (CasePermission.APPROVE_CASE,),
    CaseState.GRANTED: (CasePermission.DELIVER_CASE,),
    CaseState.REFUSED: (CasePermission.DELIVER_CASE,),
}


def stage_is_the_actors_work(ctx: Context) -> None:
    case = _case(ctx)
    wanted = WORK_OF_STATE.get(case.state, ())
    if not any(ctx.actor.grants.has_for(permission, case.department_id) for permission in wanted):
        raise NotAllowed("本件现在的环节不由您办理。", code="not_your_stage")
    if case.state == CaseState.REVIEWING:
        reviewer_may_have_received(ctx)
    if case.state == CaseState.APPROVING:
        approver_is_another_person(ctx)


def claim_is_the_actors_or_head_takes_it(ctx: Context) -> None:
    case = _case(ctx)
    if case.claimed_by_id is None:
        raise WrongState("本件没有人认领。", code="not_claimed")
    head = ctx.actor.grants.has_for(CasePermission.EXTEND_CASE, case.department_id) or ctx.actor.grants.has_for(
        CasePermission.APPROVE_CASE, case.department_id
    )
    if case.claimed_by_id != ctx.actor.user_id and not head:
        raise NotAllowed("只有认领人或者批准人、负责人可以退回待办。", code="claimed_by_another")


def clerk_withdraws_only_in_the_hall(ctx: Context) -> None:
    """A clerk records the written withdrawal of an applicant who applied in the hall, with the reason."""
    case = _case(ctx)
    if is_applicant(ctx.actor.user_id, case, local_date(ctx.now)):
        return
    if case.channel != CaseChannel.HALL:
        raise NotAllowed("网上申请由申请人自己撤回。", code="withdraw_by_applicant")
    if not ctx.offering and not str((ctx.data or {}).get("reason") or "").strip():
        raise BadInput("请写明申请人撤回的理由和书面申请。", field="reason", code="reason_required")


def nothing_was_delivered(ctx: Context) -> None:
    if hasattr(_case(ctx), "delivery"):
        raise WrongState("本件已经送达。", code="delivered_twice")


def no_delivery_is_under_way(ctx: Context) -> None:
    attempt = rows.open_attempt(_case(ctx))
    if attempt is not None:
        raise WrongState(
            f"{date_full(attempt.begun_on)}登记的{attempt.get_method_display()}还没有结果，请先登记送达或者退回。",
            code="delivery_under_way",
        )
