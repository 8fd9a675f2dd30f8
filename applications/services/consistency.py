"""The nightly check for impossible data: what no rule of ours can make, found before a citizen finds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from applications.clockwork import reading_of
from applications.models import Act, Case, CaseClock, ClockEvent, Opinion, SpecialProcedure, Task
from applications.recording import TASK_OF_STATE
from applications.rules import CODE_OF_LEVEL, RUNNING
from applications.states import DECIDED_STATES, FINAL_STATES
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument
from portal.workdays.terms import ClockError

#: How far behind the sweep may be before it counts as a fault.
GRACE = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Fault:
    """One impossible thing: which case, which check, and what is so."""

    case_id: UUID
    check: str
    text: str


def find_faults(now: dt.datetime) -> Iterator[Fault]:
    """All faults, check after check; a clean database gives none."""
    yield from _narrow_row_differs()
    yield from _sweep_is_behind(now)
    yield from _tasks_do_not_fit()
    yield from _acts_have_gaps()
    yield from _papers_are_missing()
    yield from _one_person_did_both()
    yield from _clock_differs(now)


def _narrow_row_differs() -> Iterator[Fault]:
    wrong = (
        CaseClock.objects.exclude(state=F("case__state"))
        | CaseClock.objects.filter(open=True, case__state__in=FINAL_STATES)
        | CaseClock.objects.filter(open=False).exclude(case__state__in=FINAL_STATES)
        | CaseClock.objects.exclude(department=F("case__department"))
    )
    for case_id in wrong.values_list("case_id", flat=True).distinct():
        yield Fault(case_id, "narrow_row", "时限表的状态与办件不一致")
    for case_id in Case.objects.filter(clock=None).values_list("pk", flat=True):
        yield Fault(case_id, "narrow_row", "没有时限记录")


def _sweep_is_behind(now: dt.datetime) -> Iterator[Fault]:
    for case_id in CaseClock.objects.filter(next_check_at__lt=now - GRACE).values_list("case_id", flat=True):
        yield Fault(case_id, "sweep_behind", "到期检查没有按时进行")
    stopped = CaseClock.objects.filter(next_check_at__isnull=False).filter(
        Q(state__in=FINAL_STATES) | Q(state__in=DECIDED_STATES)
    )
    for case_id in stopped.values_list("case_id", flat=True):
        yield Fault(case_id, "clock_runs_after_end", "已经决定或者结束，时限还在走")


def _tasks_do_not_fit() -> Iterator[Fault]:
    for task in Task.objects.filter(done_at=None).select_related("case"):
        if TASK_OF_STATE.get(task.case.state) != task.kind:
            yield Fault(task.case_id, "task", f"状态是“{task.case.get_state_display()}”，却有“{task}”任务")
    idle = Case.objects.exclude(state__in=FINAL_STATES).annotate(
        busy=Exists(Task.objects.filter(case=OuterRef("pk"), done_at=None))
    )
    for case_id in idle.filter(busy=False).values_list("pk", flat=True):
        yield Fault(case_id, "task", "没有结束，却没有人要做的任务")


def _acts_have_gaps() -> Iterator[Fault]:
    for model, name in ((Act, "办理过程"), (ClockEvent, "时限事件")):
        counted = model.objects.order_by().values("case").annotate(n=Count("pk"), last=Max("seq"))
        for case_id in counted.exclude(n=F("last")).values_list("case", flat=True):
            yield Fault(case_id, "sequence", f"{name}的次序有缺口")


def _papers_are_missing() -> Iterator[Fault]:
    """ACC-7, REV-5: no acceptance and no decision without its document."""
    kinds: dict[UUID, set[str]] = {}
    for case_id, kind in OfficialDocument.objects.filter(subject_kind="case").values_list("subject_id", "kind"):
        kinds.setdefault(case_id, set()).add(kind)
    wanted = {"granted": DocumentKind.GRANT, "refused": DocumentKind.REFUSAL}
    for case in Case.objects.only("pk", "accepted_at", "decision"):
        has = kinds.get(case.pk, set())
        if case.accepted_at is not None and DocumentKind.ACCEPTANCE not in has:
            yield Fault(case.pk, "document", "已受理，没有受理通知书")
        if case.decision and wanted[case.decision] not in has:
            yield Fault(case.pk, "document", "已决定，没有决定书")


def _one_person_did_both() -> Iterator[Fault]:
    """Domain 3.1, beside the constraints of the table: the opinions tell it too."""
    reviews = Opinion.objects.filter(stage="review", case=OuterRef("pk"), author=OuterRef("approver"))
    both = Case.objects.filter(approver__isnull=False).filter(Exists(reviews))
    for case_id in both.values_list("pk", flat=True):
        yield Fault(case_id, "separation", "批准人也是审核人")
    open_after_end = SpecialProcedure.objects.filter(ended_on=None).exclude(case__state__in=RUNNING)
    for case_id in open_after_end.values_list("case_id", flat=True):
        yield Fault(case_id, "pause", "已经不在审核、审批，特别程序还没有结束")


def _clock_differs(now: dt.datetime) -> Iterator[Fault]:
    """The stored row against its events read anew; rows that the sweep has yet to visit are left to it."""
    rows = CaseClock.objects.filter(open=True).exclude(next_check_at__lte=now)
    for row in rows.select_related("case__edition", "case__situation").iterator(chunk_size=500):
        try:
            read = reading_of(row.case, now)
        except ClockError as error:
            yield Fault(row.case_id, "clock", f"时限事件不合法：{error.message}")
            continue
        stored = (
            row.accepted_on,
            row.deemed_accepted,
            row.promised_due_on,
            row.statutory_due_on,
            row.level,
            row.paused,
        )
        again = (
            read.accepted_on,
            read.deemed_accepted,
            read.promised_due_on,
            read.statutory_due_on,
            CODE_OF_LEVEL[read.level],
            read.paused and not read.closed,
        )
        if stored != again:
            yield Fault(row.case_id, "clock", f"时限记录与重新计算不一致：{stored} ≠ {again}")
