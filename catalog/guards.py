"""What must hold before an act on a change: each raises a DomainError; without input, whether it may be offered."""

from __future__ import annotations

from catalog import contents
from catalog.models import ItemChange
from catalog.states import BY_MEETING, TO_ANOTHER, WITH_EDITION, ChangeKind
from portal.clock import local_date
from portal.transitions.process import Context
from portal.web.errors import NotAllowed, WrongState


def _change(ctx: Context) -> ItemChange:
    change: ItemChange = ctx.subject
    return change


def change_is_complete(ctx: Context) -> None:
    """0.13, APP-4: what the public needs is all there, and why and since when the change is asked for."""
    change = _change(ctx)
    missing = missing_in(change)
    if missing:
        raise WrongState(f"还不能提交：{missing[0]}" + (f"（共 {len(missing)} 处）" if len(missing) > 1 else ""))


def missing_in(change: ItemChange) -> list[str]:
    """Everything that keeps a change from being submitted, as sentences; empty when it may be."""
    found = []
    kind = ChangeKind(change.kind)
    if not change.reason.strip():
        found.append("请写明变更理由。")
    if not change.basis.strip():
        found.append("请写明变更依据：文件名称和文号，或者修改了的条文。")
    if change.occurred_on is None:
        found.append("请填写变更情形发生的日期。")
    if change.effective_on is None:
        found.append("请填写拟生效日期。")
    if kind in TO_ANOTHER and change.receiving_department_id is None:
        found.append("请选择接收部门。")
    if kind == ChangeKind.PEOPLE and not change.people_note.strip():
        found.append("请写明人员怎么调整。")
    if kind == ChangeKind.MERGER and len(change.merged.all()) < 2:
        found.append("合并至少要选两个事项。")
    if kind in WITH_EDITION:
        found += [f"{fault.message}。" for fault in contents.faults_of(change.content or {})]
    return found


def remarks_are_answered(ctx: Context) -> None:
    """What 编办 remarked has an answer before the draft goes up again."""
    waiting = _change(ctx).remarks.filter(sent=True, answered_at=None).count()
    if waiting:
        raise WrongState(f"编办的 {waiting} 条核定意见还没有答复，请逐条写明怎么改的。", code="remarks_open")


def verifier_is_another_person(ctx: Context) -> None:
    """Nobody verifies what they drafted or submitted."""
    change = _change(ctx)
    if ctx.actor.user_id in (change.drafter_id, change.submitter_id, change.edited_by_id):
        raise NotAllowed("您起草、修改或者提交过这项变更，不能由您核定。", code="verifier_is_drafter")


def meeting_decides(ctx: Context) -> None:
    if ChangeKind(_change(ctx).kind) not in BY_MEETING:
        raise WrongState("这类变更不用经过常务会议，核定后直接公布。", code="no_meeting_needed")


def verification_decides(ctx: Context) -> None:
    if ChangeKind(_change(ctx).kind) in BY_MEETING:
        raise WrongState("这类变更要经市政府常务会议研究，不能直接公布。", code="meeting_needed")


def meeting_is_not_recorded(ctx: Context) -> None:
    meeting = _change(ctx).meeting
    if meeting is not None and meeting.is_recorded:
        raise WrongState("会议决定已经记录，请按会议的决定办理。", code="meeting_recorded")


def meeting_has_decided(ctx: Context) -> None:
    """The resolution stands first; each item of the agenda then follows it."""
    meeting = _change(ctx).meeting
    if meeting is None or not meeting.is_recorded:
        raise WrongState("会议决定还没有记录，请先填写纪要文号和会议决定。", code="meeting_open")


def its_day_has_come(ctx: Context) -> None:
    day = _change(ctx).effective_on
    if day is None or local_date(ctx.now) < day:
        raise WrongState("还没有到生效日期。", code="not_due")
