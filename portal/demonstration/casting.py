"""Which item, applicant and channel each course of the demonstration gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from applications import rules
from applications.states import CaseChannel
from catalog.enumerations import LimitUnit
from catalog.models import ItemEdition, Situation
from portal.demonstration.plans import Course, Grid, Scenario, Terms, shares
from portal.demonstration.residents import Firm, Population, Resident

#: How much each item is asked for, by its number; the others 1.
DEMAND: Final[Mapping[int, int]] = {
    26: 30, 21: 16, 22: 14, 11: 12, 12: 10, 31: 8, 51: 8, 39: 6, 14: 6, 18: 6, 17: 5, 15: 5, 27: 5, 28: 4,
    2: 4, 33: 4, 35: 3, 24: 3, 7: 3, 6: 3, 53: 3, 40: 3, 50: 3, 5: 2, 46: 2, 45: 2, 32: 2, 52: 2,
}  # fmt: skip

#: The first course of a scenario goes to the food office, and some of these to the citizens who can sign in.
FIRST_ITEMS: Final = (26, 14)
PERSONA_COURSES: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "delivered": ((26, "firm"),),
    "correcting": ((26, "firm"),),
    "reviewing": ((26, "firm"),),
    "paused": ((39, "firm"),),
    "concluded": ((15, "firm"),),
    "received": ((22, "plain"),),
    "approving": ((11, "plain"),),
}


@dataclass(frozen=True)
class Part:
    """One case to be: everything but its acts' effects."""

    edition: ItemEdition
    situation: Situation | None
    scenario: Scenario
    course: Course
    channel: CaseChannel
    person: Resident | None
    firm: Firm | None
    rng: Random

    @property
    def applicant(self) -> Resident:
        """The natural person who acts."""
        if self.firm is not None:
            return self.firm.representative
        assert self.person is not None
        return self.person


def terms_of(edition: ItemEdition, situation: Situation | None) -> Terms:
    """The limits of an item in working days, near enough to plan by; the legal clock counts for itself."""
    rule = rules.rule_of(edition, situation)
    length = {LimitUnit.WORKDAY.value: 1.0, LimitUnit.CALENDAR_DAY.value: 5 / 7, LimitUnit.MONTH.value: 20.0}
    promised = int(rule.promised.n * length[rule.promised.unit.value]) if rule.promised is not None else 0
    statutory = int(rule.statutory.n * length[rule.statutory.unit.value]) if rule.statutory is not None else None
    units = {limit.unit.value for limit in (rule.promised, rule.statutory) if limit is not None}
    return Terms(
        promised=promised,
        statutory=statutory,
        extension=rules.longest_extension(edition),
        procedures=tuple(procedure.code for procedure in rules.procedures_of(edition)),
        correction_days=edition.correction_days,
        countable=units == {LimitUnit.WORKDAY.value},
    )


class Casting:
    """Deals courses to items so that most items have cases and the busy ones many."""

    def __init__(
        self, editions: Sequence[ItemEdition], population: Population, grid: Grid, rng: Random, *, total: int
    ) -> None:
        self.editions = [edition for edition in editions if edition.by_application]
        self.by_number = {edition.item.number: edition for edition in self.editions}
        self.population, self.grid, self.rng, self.total = population, grid, rng, total
        self.unused = [edition.item.number for edition in self.editions]

    def parts(self) -> list[Part]:
        """All cases, in the order in which they begin."""
        made = []
        # Beside those of the citizens who sign in, the food office has one of its own of each open kind.
        least = {name: len(courses) + 1 for name, courses in PERSONA_COURSES.items()}
        for scenario, count in shares(self.total, least):
            personal = PERSONA_COURSES.get(scenario.name, ())
            for place in range(count):
                number, persona = personal[place] if place < len(personal) else (None, "")
                made.append(self._part(scenario, place - len(personal), number, persona))
        return sorted(made, key=lambda part: part.course.steps[0].at)

    def _part(self, scenario: Scenario, place: int, number: int | None, persona: str) -> Part:
        edition, situation = self._item(scenario, place, number)
        rng = Random(self.rng.randrange(2**60))
        course = scenario.make(self.grid, rng, terms_of(edition, situation))
        if persona == "firm":
            return Part(
                edition, situation, scenario, course, CaseChannel.ONLINE, None, self.population.persona_firm, rng
            )
        if persona:
            plain = self.population.citizens[persona]
            return Part(edition, situation, scenario, course, CaseChannel.ONLINE, plain, None, rng)
        person, firm = self._applicant(edition, rng)
        resident = firm.representative if firm is not None else person
        assert resident is not None
        online = resident.user is not None and not edition.in_person_required and rng.random() < 0.6
        channel = CaseChannel.ONLINE if online else CaseChannel.HALL
        return Part(edition, situation, scenario, course, channel, person, firm, rng)

    def _item(self, scenario: Scenario, place: int, number: int | None) -> tuple[ItemEdition, Situation | None]:
        if number is not None:
            return self._fitting(scenario, [self.by_number[number]])[0]
        if scenario.open and place < len(FIRST_ITEMS):
            first = self._fitting(scenario, [self.by_number[FIRST_ITEMS[place]]])
            if first:
                return first[0]
        fitting = self._fitting(scenario, self.editions)
        fresh = [pair for pair in fitting if pair[0].item.number in self.unused]
        if fresh and not scenario.open:
            chosen = fresh[0]
        else:
            weights = [DEMAND.get(edition.item.number or 0, 1) for edition, _ in fitting]
            chosen = self.rng.choices(fitting, weights)[0]
        if chosen[0].item.number in self.unused:
            self.unused.remove(chosen[0].item.number)
        return chosen

    def _fitting(
        self, scenario: Scenario, editions: Sequence[ItemEdition]
    ) -> list[tuple[ItemEdition, Situation | None]]:
        found: list[tuple[ItemEdition, Situation | None]] = []
        for edition in editions:
            situations: list[Situation | None] = list(edition.situations.all()) or [None]
            fitting = [each for each in situations if scenario.fits(terms_of(edition, each))]
            if fitting:
                found.append((edition, self.rng.choice(fitting)))
        return found

    def _applicant(self, edition: ItemEdition, rng: Random) -> tuple[Resident | None, Firm | None]:
        as_firm = edition.serves_firms and not (edition.serves_persons and rng.random() < 0.8)
        if as_firm:
            return None, rng.choice(self.population.firms)
        return rng.choice(self.population.persons), None
