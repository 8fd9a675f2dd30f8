"""Who holds data of persons: each room registers how it gives it out, what keeps it, and how it erases it.

Everything goes by the person's key: what stands under it is that person's. Rooms register from AppConfig.ready().
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from portal import clock
from portal.privacy.retention import Term

Data = dict[str, Any]
NO_FILES: Final[tuple[tuple[str, bytes], ...]] = ()


def _nothing(_key_id: UUID) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Room:
    """One room of personal data.

    `export` gives JSON values under Chinese names; `files` name and bytes of what was handed in; `terms` what has to
    be kept still; `obstacles` sentences that say what the person has to end first. `restrict` stops all processing
    but keeping (个人信息保护法 47); `erase` removes everything that the key alone does not make unreadable. Both run in
    the transaction of the erasure, and twice changes nothing.
    """

    name: str
    label: str
    export: Callable[[UUID], Data]
    erase: Callable[[UUID], None]
    files: Callable[[UUID], Iterable[tuple[str, bytes]]] = lambda _key_id: NO_FILES
    terms: Callable[[UUID], list[Term]] = lambda _key_id: []
    obstacles: Callable[[UUID], list[str]] = lambda _key_id: []
    restrict: Callable[[UUID], None] = _nothing


_rooms: dict[str, Room] = {}


def register(room: Room) -> None:
    """Register a room; the same one twice is once."""
    if _rooms.get(room.name, room) != room:
        raise ValueError(f"two rooms of personal data named {room.name!r}")
    _rooms[room.name] = room


def rooms() -> list[Room]:
    """All rooms, in the order of registration: lower floors first."""
    return list(_rooms.values())


def export(key_id: UUID) -> Data:
    """All that the portal holds about a person, by room."""
    return {room.label: room.export(key_id) for room in rooms()}


def files(key_id: UUID) -> Iterable[tuple[str, bytes]]:
    """Everything that the person handed in, as name and bytes."""
    for room in rooms():
        yield from room.files(key_id)


def terms(key_id: UUID) -> list[Term]:
    """What has to be kept still, the longest first."""
    today = clock.today()
    running = [term for room in rooms() for term in room.terms(key_id) if term.until > today]
    return sorted(running, key=lambda term: term.until, reverse=True)


def obstacles(key_id: UUID) -> list[str]:
    """What the person has to end before the account can go."""
    return [sentence for room in rooms() for sentence in room.obstacles(key_id)]
