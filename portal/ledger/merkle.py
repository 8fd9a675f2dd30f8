"""The Merkle tree of RFC 6962 as pure functions: leaves, roots, inclusion and consistency."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

#: Root of the full subtree of 2**height leaves at this position among its equals.
Subtree = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the full subtrees of a growing tree, the largest first: enough to go on and to tell the root."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        rest, node = self.size, leaf
        while rest & 1:
            node = node_hash(self.peaks.pop(), node)
            rest >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def subtrees_of(leaves: Sequence[bytes]) -> Subtree:
    """Full subtrees over leaf hashes that are at hand."""

    def subtree(height: int, position: int) -> bytes:
        if height == 0:
            return leaves[position]
        return node_hash(subtree(height - 1, 2 * position), subtree(height - 1, 2 * position + 1))

    return subtree


def range_root(subtree: Subtree, start: int, end: int) -> bytes:
    """The root of the leaves start … end-1, where start is a multiple of the least power of two ≥ their number."""
    length = end - start
    if length & (length - 1) == 0:
        height = length.bit_length() - 1
        return subtree(height, start >> height)
    split = start + _split(length)
    return node_hash(range_root(subtree, start, split), range_root(subtree, split, end))


def inclusion_path(subtree: Subtree, index: int, size: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, from the leaf upwards (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("a leaf outside of the tree has no path")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            path.append(range_root(subtree, split, end))
            end = split
        else:
            path.append(range_root(subtree, start, split))
            start = split
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf hash to the root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def consistency_path(subtree: Subtree, first: int, second: int) -> list[bytes]:
    """The proof that the tree of `second` leaves continues that of `first` (RFC 6962 2.1.2)."""
    if not 0 < first <= second:
        raise ValueError("consistency is between a tree and a later one")
    path: list[bytes] = []
    start, end, whole = 0, second, True
    while first != end:
        split = start + _split(end - start)
        if first <= split:
            path.append(range_root(subtree, split, end))
            end = split
        else:
            path.append(range_root(subtree, start, split))
            start, whole = split, False
    if not whole:
        path.append(range_root(subtree, start, end))
    return path[::-1]


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the second tree continues the first (RFC 9162 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    steps = list(path) if first & (first - 1) else [first_root, *path]
    if not steps:
        return False
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def _split(length: int) -> int:
    """The largest power of two that is smaller than `length`."""
    return 1 << (length - 1).bit_length() - 1
