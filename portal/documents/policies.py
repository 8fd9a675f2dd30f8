"""Who may read a document, and what its subject is worth today: the owner of the subject registers both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portal.documents.models import OfficialDocument
from portal.web.grants import Actor

MayRead = Callable[[Actor, UUID, OfficialDocument], bool]
StateToday = Callable[[UUID], str]
#: Told that a reader opens a document, after `may_read` said yes; may raise what has to come first.
Opened = Callable[[Actor, UUID, OfficialDocument], None]


def _unnoted(_actor: Actor, _subject_id: UUID, _document: OfficialDocument) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Policy:
    may_read: MayRead
    state_today: StateToday
    opened: Opened = _unnoted


_policies: dict[str, Policy] = {}


def register(
    subject_kind: str, may_read: MayRead, state_today: StateToday, opened: Opened = _unnoted
) -> None:
    """`may_read(actor, subject_id, document)`; `state_today(subject_id)`: its state in public words, "" if unknown."""
    policy = Policy(may_read, state_today, opened)
    if _policies.get(subject_kind, policy) != policy:
        raise ValueError(f"two policies for documents of {subject_kind!r}")
    _policies[subject_kind] = policy


def may_read(actor: Actor, document: OfficialDocument) -> bool:
    """Nobody reads what nobody has a policy for."""
    policy = _policies.get(document.subject_kind)
    return policy is not None and policy.may_read(actor, document.subject_id, document)


def opened(actor: Actor, document: OfficialDocument) -> None:
    """Tell the subject's owner that this actor opens the document."""
    policy = _policies.get(document.subject_kind)
    if policy is not None:
        policy.opened(actor, document.subject_id, document)


def state_today(subject_kind: str, subject_id: UUID) -> str:
    policy = _policies.get(subject_kind)
    return policy.state_today(subject_id) if policy is not None else ""
