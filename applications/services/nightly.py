"""The cases' part of `manage.py verify`: impossible data, numbers with gaps, paths that the table does not know."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

from applications.models import Act, Case, CaseClock, CaseNumberCounter
from applications.services.consistency import find_faults
from applications.services.numbers import number_prefix
from applications.transitions import SUBMIT, TABLE
from portal import clock
from portal.web.checks import Scope

#: Acts outside the table that change no state: a calendar that was announced.
BESIDES: Final = frozenset({"recount"})


def check_data(scope: Scope) -> Iterator[str]:
    """What `check_cases` finds; where nothing acts any more, also clocks that are due."""
    now = clock.now()
    for fault in find_faults(now):
        yield f"办件 {_number_of(fault.case_id)}（{fault.check}）：{fault.text}。"
    if scope.settled:
        for case_id in CaseClock.objects.filter(next_check_at__lte=now).values_list("case_id", flat=True):
            yield f"办件 {_number_of(case_id)} 的时限到了检查时刻，还没有检查。"


def _number_of(case_id: UUID) -> str:
    return Case.objects.filter(pk=case_id).values_list("number", flat=True).first() or str(case_id)


# --- numbers -------------------------------------------------------------------------------------------


def check_numbers(_scope: Scope) -> Iterator[str]:
    """Of each department and day: 1 to the counter's last, each once (the number is unique)."""
    counters = {
        number_prefix(number, day): (f"{name} {day:%Y-%m-%d}", last)
        for number, name, day, last in CaseNumberCounter.objects.order_by("pk").values_list(
            "department__number", "department__name", "day", "last"
        )
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(number, 17), array_agg(substr(number, 18, 5)::int ORDER BY number) "
            f"FROM {Case._meta.db_table} GROUP BY 1 ORDER BY 1"
        )
        stored: dict[str, list[int]] = dict(cursor.fetchall())
    for prefix in sorted(counters.keys() | stored.keys()):
        where, last = counters.get(prefix, (f"编号以 {prefix} 开头的办件", 0))
        given = stored.get(prefix, [])
        if missing := sorted(set(range(1, last + 1)) - set(given)):
            yield f"{where} 的办件编号有缺号：{_listed(missing)}。"
        if beyond := [seq for seq in given if seq > last]:
            yield f"{where} 的办件编号超过了计数 {last}：{_listed(beyond)}。"


def _listed(numbers: list[int]) -> str:
    return "、".join(map(str, numbers[:10])) + (f" 等 {len(numbers)} 个" if len(numbers) > 10 else "")


# --- paths ---------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """An act as it is stored."""

    case_id: UUID
    number: str
    state: str
    action: str
    from_state: str
    to_state: str


def check_paths(_scope: Scope) -> Iterator[str]:
    """Replay every case through the transition table: each step lawful, the last one where the case is now."""
    yield from _replayed()
    yield from _acts_without_their_event()
    yield from _events_without_their_act()


def _replayed() -> Iterator[str]:
    rows = (
        Act.objects.order_by("case_id", "seq")
        .values_list("case_id", "case__number", "case__state", "action", "from_state", "to_state")
        .iterator(5_000)
    )
    for _, steps in groupby((Step(*row) for row in rows), key=lambda step: step.case_id):
        if fault := fault_of_path(list(steps)):
            yield fault
    for number in Case.objects.filter(acts=None).order_by("number").values_list("number", flat=True):
        yield f"办件 {number} 没有办理过程。"


def fault_of_path(steps: list[Step]) -> str:
    """The first step that the table does not allow, in a sentence; empty for a lawful path."""
    state = ""
    for place, step in enumerate(steps, start=1):
        reached = _reached(state, step, first=place == 1)
        if step.from_state != state or reached is None or step.to_state != reached:
            return (
                f"办件 {step.number} 第 {place} 步“{step.action}”不合规定："
                f"前一步到“{state}”，这一步从“{step.from_state}”到“{step.to_state}”。"
            )
        state = reached
    last = steps[-1]
    return "" if state == last.state else f"办件 {last.number} 的过程到“{state}”，存下的状态却是“{last.state}”。"


def _reached(state: str, step: Step, *, first: bool) -> str | None:
    """Where the table says that an act leads from a state; None when it does not start there."""
    if first or step.action == SUBMIT.action:
        return SUBMIT.target if first and step.action == SUBMIT.action else None
    if step.action in BESIDES:
        return state
    try:
        transition = TABLE.find(step.action)
    except LookupError:
        return None
    if state not in transition.sources:
        return None
    return transition.target or state


def _acts_without_their_event() -> Iterator[str]:
    sql = f"""
        SELECT c.number, a.seq, a.action FROM {Act._meta.db_table} a JOIN {Case._meta.db_table} c ON c.id = a.case_id
        LEFT JOIN audit.event e ON e.id = a.ledger_seq
        WHERE e.id IS NULL OR e.subject <> a.case_id OR e.kind <> %s || '.' || a.action
           OR encode(e.hash, 'hex') <> a.ledger_hash
        ORDER BY c.number, a.seq
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [TABLE.name])
        for number, seq, action in cursor.fetchall():
            yield f"办件 {number} 第 {seq} 步“{action}”与存证的事件对不上。"


def _events_without_their_act() -> Iterator[str]:
    sql = f"""
        SELECT e.subject, e.seq, e.kind FROM audit.event e
        WHERE e.kind = ANY(%s) AND NOT EXISTS (SELECT 1 FROM {Act._meta.db_table} a WHERE a.ledger_seq = e.id)
        ORDER BY e.subject, e.seq
    """
    actions = [SUBMIT.action, *BESIDES, *(transition.action for transition in TABLE.transitions)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [[f"{TABLE.name}.{action}" for action in actions]])
        for subject, seq, kind in cursor.fetchall():
            yield f"存证链 {subject} 第 {seq} 个事件 {kind} 没有对应的办理过程。"
