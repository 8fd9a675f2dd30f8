"""The tree as C2SP tlog-tiles: hash tiles and entry bundles of 256, complete or as far as the newest head goes.

An entry is the 32-byte hash of an event: what was done and by whom stays inside, that it was done is public.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from portal.ledger.merkle import node_hash

WIDTH: Final = 256
_PATH: Final = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
MAX_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class TileAddress:
    """Which tile of a level, and how many hashes of it."""

    number: int
    width: int

    @classmethod
    def parse(cls, path: str) -> "TileAddress | None":
        """`x001/x234/067` or `067.p/12`; None for any other spelling."""
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        number = int(found[1].replace("x", "").replace("/", ""))
        width = WIDTH if found[2] is None else int(found[2])
        address = cls(number, width)
        return address if address.path() == path and (found[2] is None or width < WIDTH) else None

    def path(self) -> str:
        """As it stands in the address."""
        digits = str(self.number)
        digits = digits.zfill((len(digits) + 2) // 3 * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        text = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
        return text if self.width == WIDTH else f"{text}.p/{self.width}"


def hash_tile(level: int, address: TileAddress, size: int) -> bytes | None:
    """The hashes of a tile in the tree of `size` leaves; None where the tree does not go so far."""
    first, last = address.number * WIDTH, address.number * WIDTH + address.width
    if level > MAX_LEVEL or last > size >> 8 * level:
        return None
    hashes = _hashes({level: {address.number}})
    return b"".join(hashes[level, at] for at in range(first, last))


def entry_bundle(address: TileAddress, size: int) -> bytes | None:
    """Entries, each after its length in two bytes; None where the tree does not go so far."""
    first, last = address.number * WIDTH, address.number * WIDTH + address.width
    if last > size:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.hash FROM audit.leaf l JOIN audit.event e ON e.id = l.event "
            "WHERE l.position >= %s AND l.position < %s ORDER BY l.position",
            [first, last],
        )
        return b"".join(len(entry).to_bytes(2, "big") + bytes(entry) for (entry,) in cursor.fetchall())


@dataclass(slots=True)
class TiledTree:
    """The tree of `size` leaves, of which the tiles around some leaves are at hand: two queries."""

    size: int
    indexes: Iterable[int]
    _known: dict[tuple[int, int], bytes] = field(init=False)

    def __post_init__(self) -> None:
        wanted: dict[int, set[int]] = {}
        level, count = 0, self.size
        while count:
            # A path needs the tile of its own leaf, and the last one for the ragged edge.
            wanted[level] = {(index >> 8 * level) // WIDTH for index in self.indexes} | {(count - 1) // WIDTH}
            level, count = level + 1, count >> 8
        hashes = _hashes(wanted)
        self._known = {(8 * level, position): digest for (level, position), digest in hashes.items()}

    def subtree(self, height: int, position: int) -> bytes:
        """The root of a full subtree, made from the hashes below it and kept."""
        known = self._known.get((height, position))
        if known is None:
            known = node_hash(self.subtree(height - 1, 2 * position), self.subtree(height - 1, 2 * position + 1))
            self._known[height, position] = known
        return known


def _hashes(tiles: dict[int, set[int]]) -> dict[tuple[int, int], bytes]:
    """All hashes of the tiles by (level, position)."""
    found: dict[tuple[int, int], bytes] = {}
    leaf_ranges = [number * WIDTH for number in tiles.get(0, ())]
    node_ranges = [(level, number * WIDTH) for level, numbers in tiles.items() if level for number in numbers]
    with connection.cursor() as cursor:
        if leaf_ranges:
            cursor.execute(_LEAF_TILES, [leaf_ranges])
            for first, joined in cursor.fetchall():
                _take(found, 0, first, bytes(joined or b""))
        if node_ranges:
            cursor.execute(_NODE_TILES, [[level for level, _ in node_ranges], [first for _, first in node_ranges]])
            for level, first, joined in cursor.fetchall():
                _take(found, level, first, bytes(joined or b""))
    return found


def _take(found: dict[tuple[int, int], bytes], level: int, first: int, joined: bytes) -> None:
    for at in range(0, len(joined), 32):
        found[level, first + (at >> 5)] = joined[at : at + 32]


# A tile comes as one value: a thousand rows would cost more than all the hashing.
_LEAF_TILES: Final = (
    "SELECT tile.first, (SELECT string_agg(l.leaf_hash, ''::bytea ORDER BY l.position) FROM audit.leaf l "
    "WHERE l.position >= tile.first AND l.position < tile.first + 256) FROM unnest(%s::bigint[]) AS tile(first)"
)
_NODE_TILES: Final = (
    "SELECT tile.level, tile.first, (SELECT string_agg(n.hash, ''::bytea ORDER BY n.position) FROM audit.node n "
    "WHERE n.level = tile.level AND n.position >= tile.first AND n.position < tile.first + 256) "
    "FROM unnest(%s::smallint[], %s::bigint[]) AS tile(level, first)"
)
