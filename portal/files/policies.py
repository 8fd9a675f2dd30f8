"""Who may read the files of an owner; each owner registers its own answer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from portal.web.grants import Actor

MayRead = Callable[[Actor, UUID], bool]

_policies: dict[str, MayRead] = {}


def register(owner_kind: str, may_read: MayRead) -> None:
    """`may_read(actor, owner_id)` decides for every file of this kind of owner."""
    if _policies.get(owner_kind, may_read) != may_read:
        raise ValueError(f"two policies for files of {owner_kind!r}")
    _policies[owner_kind] = may_read


def may_read(owner_kind: str, actor: Actor, owner_id: UUID) -> bool:
    """Nobody reads what nobody has a policy for."""
    policy = _policies.get(owner_kind)
    return policy is not None and policy(actor, owner_id)
