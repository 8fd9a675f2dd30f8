"""Staff look into cases of the persona with a firm, one of them without a task; the persona asks why."""

from __future__ import annotations

import datetime as dt

from applications.models import Case
from applications.queries import cases_of_applicant
from applications.services import opening
from portal import clock
from portal.accounts.models import Staff
from portal.demonstration.personas import SUPERVISION
from portal.demonstration.staff import Desk, Workforce
from portal.readings import queries
from portal.readings import services as readings
from portal.readings.models import Reading
from portal.web.errors import AskFirst
from portal.web.grants import Actor, actor_of
from portal.web.keys import uuid7


def look_in(workforce: Workforce, citizen: Actor, day: dt.date) -> None:
    """On one morning; in the afternoon the persona has read who it was."""
    with clock.shifted(_at(day, dt.time(10, 20))):
        found = cases_of_applicant(citizen, day).filter(received_at__lt=clock.now())
        cases = list(found.select_related("department", "clock", "edition")[:4])
        for case in cases:
            _work_on(workforce.desks[case.department.number], case)
    if not cases:
        return
    with clock.shifted(_at(day, dt.time(11, 5))):
        supervisor = actor_of(Staff.objects.get(number=f"S{SUPERVISION}01").user)
        opening.state_reason(
            actor=supervisor,
            case_id=cases[0].pk,
            reason=Reading.Reason.SUPERVISING,
            words="抽查本月办结的办件，核对承诺时限",
            key=uuid7(),
        )
    with clock.shifted(_at(day, dt.time(15, 10))):
        marked = queries.mine(citizen, day).filter(task="").first()
        if marked is not None:
            readings.ask(actor=citizen, reading_id=marked.pk, words="我的办件没有投诉，也没有超期，为什么要看？")


def _work_on(desk: Desk, case: Case) -> None:
    """Whoever of the department has a task on the case opens it."""
    for actor in (*desk.clerks, *desk.reviewers, desk.approver):
        if actor is None:
            continue
        try:
            opening.note_reading(actor=actor, case=case, kind=Reading.Kind.CASE, now=clock.now())
        except AskFirst:
            continue


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, clock.SHANGHAI)
