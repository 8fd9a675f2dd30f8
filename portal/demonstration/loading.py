"""Loads the demonstration city: one transaction, in which the virtual days of a year pass in order."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import structlog
from django.db import connection, transaction

from applications import services
from applications.models import Case
from catalog.models import ItemEdition
from catalog.queries import editions_in_force
from portal import clock
from portal.accounts.models import Staff
from portal.clock import SHANGHAI
from portal.demonstration import changes, personas, staff
from portal.demonstration.acting import Running, Stage
from portal.demonstration.casting import Casting
from portal.demonstration.looking import look_in
from portal.demonstration.names import Names
from portal.demonstration.plans import Grid, Step
from portal.demonstration.residents import Population, settle
from portal.messaging import services as messaging
from portal.messaging.models import Message
from portal.outbox import services as outbox
from portal.outbox.models import Job
from portal.web.errors import DomainError
from portal.workdays.queries import current_calendar

CASES: Final = 400
PERSONS: Final = 300
FIRMS: Final = 60
WORKDAYS: Final = 245
#: Messages older than this count as read.
READ_AFTER: Final = dt.timedelta(days=6)
LOCK: Final = 20150725

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made; `steps_left_out` counts planned acts that the law did not allow (none, unless a plan is wrong)."""

    staff: int
    persons: int
    firms: int
    cases: int
    steps_left_out: int


def is_loaded() -> bool:
    """Whether the city is there, whole: it comes in one transaction."""
    return bool(personas.listed())


@transaction.atomic
def load_city(*, seed: int, cases: int = CASES, persons: int = PERSONS, firms: int = FIRMS) -> Loaded | None:
    """Make the city as of today; None when it is there already. Equal seed and day give equal business fields."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # The locks of acts join a dozen tables by their keys: looking for a better order costs more than running them.
        cursor.execute("SET LOCAL join_collapse_limit = 1")
        cursor.execute("SET LOCAL jit = off")
    if is_loaded():
        staff.give_second_factors()  # a city from before there were any
        return None
    today = clock.today()
    grid = _grid(today)
    editions = list(editions_in_force(today).prefetch_related("situations", "materials", "bases"))
    names = Names(Random(f"{seed}/names"))
    opening = _at(grid.days[0] - dt.timedelta(days=45), dt.time(9))
    with clock.shifted(opening):
        workforce = staff.recruit(names, sorted({edition.department.number for edition in editions}))
    population = settle(
        names,
        Random(f"{seed}/residents"),
        workforce.general[0][0],
        persons=persons,
        firms=firms,
        since=opening + dt.timedelta(days=7),
    )
    casting = Casting(editions, population, grid, Random(f"{seed}/cases"), total=cases)
    left_out = Year(grid, Stage(workforce)).pass_by(casting)
    _begin_a_draft(editions, population, today)
    changes.propose(today)
    visitor = population.citizens["firm"].actor
    assert visitor is not None
    look_in(workforce, visitor, grid.days[-1])
    staff.give_passwords()
    staff.give_second_factors()
    return Loaded(
        staff=Staff.objects.count(),
        persons=persons,
        firms=firms,
        cases=Case.objects.count(),
        steps_left_out=left_out,
    )


class Year:
    """Lets the virtual days pass: first what the law and the worker do in the night, then the people's acts."""

    def __init__(self, grid: Grid, stage: Stage) -> None:
        self.grid, self.stage = grid, stage
        self.left_out = 0

    def pass_by(self, casting: Casting) -> int:
        """Play all courses; returns how many steps were left out."""
        steps: dict[dt.date, list[tuple[dt.datetime, int, int, Running, Step]]] = defaultdict(list)
        for place, part in enumerate(casting.parts()):
            running = self.stage.cast(part)
            for order, step in enumerate(part.course.steps):
                steps[clock.local_date(step.at)].append((step.at, place, order, running, step))
        day = self.grid.days[0]
        while day < self.grid.today:
            self._night(day)
            for at, _place, _order, running, step in sorted(steps[day], key=lambda entry: entry[:3]):
                self._play(at, running, step)
            day += dt.timedelta(days=1)
        self._night(day)
        return self.left_out

    def _night(self, day: dt.date) -> None:
        with clock.shifted(_at(day, dt.time(0, 0, 1))) as now:
            while services.sweep(500) >= 500:
                pass
            if Job.objects.open().filter(due_at__lte=now).exists():
                outbox.run_due(1000)
            if day == self.grid.today - READ_AFTER:
                for user_id in set(Message.objects.filter(read_at=None).order_by().values_list("user_id", flat=True)):
                    messaging.mark_all_read(user_id=user_id, now=now)

    def _play(self, at: dt.datetime, running: Running, step: Step) -> None:
        with clock.shifted(at):
            try:
                self.stage.play(running, step)  # each act takes back what it began
            except DomainError as error:
                self.left_out += 1
                logger.warning(
                    "demonstration_step_left_out",
                    item=running.part.edition.item.number,
                    scenario=running.part.scenario.name,
                    action=step.action,
                    code=error.code,
                )


def _begin_a_draft(editions: Sequence[ItemEdition], population: Population, today: dt.date) -> None:
    """The citizen with a firm has begun one more application; not the food permit, which a visitor will try."""
    edition = next(edition for edition in editions if edition.item.number == 18)
    citizen = population.citizens["firm"]
    assert citizen.actor is not None
    with clock.shifted(_at(today - dt.timedelta(days=1), dt.time(20, 15))):
        draft = services.begin_draft(edition=edition, actor=citizen.actor)
        services.save_draft(draft_id=draft.pk, actor=citizen.actor, step="conditions")
        services.save_draft(
            draft_id=draft.pk, actor=citizen.actor, step="applicant", legal_person=population.persona_firm.legal
        )


def _grid(today: dt.date) -> Grid:
    calendar = current_calendar()
    days: list[dt.date] = []
    day = today
    while len(days) < WORKDAYS:
        day -= dt.timedelta(days=1)
        if calendar.is_workday(day):
            days.append(day)
    return Grid(days=days[::-1], today=today, today_works=calendar.is_workday(today))


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, SHANGHAI)
