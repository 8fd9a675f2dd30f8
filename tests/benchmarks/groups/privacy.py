"""Personal data at rest: what a look-up by blind index costs."""

from __future__ import annotations

from portal.accounts.models import Person
from portal.privacy.services import blind_index
from tests.benchmarks.bench import Bench, timed
from tests.benchmarks.figures import Figure, ratio_of

LOOK_UPS = 300


def blind_look_up(bench: Bench) -> list[Figure]:
    """a person by identity number through the blind index, in turn with the same rows by a plain value"""
    people = list(Person.objects.exclude(identity_index="").select_related("key").order_by("pk")[:LOOK_UPS])
    known = [(person.identity_number, person.identity_index) for person in people]

    def blind() -> None:
        for number, _index in known:
            assert Person.objects.filter(identity_index=blind_index("identity", number)).first() is not None

    def plain() -> None:
        for _number, index in known:
            assert Person.objects.filter(identity_index=index).first() is not None

    blind()
    plain()
    rounds = [(timed(blind), timed(plain)) for _ in range(max(bench.rounds, 7))]
    ratio = ratio_of([one for one, _ in rounds], [other for _, other in rounds])
    return [Figure("blind_index_ratio", ratio, is_ratio=True)]
