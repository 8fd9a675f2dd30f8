"""What happens to the demonstration's cases and when: pure, out of a generator and the working days before today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from portal.clock import SHANGHAI

MORNING: Final = 180  # minutes from 9:00 to 12:00
BUSINESS_MINUTES: Final = 420


@dataclass(frozen=True, slots=True)
class Terms:
    """What of an item decides which courses its cases can take; days are working days."""

    promised: int
    statutory: int | None
    extension: int
    procedures: tuple[str, ...]
    correction_days: int
    countable: bool  # both limits are in working days


@dataclass(frozen=True, slots=True)
class Step:
    """One act at an instant."""

    at: dt.datetime
    action: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Grid:
    """The working days before today, oldest first, and the place of today among them."""

    days: Sequence[dt.date]
    today: dt.date
    today_works: bool

    @property
    def last(self) -> int:
        return len(self.days) - 1

    @property
    def now(self) -> int:
        """The place that today has, or the last working day before it has when today is none."""
        return self.last + 1 if self.today_works else self.last


class Course:
    """A case's steps in order; each at business hours, later than the one before."""

    def __init__(self, grid: Grid, rng: Random, start: int) -> None:
        self.grid, self.rng = grid, rng
        self.place = max(0, min(start, grid.last))
        self.minute = rng.randrange(0, 300)
        self.steps: list[Step] = []

    def do(self, action: str, days: int = 0, **data: Any) -> Course:
        """`days` working days after the step before; what would lie today or later does not happen."""
        if self.place > self.grid.last:
            return self
        if days:
            self.place += days
            self.minute = self.rng.randrange(0, 330)
        else:
            self.minute = min(self.minute + self.rng.randrange(3, 19), BUSINESS_MINUTES - 1)
        if self.place <= self.grid.last:
            self.steps.append(Step(self.at(), action, data))
        return self

    def at(self) -> dt.datetime:
        minute = self.minute if self.minute < MORNING else self.minute + 90
        opening = dt.datetime.combine(self.grid.days[self.place], dt.time(9), SHANGHAI)
        return opening + dt.timedelta(minutes=minute, seconds=self.rng.randrange(60))

    def day(self) -> dt.date:
        return self.grid.days[min(self.place, self.grid.last)]


Maker = Callable[[Grid, Random, Terms], Course]
Fits = Callable[[Terms], bool]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of course, how many of 400 cases take it, and which items can."""

    name: str
    weight: int
    make: Maker
    fits: Fits = lambda terms: True
    open: bool = False


def _past(grid: Grid, rng: Random, room: int) -> int:
    """A beginning within the last twelve months that leaves `room` working days until today."""
    return rng.randrange(8, max(9, grid.last - room))


def _begin(grid: Grid, rng: Random, start: int) -> Course:
    return Course(grid, rng, start).do("begin")


def _taken(course: Course, rng: Random, days: int | None = None) -> Course:
    return course.do("accept", rng.choice((0, 0, 0, 1, 1, 2)) if days is None else days)


def _reviewed(course: Course, rng: Random, within: int, *, grant: bool = True) -> Course:
    """Review and approval within so many working days."""
    first = rng.randrange(0, within + 1)
    course.do("review", first, grant=grant)
    return course.do("grant" if grant else "refuse", max(0, within - first))


def _handed_over(course: Course, rng: Random) -> Course:
    return course.do("conclude", rng.choice((0, 0, 1))).do("deliver", rng.choice((0, 1, 1, 2, 4)))


def _in_time(rng: Random, terms: Terms) -> int:
    return max(0, terms.promised - rng.randrange(1, max(2, terms.promised // 2 + 1)))


def _room(terms: Terms, more: int = 0) -> int:
    return terms.promised + 12 + more


def delivered(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms))), rng)
    return _handed_over(_reviewed(course, rng, _in_time(rng, terms)), rng)


def corrected(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _begin(grid, rng, _past(grid, rng, _room(terms, 12))).do("ask_correction", rng.randrange(0, 3))
    course.do("supply", rng.randrange(1, 6))
    return _handed_over(_reviewed(course, rng, _in_time(rng, terms)), rng)


def resumed(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms, 12))), rng).do("pause", 1, ahead=40)
    course.do("resume", rng.randrange(4, 9))
    return _handed_over(_reviewed(course, rng, max(0, _in_time(rng, terms) - 1)), rng)


def pause_ended(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms, 14))), rng).do("pause", 1, ahead=9)
    course.do("review", 10, grant=True).do("grant", 1)
    return _handed_over(course, rng)


def extended(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms, 14))), rng)
    course.do("extend", terms.promised - 1, n=min(5, terms.extension))
    return _handed_over(_reviewed(course, rng, 3), rng)


def deemed(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _begin(grid, rng, _past(grid, rng, _room(terms, 14)))
    course.do("review", 7, grant=True).do("grant", 1)
    return _handed_over(course, rng)


def late(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms, 20))), rng)
    return _handed_over(_reviewed(course, rng, terms.promised + rng.randrange(1, 4)), rng)


def very_late(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms, 26))), rng)
    return _handed_over(_reviewed(course, rng, terms.promised + rng.randrange(5, 9)), rng)


def returned(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms, 14))), rng)
    course.do("review", 1, grant=True).do("return_to_reviewer", 1).do("review", 1, grant=True).do("grant", 1)
    return _handed_over(course, rng)


def refused(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _taken(_begin(grid, rng, _past(grid, rng, _room(terms, 14))), rng)
    return _handed_over(_reviewed(course, rng, _in_time(rng, terms), grant=False), rng)


def lapsed(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _begin(grid, rng, _past(grid, rng, terms.correction_days + 14)).do("ask_correction", rng.randrange(0, 3))


def withdrawn(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _begin(grid, rng, _past(grid, rng, _room(terms)))
    if rng.random() < 0.5:
        _taken(course, rng)
    return course.do("withdraw", rng.choice((1, 2)))


def not_required(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _begin(grid, rng, _past(grid, rng, 4)).do("not_required", 0)


def not_competent(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _begin(grid, rng, _past(grid, rng, 4)).do("not_competent", 0)


# --- what is open today --------------------------------------------------------------------------------


def received(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _begin(grid, rng, grid.last - rng.choice((0, 0, 0, 1, 1, 2, 3)))
    return course.do("claim_intake", 0) if rng.random() < 0.4 else course


def correcting(grid: Grid, rng: Random, terms: Terms) -> Course:
    start = grid.last - rng.randrange(0, 4)
    return _begin(grid, rng, start).do("ask_correction", rng.randrange(0, 2) if start < grid.last else 0)


def _accepted_ago(grid: Grid, rng: Random, ago: int) -> Course:
    """Accepted so many working days before today."""
    before = rng.choice((0, 0, 1))
    return _taken(_begin(grid, rng, grid.now - ago - before), rng, before)


def _waiting(course: Course, rng: Random) -> Course:
    """At the reviewer, claimed or not, or already at the approver."""
    chance = rng.random()
    if chance < 0.3:
        return course
    if chance < 0.65:
        return course.do("claim_review", 0)
    course.do("review", 1, grant=True)
    return course.do("claim_approval", 0) if chance < 0.8 else course


def reviewing(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _accepted_ago(grid, rng, rng.randrange(1, max(2, int(terms.promised * 0.7))))
    return course.do("claim_review", 0) if rng.random() < 0.5 else course


def approving(grid: Grid, rng: Random, terms: Terms) -> Course:
    ago = rng.randrange(2, max(3, int(terms.promised * 0.7)))
    course = _accepted_ago(grid, rng, ago).do("review", rng.randrange(0, min(3, ago)), grant=rng.random() < 0.9)
    return course.do("claim_approval", 0) if rng.random() < 0.5 else course


def warning(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _waiting(_accepted_ago(grid, rng, terms.promised - rng.choice((0, 1))), rng)


def yellow(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _waiting(_accepted_ago(grid, rng, terms.promised + rng.randrange(1, 4)), rng)


def red(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _waiting(_accepted_ago(grid, rng, terms.promised + rng.randrange(4, 9)), rng)


def paused(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _accepted_ago(grid, rng, rng.randrange(3, 9))
    return course.do("claim_review", 0).do("pause", 1, ahead=rng.randrange(24, 50))


def pause_over(grid: Grid, rng: Random, terms: Terms) -> Course:
    """The planned end has passed; the law has let the clock run again."""
    course = _accepted_ago(grid, rng, 9).do("pause", 1)
    course.steps[-1].data["ahead"] = max(1, (grid.today - course.day()).days - 1)
    return course


def extended_open(grid: Grid, rng: Random, terms: Terms) -> Course:
    course = _accepted_ago(grid, rng, terms.promised)
    return course.do("extend", max(1, terms.promised - 2), n=min(5, terms.extension)).do("claim_review", 0)


def deemed_open(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _begin(grid, rng, grid.now - rng.choice((6, 7)))


def _decided(grid: Grid, rng: Random, terms: Terms, *, grant: bool) -> Course:
    within = _in_time(rng, terms)
    course = _taken(_begin(grid, rng, grid.last - within - rng.choice((0, 0, 1, 2))), rng, 0)
    return _reviewed(course, rng, within, grant=grant)


def granted(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _decided(grid, rng, terms, grant=True)


def refused_open(grid: Grid, rng: Random, terms: Terms) -> Course:
    return _decided(grid, rng, terms, grant=False)


def concluded(grid: Grid, rng: Random, terms: Terms) -> Course:
    within = _in_time(rng, terms)
    course = _taken(_begin(grid, rng, grid.last - within - rng.randrange(1, 7)), rng, 0)
    return _reviewed(course, rng, within).do("conclude", rng.choice((0, 1)))


def _runs(terms: Terms) -> bool:
    return terms.countable and terms.promised >= 5


def _pauses(terms: Terms) -> bool:
    return _runs(terms) and bool(terms.procedures)


def _extends(terms: Terms) -> bool:
    return _runs(terms) and terms.extension > 0


def _has_years_room(terms: Terms) -> bool:
    return terms.promised <= 30


SCENARIOS: Final = (
    Scenario("delivered", 152, delivered, _has_years_room),
    Scenario("corrected", 22, corrected, _has_years_room),
    Scenario("resumed", 10, resumed, _pauses),
    Scenario("pause_ended", 6, pause_ended, lambda t: _pauses(t) and t.promised >= 7),
    Scenario("extended", 8, extended, _extends),
    Scenario("deemed", 6, deemed, lambda t: _runs(t) and t.promised >= 10),
    Scenario("late", 8, late, _runs),
    Scenario("very_late", 5, very_late, _runs),
    Scenario("returned", 5, returned, _runs),
    Scenario("refused", 12, refused, _runs),
    Scenario("lapsed", 7, lapsed, lambda t: t.correction_days <= 20),
    Scenario("withdrawn", 8, withdrawn, _runs),
    Scenario("not_required", 5, not_required),
    Scenario("not_competent", 5, not_competent),
    Scenario("received", 24, received, open=True),
    Scenario("correcting", 14, correcting, open=True),
    Scenario("reviewing", 26, reviewing, _runs, open=True),
    Scenario("approving", 16, approving, _runs, open=True),
    Scenario("warning", 12, warning, _runs, open=True),
    Scenario("yellow", 6, yellow, lambda t: _runs(t) and (t.statutory or 999) > t.promised + 4, open=True),
    Scenario("red", 5, red, _runs, open=True),
    Scenario("paused", 9, paused, _pauses, open=True),
    Scenario("pause_over", 3, pause_over, _pauses, open=True),
    Scenario("extended_open", 4, extended_open, lambda t: _extends(t) and t.promised >= 7, open=True),
    Scenario("deemed_open", 4, deemed_open, lambda t: _runs(t) and t.promised >= 10, open=True),
    Scenario("granted", 8, granted, _runs, open=True),
    Scenario("refused_open", 2, refused_open, _runs, open=True),
    Scenario("concluded", 12, concluded, _runs, open=True),
)


def shares(total: int, least: Mapping[str, int]) -> list[tuple[Scenario, int]]:
    """How many cases each scenario gets: at least one, or `least`; the plain delivered ones make up the total."""
    whole = sum(scenario.weight for scenario in SCENARIOS)
    counts = [max(least.get(scenario.name, 1), scenario.weight * total // whole) for scenario in SCENARIOS]
    counts[0] = max(1, counts[0] + total - sum(counts))
    return list(zip(SCENARIOS, counts, strict=True))
