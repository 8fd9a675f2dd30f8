"""Who may read the files of an owner; each owner registers its own answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portal.files.models import StoredFile
from portal.web.grants import Actor

MayRead = Callable[[Actor, UUID], bool]
#: The page from which the reader comes: its address and its name, or two empty texts.
Place = Callable[[Actor, UUID], tuple[str, str]]


#: Told that a reader opens one of the owner's files, after `may_read` said yes; may raise what has to come first.
Opened = Callable[[Actor, UUID, StoredFile], None]


def _nowhere(_actor: Actor, _owner_id: UUID) -> tuple[str, str]:
    return "", ""


def _unnoted(_actor: Actor, _owner_id: UUID, _file: StoredFile) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Policy:
    may_read: MayRead
    place: Place = _nowhere
    opened: Opened = _unnoted


_policies: dict[str, Policy] = {}


def register(
    owner_kind: str, may_read: MayRead, place: Place = _nowhere, opened: Opened = _unnoted
) -> None:
    """`may_read(actor, owner_id)` decides for every file of this kind of owner."""
    policy = Policy(may_read, place, opened)
    if _policies.get(owner_kind, policy) != policy:
        raise ValueError(f"two policies for files of {owner_kind!r}")
    _policies[owner_kind] = policy


def may_read(owner_kind: str, actor: Actor, owner_id: UUID) -> bool:
    """Nobody reads what nobody has a policy for."""
    policy = _policies.get(owner_kind)
    return policy is not None and policy.may_read(actor, owner_id)


def opened(actor: Actor, file: StoredFile) -> None:
    """Tell the owner that this actor opens the file."""
    policy = _policies.get(file.owner_kind)
    if policy is not None:
        policy.opened(actor, file.owner_id, file)


def place_of(owner_kind: str, actor: Actor, owner_id: UUID) -> tuple[str, str]:
    """Where the reader goes back to."""
    policy = _policies.get(owner_kind)
    return policy.place(actor, owner_id) if policy is not None else ("", "")
