"""The hall's lists over all departments (一口受理): what waits for acceptance, for a correction, for handing over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from applications.models import Act, Case, Task
from applications.permissions import CasePermission
from applications.queries.scope import Reach, reach
from applications.states import CaseChannel, CaseState
from portal.accounts.models import Person, Posting
from portal.organizations.models import Window
from portal.privacy.identifiers import normalise, normalise_mobile
from portal.privacy.services import blind_index
from portal.web.grants import Actor, Grants
from portal.web.paging import CappedCount, capped_count

#: As long as the queue beside the work may get; the rest is found by search.
LONGEST_QUEUE: Final = 50
HANDOVER_TASKS: Final = (Task.Kind.CONCLUDE, Task.Kind.DELIVER)
INTAKE: Final = (CasePermission.RECEIVE_CASE, CasePermission.ACCEPT_CASE)


def intake_reach(grants: Grants) -> Reach:
    """The departments for which the clerk takes in cases."""
    return reach(grants, INTAKE)


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of one channel, by acceptance deadline, and how many wait in each."""

    cases: list[Case]
    counts: Mapping[str, CappedCount]

    @property
    def total(self) -> int:
        return sum(count.number for count in self.counts.values())


def waiting(where: Reach) -> QuerySet[Case]:
    """Cases whose acceptance nobody has decided yet."""
    return Case.objects.filter(where.q("clock__department"), clock__open=True, clock__state=CaseState.RECEIVED)


def queue(where: Reach, channel: str) -> Queue:
    """3 queries: the rows of a channel, and the count of each."""
    rows = (
        waiting(where)
        .filter(channel=channel)
        .select_related("edition", "clock", "applicant_person__key", "agent", "claimed_by__staff")
        .order_by("clock__sort_on", "clock__case")
    )
    counts = {value: capped_count(waiting(where).filter(channel=value)) for value in CaseChannel.values}
    return Queue(list(rows[:LONGEST_QUEUE]), counts)


def correcting(where: Reach) -> QuerySet[Case]:
    """Cases that wait for the applicant's correction, by the end of the period."""
    return (
        Case.objects.filter(where.q("clock__department"), clock__open=True, clock__state=CaseState.CORRECTING)
        .select_related("edition", "department", "clock", "correction")
        .order_by("clock__sort_on", "clock__case")
    )


def handing_over(where: Reach) -> QuerySet[Task]:
    """Open tasks to conclude a decided case, or to deliver its result."""
    return (
        Task.objects.filter(where.q(), done_at=None, kind__in=HANDOVER_TASKS)
        .select_related("case__edition", "case__department", "case__clock")
        .order_by(F("case__clock__delivery_due_on").asc(nulls_last=True), "pk")
    )


def acts_of_today(user_id: UUID | None, since: dt.datetime) -> QuerySet[Act]:
    """What the clerk has done since the morning, newest first."""
    return (
        Act.objects.filter(actor_id=user_id, at__gte=since)
        .select_related("case__edition")
        .order_by("-at", "-seq")
    )


def desk_counts(grants: Grants) -> dict[str, CappedCount]:
    """The figures of the hall's tabs (3 queries)."""
    where = intake_reach(grants)
    return {
        "intake": capped_count(waiting(where)),
        "correction": capped_count(
            Case.objects.filter(where.q("clock__department"), clock__open=True, clock__state=CaseState.CORRECTING)
        ),
        "handover": capped_count(
            Task.objects.filter(
                reach(grants, [CasePermission.DELIVER_CASE]).q(), done_at=None, kind__in=HANDOVER_TASKS
            )
        ),
    }


def window_of(actor: Actor, on: dt.date) -> Window | None:
    """Where the clerk stands today (1 query)."""
    posting = (
        Posting.objects.filter(staff__user=actor.user_id, valid_from__lte=on)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))
        .select_related("window")
        .order_by("-valid_from", "pk")
        .first()
    )
    return posting.window if posting is not None else None


def persons_by_phone_or_name(question: str, limit: int = 10) -> list[Person]:
    """Persons whom the hall has verified, by exact phone or exact name (1 query)."""
    wanted = question.strip()
    mobile = normalise_mobile(wanted)
    condition = Q(name=wanted)
    if mobile:
        condition |= Q(phone_index=blind_index("phone", mobile))
    return list(
        Person.objects.filter(condition, verified_at__isnull=False).select_related("key").order_by("name", "pk")[:limit]
    )


def normal_number(question: str) -> str:
    """An identity number or credit code without blanks, in capitals."""
    return normalise(question)
