"""Personal data at rest: what a look-up by blind index costs."""

from __future__ import annotations

from django.db import connection

from portal.accounts.models import Person
from portal.privacy.services import blind_index
from tests.benchmarks.bench import Bench, timed
from tests.benchmarks.figures import Figure, ratio_of

LOOK_UPS = 300
ROWS = 20_000
TABLE = "bench_plain_number"


def blind_look_up(bench: Bench) -> list[Figure]:
    """a person by number, through the blind index, in turn with a plain indexed column of the same table's size"""
    numbers = [f"1406021985{n:08d}" for n in range(ROWS)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {TABLE} AS SELECT n.number, n.blind, p.* FROM unnest(%s::text[], %s::text[])"
            " AS n (number, blind) CROSS JOIN (SELECT * FROM accounts_person LIMIT 1) AS p",
            [numbers, [blind_index("identity", number) for number in numbers]],
        )
        cursor.execute(f"CREATE INDEX ON {TABLE} (number)")
        cursor.execute(f"CREATE INDEX ON {TABLE} (blind)")
        cursor.execute(f"ANALYZE {TABLE}")
    fields = ", ".join(f'"{field.column}"' for field in Person._meta.concrete_fields)

    def find(column: str, value: str) -> None:
        [_found] = Person.objects.raw(f"SELECT {fields} FROM {TABLE} WHERE {column} = %s", [value])

    def blind() -> None:
        for number in numbers[:LOOK_UPS]:
            find("blind", blind_index("identity", number))

    def plain() -> None:
        for number in numbers[:LOOK_UPS]:
            find("number", number)

    blind()
    plain()
    rounds = [(timed(blind), timed(plain)) for _ in range(max(bench.rounds, 5))]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
    ratio = ratio_of([one for one, _ in rounds], [other for _, other in rounds])
    return [Figure("blind_index_ratio", ratio, is_ratio=True)]
