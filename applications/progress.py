"""How a case stands, in words, for applicants and for the public: tag, what is to do, until when, what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from applications.identity import marked_name
from applications.links import document_url
from applications.models import Act, Case, Delivery, SpecialProcedure
from applications.rules import RUNNING
from applications.states import FINAL_STATES, CaseChannel, CaseState, Decision
from portal.clock import SHANGHAI, local_date
from portal.documents.models import OfficialDocument
from portal.privacy.masking import UNIT_UNCONFIRMED, mask_party
from portal.web.dates import date_text, day_text, moment_full, moment_text, weekday_text
from portal.workdays.explanation import PROVISIONAL, limit_text, overdue_text, remaining_text
from portal.workdays.queries import current_calendar
from portal.workdays.reading import ClockReading
from portal.workdays.terms import Unit

_TAGS: Final[dict[str, str]] = {
    CaseState.RECEIVED: "neutral",
    CaseState.CORRECTING: "wait",
    CaseState.REVIEWING: "run",
    CaseState.APPROVING: "run",
    CaseState.GRANTED: "done",
    CaseState.REFUSED: "stop",
    CaseState.CONCLUDED: "done",
}
#: Acts after which nothing good comes: the timeline marks them with a cross.
_STOPS: Final = frozenset({"refuse", "not_required", "not_competent", "lapse", "withdraw", "terminate"})
_LAW_45: Final = "依照《行政许可法》第四十五条，这段时间不算在时限内"


def state_tag(case: Case) -> tuple[str, str]:
    """Kind and word of the status tag; `case.clock` is joined."""
    if case.state in RUNNING and case.clock.paused:
        return "pause", "暂停计时"
    if case.state == CaseState.CONCLUDED:
        return ("stop", "不予，已办结") if case.decision == Decision.REFUSED else ("done", "准予，已办结")
    return _TAGS.get(case.state, "neutral"), case.get_state_display()


def public_name(case: Case) -> str:
    """The applicant as anybody may read it: a person masked, a legal person in full (domain reference 11.3).

    A firm that no window has confirmed may be somebody else's name, and is masked.
    """
    named = case.applicant_legal is not None and case.applicant_legal.is_confirmed
    return mask_party(case.applicant_name, is_person=not named)


def own_name(case: Case) -> str:
    """The applicant on the applicant's own pages."""
    name = mask_party(case.applicant_name, is_person=case.applicant_person_id is not None)
    if case.applicant_legal is None or case.applicant_legal.is_confirmed:
        return name
    return marked_name(name, UNIT_UNCONFIRMED)


def due_text(case: Case) -> str:
    """One sentence for a list: until when something has to happen."""
    clock = case.clock
    if case.state == CaseState.RECEIVED:
        return f"最迟 {date_text(clock.acceptance_due_on)}答复是否受理"
    if case.state == CaseState.CORRECTING:
        return f"请在 {date_text(clock.correction_due_on)}前补正"
    if case.state in RUNNING:
        if clock.promised_due_on is None:
            return ""
        return "暂停计时，到期日顺延" if clock.paused else f"最迟 {date_text(clock.promised_due_on)}办结"
    if case.state in (CaseState.GRANTED, CaseState.REFUSED):
        return f"{day_text(case.decided_at)}已决定，正在制证、送达"
    return f"{day_text(case.closed_at)}结束" if case.closed_at is not None else ""


@dataclass(frozen=True, slots=True)
class DueCard:
    """The card beside the progress: what is due, which day, how much is left."""

    label: str
    day: str
    note: str
    detail: str
    used: int
    limit: int
    overdue: bool
    explained: bool
    """Whether the page 为什么是这一天 has something to say."""
    provisional: str = ""
    """That the day may move, where the calendar of its year is provisional."""


def due_card(case: Case, read: ClockReading) -> DueCard | None:
    """None when nothing is due any more."""
    clock = case.clock
    due: dt.date | None
    if case.state == CaseState.RECEIVED:
        due, label, detail = clock.acceptance_due_on, "最迟答复是否受理", "5 个工作日内不答复的，视为受理"
    elif case.state == CaseState.CORRECTING:
        due, label, detail = clock.correction_due_on, "最迟补正", "到期没有补交的，按补正不来办结"
    elif case.state in RUNNING and read.promised_due_on is not None:
        return _running_card(read)
    else:
        return None
    return DueCard(
        label,
        day_text(due),
        weekday_text(due),
        detail,
        0,
        0,
        False,
        case.state == CaseState.RECEIVED,
        PROVISIONAL if may_move(case) else "",
    )


def may_move(case: Case) -> bool:
    """Whether the day that is waited for lies in a year whose notice on holidays is not there yet."""
    clock = case.clock
    begun: dt.datetime | None
    due: dt.date | None
    match case.state:
        case CaseState.REVIEWING | CaseState.APPROVING:
            return clock.provisional
        case CaseState.RECEIVED:
            begun, due = case.received_at, clock.acceptance_due_on
        case CaseState.CORRECTING:
            begun, due = case.received_at, clock.correction_due_on
        case CaseState.GRANTED | CaseState.REFUSED | CaseState.CONCLUDED if case.delivered_at is None:
            begun, due = case.decided_at, clock.delivery_due_on
        case _:
            return False
    return begun is not None and due is not None and current_calendar().is_provisional(local_date(begun), due)


def _running_card(read: ClockReading) -> DueCard:
    late = overdue_text(read)
    left = "，" + (late or remaining_text(read).replace("剩", "还剩", 1))
    limit, used = read.promised_days or 0, read.used or 0
    promised = limit_text(read.rule.promised, read.extension) if read.rule is not None else ""
    unit = "个" if read.unit is Unit.WORKDAY else "天"
    return DueCard(
        label="最迟办结",
        day=day_text(read.promised_due_on),
        note=f"{weekday_text(read.promised_due_on)}{left}",
        detail=f"承诺 {promised}，已用 {used} {unit}" if limit else "即办事项，受理当天办结",
        used=min(used, limit),
        limit=limit,
        overdue=bool(late),
        explained=True,
        provisional=PROVISIONAL if read.provisional else "",
    )


def timeline_entries(
    case: Case,
    acts: Iterable[Act],
    now: dt.datetime,
    *,
    procedures: Iterable[SpecialProcedure] = (),
    documents: Mapping[UUID, OfficialDocument] | None = None,
    read: ClockReading | None = None,
) -> list[dict[str, Any]]:
    """What happened, what is going on, what comes; with `documents` (the applicant's page) acts link to papers."""
    begun = {procedure.started_at: procedure for procedure in procedures}
    year = now.astimezone(SHANGHAI).year
    entries = []
    for act in acts:
        if not act.public_label:
            continue
        when = moment_text(act.at) if act.at.astimezone(SHANGHAI).year == year else moment_full(act.at)
        entry = _entry(act.public_label, when, _note(case, act, begun.get(act.at)), _state_of(act))
        if act.action == "pause" and act.at in begun:
            entry["title"] = f"{begun[act.at].name}，暂停计时"
        document = (documents or {}).get(act.document_id) if act.document_id is not None else None
        if document is not None:
            entry["link"] = f"{document.get_kind_display()}　{document.number}"
            entry["url"] = document_url(document)
        entry["mark"] = str(act.ledger_seq)
        entries.append(entry)
    return [*entries, *_ahead(case, read)]


def _entry(title: str, time: str, note: str, state: str) -> dict[str, Any]:
    return {"title": title, "time": time, "note": note, "state": state, "url": "", "link": "", "mark": ""}


def _state_of(act: Act) -> str:
    if act.action == "pause":
        return "paused"
    return "stop" if act.action in _STOPS else "done"


def _note(case: Case, act: Act, procedure: SpecialProcedure | None) -> str:
    """Facts that everyone may read; opinions and reasons stand in the papers."""
    match act.action:
        case "submit":
            return "网上提交" if case.channel == CaseChannel.ONLINE else "大厅窗口收件"
        case "accept" | "supply" | "deemed_acceptance":
            return "从第二天开始计时"
        case "pause":
            return f"最迟 {day_text(procedure.until)}结束。{_LAW_45}" if procedure is not None else _LAW_45
        case "deliver" if case.delivered_at is not None and local_date(case.delivered_at) != local_date(act.at):
            return f"{day_text(case.delivered_at)}送达"
        case "review":
            return "审核意见已提交批准人"
        case _:
            return "作出时已过法定时间" if act.late else ""


def _ahead(case: Case, read: ClockReading | None) -> list[dict[str, Any]]:
    """The present stage and those to come."""
    if case.state in FINAL_STATES:
        waiting = case.state == CaseState.CONCLUDED and case.delivered_at is None
        return [_entry("送达", "现在", "决定作出后 10 个工作日内送达", "now")] if waiting else []
    future = {
        "review": _entry("审核", "", "审核人审查材料", "future"),
        "approve": _entry("审批", "", "批准人作出准予或不予的决定", "future"),
        "conclude": _entry("办结", "", "送达决定和证件，最迟在决定后 10 个工作日内", "future"),
    }
    used = f"，已用 {read.used} 个工作日" if read is not None and read.used and read.unit is Unit.WORKDAY else ""
    handled = f"{case.department.name}承办{used}"
    match case.state:
        case CaseState.RECEIVED:
            now = _entry("窗口预审", "现在", f"最迟 {date_text(case.clock.acceptance_due_on)}答复是否受理", "now")
            return [now, *future.values()]
        case CaseState.CORRECTING:
            note = f"等申请人补正，最迟 {date_text(case.clock.correction_due_on)}"
            return [_entry("补正材料", "现在", note, "now"), *future.values()]
        case CaseState.REVIEWING:
            return [_entry("审核中", "现在", handled, "now"), future["approve"], future["conclude"]]
        case CaseState.APPROVING:
            return [_entry("审批中", "现在", handled, "now"), future["conclude"]]
        case _:
            return [_entry("制作结果", "现在", "决定作出后 10 个工作日内送达", "now")]


def to_do(case: Case, lines: int) -> dict[str, str] | None:
    """What the applicant has to do now; None when nothing waits for him. `lines`: open lines of a correction."""
    if case.state == CaseState.CORRECTING:
        return {
            "lead": f"补交 {lines} 项材料。",
            "sentence": f"{date_text(case.clock.correction_due_on)}前没有补交的，按补正不来办结。",
            "button": "去补正",
        }
    waits = case.state == CaseState.CONCLUDED and case.delivered_at is None
    if waits and case.delivery_method == Delivery.Method.DIRECT:
        return {"lead": "带身份证到窗口领取。", "sentence": f"地点：{case.edition.place}。", "button": ""}
    return None
