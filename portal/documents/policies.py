"""Who may read a document, and what its subject is worth today: the owner of the subject registers both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portal.web.grants import Actor

MayRead = Callable[[Actor, UUID], bool]
StateToday = Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class Policy:
    may_read: MayRead
    state_today: StateToday


_policies: dict[str, Policy] = {}


def register(subject_kind: str, may_read: MayRead, state_today: StateToday) -> None:
    """`may_read(actor, subject_id)`; `state_today(subject_id)`: its state in public words, "" when unknown."""
    policy = Policy(may_read, state_today)
    if _policies.get(subject_kind, policy) != policy:
        raise ValueError(f"two policies for documents of {subject_kind!r}")
    _policies[subject_kind] = policy


def may_read(subject_kind: str, actor: Actor, subject_id: UUID) -> bool:
    """Nobody reads what nobody has a policy for."""
    policy = _policies.get(subject_kind)
    return policy is not None and policy.may_read(actor, subject_id)


def state_today(subject_kind: str, subject_id: UUID) -> str:
    policy = _policies.get(subject_kind)
    return policy.state_today(subject_id) if policy is not None else ""
