"""Personal data at rest: what a look-up by blind index costs."""

from __future__ import annotations

from statistics import median

from portal.accounts.models import Person
from portal.privacy.services import blind_index
from tests.benchmarks.bench import Bench, timed
from tests.benchmarks.figures import Figure

LOOK_UPS = 300


def blind_look_up(bench: Bench) -> list[Figure]:
    """a person by identity number through the blind index, in turn with the same rows by a plain value"""
    people = list(Person.objects.exclude(identity_index="").select_related("key").order_by("pk")[:LOOK_UPS])
    known = [(person.identity_number, person.identity_index) for person in people]

    def blind(number: str) -> None:
        assert Person.objects.filter(identity_index=blind_index("identity", number)).first() is not None

    def plain(index: str) -> None:
        assert Person.objects.filter(identity_index=index).first() is not None

    blinds: list[float] = []
    plains: list[float] = []
    for _ in range(max(bench.rounds, 5)):
        for number, index in known:
            blinds.append(timed(lambda number=number: blind(number)))
            plains.append(timed(lambda index=index: plain(index)))
    return [Figure("blind_index_ratio", median(blinds) / median(plains), is_ratio=True)]
