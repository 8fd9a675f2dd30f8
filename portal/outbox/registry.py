"""Which function does which kind of job; the owner's AppConfig.ready() imports the module that registers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class JobView:
    """What a handler sees of its job; `id` is the idempotency key for what leaves the database."""

    id: UUID
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int


Handler = Callable[[JobView], None]

_handlers: dict[str, Handler] = {}
_labels: dict[str, str] = {}


def handler(kind: str, *, label: str = "") -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind, in the same transaction that marks the job done.

    `label` is what the operator's page calls it.
    """

    def register(function: Handler) -> Handler:
        if _handlers.get(kind, function) is not function:
            raise ValueError(f"two handlers for outbox jobs of kind {kind!r}")
        _handlers[kind] = function
        _labels[kind] = label or kind
        return function

    return register


def handler_of(kind: str) -> Handler:
    """The handler; raises LookupError when no app has registered one."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"no handler for outbox jobs of kind {kind!r}") from None


def label_of(kind: str) -> str:
    """What the operator's page calls a kind of job; the kind itself where no app says."""
    return _labels.get(kind, kind)


def kinds() -> list[tuple[str, str]]:
    """Every registered kind with its label, for a filter."""
    return sorted(_labels.items(), key=lambda pair: pair[1])
