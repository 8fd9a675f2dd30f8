"""The life of a change of the catalogue as one table: proposal, submission, verification, meeting, effect.

Plan 三(一): 部门清理 → 市编办核定 → 市政府常务会议研究 → 公布; 三(三)1: 动态管理. What a change does to an item and its
cases on its day is in `catalog.effects`.
"""

from __future__ import annotations

from catalog import effects, guards
from catalog.permissions import CataloguePermission as May
from catalog.states import CLOSED, ChangeState
from portal.transitions.table import Party, Table, Transition

DRAFTING, AT_HEAD = ChangeState.DRAFTING.value, ChangeState.AT_HEAD.value
VERIFYING, VERIFIED = ChangeState.VERIFYING.value, ChangeState.VERIFIED.value
ON_AGENDA, SCHEDULED = ChangeState.ON_AGENDA.value, ChangeState.SCHEDULED.value
IN_FORCE, STRUCK, WITHDRAWN = ChangeState.IN_FORCE.value, ChangeState.STRUCK.value, ChangeState.WITHDRAWN.value

#: How a change begins: `services.changes.begin` makes the row.
BEGIN = Transition(
    action="begin",
    label="开始起草",
    sources=frozenset(),
    target=DRAFTING,
    role=(May.EDIT_ITEM,),
)

TABLE = Table(
    name="item_change",
    label="事项变更",
    initial=DRAFTING,
    states={state.value: str(state.label) for state in ChangeState},
    finals=frozenset(state.value for state in CLOSED),
    transitions=(
        # --- the department -----------------------------------------------------------------------
        Transition(
            action="hand_up",
            label="交负责人",
            sources=frozenset({DRAFTING}),
            target=AT_HEAD,
            role=(May.EDIT_ITEM,),
            guard=(guards.change_is_complete, guards.remarks_are_answered),
            form="confirm",
        ),
        Transition(
            action="send_back",
            label="退回起草人",
            sources=frozenset({AT_HEAD}),
            target=DRAFTING,
            role=(May.SUBMIT_ITEM,),
            needs_reason=True,
            form="reason",
        ),
        Transition(
            action="submit",
            label="提交编办核定",
            sources=frozenset({AT_HEAD}),
            target=VERIFYING,
            role=(May.SUBMIT_ITEM,),
            guard=(guards.change_is_complete,),
            effects=(effects.note_report,),
            form="confirm",
        ),
        # --- 市编办 ------------------------------------------------------------------------------
        Transition(
            action="return",
            label="退回部门修改",
            sources=frozenset({VERIFYING}),
            target=DRAFTING,
            role=(May.VERIFY_ITEM,),
            guard=(guards.verifier_is_another_person,),
            effects=(effects.send_remarks,),
            needs_reason=True,
            form="reason",
        ),
        Transition(
            action="verify",
            label="核定，提交常务会议",
            sources=frozenset({VERIFYING}),
            target=VERIFIED,
            role=(May.VERIFY_ITEM,),
            guard=(
                guards.meeting_decides,
                guards.verifier_is_another_person,
                guards.remarks_are_answered,
                guards.change_is_complete,
            ),
            effects=(effects.give_code,),
            form="verify",
        ),
        Transition(
            action="verify_and_publish",
            label="核定并公布",
            sources=frozenset({VERIFYING}),
            target=SCHEDULED,
            role=(May.VERIFY_ITEM,),
            guard=(
                guards.verification_decides,
                guards.verifier_is_another_person,
                guards.remarks_are_answered,
                guards.change_is_complete,
            ),
            effects=(effects.publish,),
            form="publish",
            irreversible=True,
        ),
        # --- 市政府常务会议 -------------------------------------------------------------------------
        Transition(
            action="put_on_agenda",
            label="列入会议",
            sources=frozenset({VERIFIED}),
            target=ON_AGENDA,
            role=(May.DECIDE_ITEM,),
            effects=(effects.put_on_agenda,),
            form="agenda",
        ),
        Transition(
            action="take_off_agenda",
            label="移出议程",
            sources=frozenset({ON_AGENDA}),
            target=VERIFIED,
            role=(May.DECIDE_ITEM,),
            guard=(guards.meeting_is_not_recorded,),
            effects=(effects.take_off_agenda,),
            form="confirm",
        ),
        Transition(
            action="approve",
            label="会议通过",
            sources=frozenset({ON_AGENDA}),
            target=SCHEDULED,
            role=(May.DECIDE_ITEM,),
            guard=(guards.meeting_has_decided, guards.change_is_complete),
            effects=(effects.publish,),
            form="publish",
            irreversible=True,
        ),
        Transition(
            action="return_by_meeting",
            label="会议退回",
            sources=frozenset({ON_AGENDA}),
            target=DRAFTING,
            role=(May.DECIDE_ITEM,),
            guard=(guards.meeting_has_decided,),
            effects=(effects.take_off_agenda,),
            needs_reason=True,
            form="reason",
        ),
        Transition(
            action="strike",
            label="会议未通过",
            sources=frozenset({ON_AGENDA}),
            target=STRUCK,
            role=(May.DECIDE_ITEM,),
            guard=(guards.meeting_has_decided,),
            needs_reason=True,
            form="reason",
            irreversible=True,
        ),
        # --- the day ------------------------------------------------------------------------------
        Transition(
            action="take_effect",
            label="生效",
            sources=frozenset({SCHEDULED}),
            target=IN_FORCE,
            role=(Party.SYSTEM,),
            guard=(guards.its_day_has_come,),
            effects=(effects.take_effect,),
        ),
        Transition(
            action="withdraw",
            label="撤回申请",
            sources=frozenset({DRAFTING, AT_HEAD, VERIFYING, VERIFIED}),
            target=WITHDRAWN,
            role=(May.EDIT_ITEM, May.SUBMIT_ITEM),
            needs_reason=True,
            form="reason",
        ),
    ),
)
