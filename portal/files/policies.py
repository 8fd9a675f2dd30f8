"""Who may read the files of an owner; each owner registers its own answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portal.web.grants import Actor

MayRead = Callable[[Actor, UUID], bool]
#: The page from which the reader comes: its address and its name, or two empty texts.
Place = Callable[[Actor, UUID], tuple[str, str]]


def _nowhere(_actor: Actor, _owner_id: UUID) -> tuple[str, str]:
    return "", ""


@dataclass(frozen=True, slots=True)
class Policy:
    may_read: MayRead
    place: Place = _nowhere


_policies: dict[str, Policy] = {}


def register(owner_kind: str, may_read: MayRead, place: Place = _nowhere) -> None:
    """`may_read(actor, owner_id)` decides for every file of this kind of owner."""
    policy = Policy(may_read, place)
    if _policies.get(owner_kind, policy) != policy:
        raise ValueError(f"two policies for files of {owner_kind!r}")
    _policies[owner_kind] = policy


def may_read(owner_kind: str, actor: Actor, owner_id: UUID) -> bool:
    """Nobody reads what nobody has a policy for."""
    policy = _policies.get(owner_kind)
    return policy is not None and policy.may_read(actor, owner_id)


def place_of(owner_kind: str, actor: Actor, owner_id: UUID) -> tuple[str, str]:
    """Where the reader goes back to."""
    policy = _policies.get(owner_kind)
    return policy.place(actor, owner_id) if policy is not None else ("", "")
