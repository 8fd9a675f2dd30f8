"""Cases that go through the services: one with sixty events, and fresh ones that wait for acceptance."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from django.db import transaction

from applications import services
from applications.models import Case, CaseMaterial
from portal import clock
from portal.accounts.models import User
from portal.web.grants import Actor
from tests import factories
from tests.benchmarks.seeding.people import Team

EVENTS = 60


def live(team: Team, applicant: User) -> Case:
    """A case in review with sixty events: pauses, returns to the reviewer, claims. All of it happened now."""
    case = receivable(team, applicant)
    clerk, reviewer, approver = (team.actor(user) for user in (team.clerk, team.reviewer, team.approver))
    factories.do(case, "accept", clerk)
    until = (clock.today() + dt.timedelta(days=30)).isoformat()
    for _ in range(10):
        factories.do(case, "pause", reviewer, procedure="inspection", until=until, reason="需要现场检验")
        factories.do(case, "resume", reviewer, result="检验合格")
    for _ in range(15):
        factories.do(case, "review", reviewer, recommendation="grant", opinion="材料齐全，符合条件")
        factories.do(case, "return_to_reviewer", approver, opinion="请补充现场情况")
    while (left := EVENTS - case.acts.count()) > 0:
        case.refresh_from_db(fields=["claimed_by"])
        factories.do(case, "release" if case.claimed_by_id is not None else "claim", reviewer)
        assert case.acts.count() > EVENTS - left
    return case


@transaction.atomic
def receivable(team: Team, applicant: User) -> Case:
    """A submitted case whose materials the clerk has found complete."""
    case = factories.online_case(team.edition, applicant)
    case.materials.update(conclusion=CaseMaterial.Conclusion.COMPLETE)
    return case


def accept(case_id: UUID, clerk: Actor) -> None:
    """The act that is timed; who the clerk is and may do, the request has found out before."""
    services.apply(case_id=case_id, action="accept", actor=clerk, key=uuid4())
