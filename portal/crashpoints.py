"""Named places at which a process may be made to die as if its plug were pulled: what `make chaos` turns on.

`CRASH_POINTS=act.before_commit=0.004,…` gives each its probability; production refuses the variable. Where it is
empty, which is everywhere but in that test, a place costs one call.
"""

import os
import secrets
from collections.abc import Mapping
from typing import Final, NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

#: The transactions whose ends are dangerous; each has a place before its commit and one after it.
COMMITS: Final = ("submit", "act", "claim", "effect", "sweep", "upload")
POINTS: Final = frozenset(
    {f"{name}.{side}_commit" for name in COMMITS for side in ("before", "after")}
    # A number is taken, its case not stored; bytes are on disk, their row is not.
    | {"number.allocated", "file.before_row"}
)
STATUS: Final = 9


def _checked(chances: Mapping[str, float]) -> Mapping[str, float]:
    if unknown := sorted(chances.keys() - POINTS):
        raise ImproperlyConfigured(f"CRASH_POINTS names {unknown[0]}; there are: {', '.join(sorted(POINTS))}")
    return chances


_chances: Mapping[str, float] = _checked(settings.ENVIRONMENT.crash_points)


def reach(point: str) -> None:
    """Die here with the probability that the environment gives this point."""
    if _chances and secrets.randbelow(1_000_000) < _chances.get(point, 0.0) * 1_000_000:
        _die(point)


def around_commit(name: str) -> None:
    """At the end of a transaction: perhaps die now, perhaps right after its commit, before anything that follows it."""
    if _chances:
        reach(f"{name}.before_commit")
        transaction.on_commit(lambda: reach(f"{name}.after_commit"))
        hooks = transaction.get_connection().run_on_commit
        if hooks:
            hooks.insert(0, hooks.pop())


def _die(point: str) -> NoReturn:
    os.write(2, f"crash point {point}\n".encode())
    os._exit(STATUS)
