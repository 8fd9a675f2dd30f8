"""For whom an upload in pieces is: each room above registers what may be uploaded there and takes the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portal.files.models import StoredFile
from portal.web.errors import NotFound
from portal.web.grants import Actor


@dataclass(frozen=True, slots=True)
class Target:
    """`check(actor, target_id, slot)` raises what stands against an upload, and returns the owner of the file;
    `attach(actor, target_id, slot, file)` takes the whole file, in the transaction of the last piece."""

    check: Callable[[Actor, UUID, str], tuple[str, UUID]]
    attach: Callable[[Actor, UUID, str, StoredFile], None]


_targets: dict[str, Target] = {}


def register(kind: str, target: Target) -> None:
    if _targets.get(kind, target) != target:
        raise ValueError(f"two targets of uploads named {kind!r}")
    _targets[kind] = target


def target_of(kind: str) -> Target:
    """Raises NotFound."""
    try:
        return _targets[kind]
    except KeyError:
        raise NotFound("没有这个上传位置。") from None
