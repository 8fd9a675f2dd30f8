"""Our own code with one protection taken out: each must be caught, or the harness proves nothing.

Only processes started by `make chaos-selftest` load this; the product has none of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import connections, transaction


@dataclass(frozen=True)
class Mutant:
    """What is broken, where a death shows it, and the words by which it must be found."""

    text: str
    apply: Callable[[], None]
    caught_by: str
    crash_points: dict[str, float] = field(default_factory=dict)
    second_windows: float = 0.0


def _without_key() -> None:
    """The hall forgets that it has received under this key."""
    from applications.services import submission

    class Forgetful:
        objects = submission.Act.objects.none()

    submission.Act = Forgetful


def _without_state_guard() -> None:
    """Every act starts from everywhere."""
    from portal.transitions import engine

    class Everywhere(frozenset[str]):
        def __contains__(self, state: object) -> bool:
            return True

    find = engine._find
    engine._find = lambda process, action: dataclasses.replace(find(process, action), sources=Everywhere())


def _without_outbox() -> None:
    """What follows a commit is done right after it by the same process, and nobody remembers it."""
    from portal.messaging import services as messaging
    from portal.outbox.registry import JobView, handler_of
    from supervision import services as supervision

    def directly(*, kind: str, payload: dict[str, Any], key: str, due_at: dt.datetime | None = None) -> Any:
        view = JobView(uuid5(NAMESPACE_URL, f"{kind}/{key}"), kind, key, payload, 1)
        transaction.on_commit(lambda: handler_of(kind)(view))
        return view.id

    messaging.enqueue = directly
    supervision.enqueue = directly


def _with_endless_lease() -> None:
    """Who died keeps what it had claimed."""
    from portal.outbox import services

    services.LEASE = dt.timedelta(days=1)


def _with_numbers_of_their_own() -> None:
    """A number is taken in another transaction, and stays taken when the case is not stored."""
    from applications.services import numbers

    allocate = numbers.allocate

    def apart(department: Any, day: dt.date) -> str:
        given: list[str] = []

        def take() -> None:
            try:
                with transaction.atomic():
                    given.append(allocate(department, day))
            finally:
                connections.close_all()

        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
        return given[0]

    numbers.allocate = apart


def _with_row_before_bytes() -> None:
    """The row of an upload is committed first, its bytes are written afterwards."""
    from portal.files import storage

    put = storage.put

    def later(content: bytes, area: str = storage.CLEAN) -> str:
        transaction.on_commit(lambda: put(content, area))
        return hashlib.sha256(content).hexdigest()

    storage.put = later


def _with_late_signals() -> None:
    """A level turns in one transaction, its signal is written in another."""
    from applications import hooks
    from supervision.services import record_signals

    def later(changes: Any) -> None:
        def write() -> None:
            with transaction.atomic():
                record_signals(changes)

        transaction.on_commit(write)

    hooks.level_changed[:] = [later if each is record_signals else each for each in hooks.level_changed]


MUTANTS = {
    "no-key": Mutant(
        "no idempotency key at the counter",
        _without_key,
        "is stored",
        {"submit.after_commit": 0.25},
    ),
    "no-guard": Mutant(
        "no state guard",
        _without_state_guard,
        "不合规定",
        second_windows=1.0,
    ),
    "no-outbox": Mutant(
        "no outbox: effects right after the commit",
        _without_outbox,
        "mail never went out",
        {"act.after_commit": 0.15},
    ),
    "endless-lease": Mutant(
        "a lease that never ends",
        _with_endless_lease,
        "还被领取着",
        {"effect.before_commit": 0.3},
    ),
    "own-numbers": Mutant(
        "numbers allocated outside the transaction",
        _with_numbers_of_their_own,
        "有缺号",
        {"submit.before_commit": 0.25},
    ),
    "row-first": Mutant(
        "the row of a file before its bytes",
        _with_row_before_bytes,
        "在磁盘上没有内容",
        {"upload.after_commit": 0.3},
    ),
    "late-signals": Mutant(
        "signals outside the transaction that turns the level",
        _with_late_signals,
        "没有监察信号",
        {"sweep.after_commit": 0.8},
    ),
}
