"""The tree against the vectors of RFC 6962, and its proofs by properties."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ledger import merkle

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "rfc6962.json").read_text())
LEAVES = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in VECTORS["leaf_inputs_hex"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["root_hex_by_tree_size"]]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_root_of_each_size_is_that_of_the_vectors(size):
    assert merkle.root_of(LEAVES[:size]) == ROOTS[size]
    if size:
        assert merkle.range_root(merkle.subtrees_of(LEAVES), 0, size) == ROOTS[size]


@pytest.mark.parametrize("size", range(1, len(ROOTS)))
def test_every_leaf_of_the_vectors_is_proved_in_every_tree(size):
    subtree = merkle.subtrees_of(LEAVES)
    for index in range(size):
        path = merkle.inclusion_path(subtree, index, size)
        assert merkle.verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


@pytest.mark.parametrize("size", range(1, len(ROOTS)))
def test_every_tree_of_the_vectors_continues_every_earlier_one(size):
    subtree = merkle.subtrees_of(LEAVES)
    for first in range(1, size + 1):
        path = merkle.consistency_path(subtree, first, size)
        assert merkle.verify_consistency(first, size, ROOTS[first], ROOTS[size], path)


def leaves_of(count):
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


sizes = st.integers(1, 600)


@given(sizes, st.data())
def test_a_leaf_is_proved_and_nothing_else_is(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root_of(leaves)
    path = merkle.inclusion_path(merkle.subtrees_of(leaves), index, size)
    assert merkle.verify_inclusion(leaves[index], index, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, path, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path, bytes(32)], root)
    assert not merkle.verify_inclusion(leaves[index], size, size, path, root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index))
        assert not merkle.verify_inclusion(leaves[index], other, size, path, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, path[:-1], root)
        step = data.draw(st.integers(0, len(path) - 1))
        bent = [*path[:step], bytes([path[step][0] ^ 1]) + path[step][1:], *path[step + 1 :]]
        assert not merkle.verify_inclusion(leaves[index], index, size, bent, root)


@given(sizes, sizes, st.data())
def test_a_longer_tree_continues_a_shorter_one_and_a_rewritten_one_does_not(one, other, data):
    first, second = sorted((one, other))
    leaves = leaves_of(second)
    old, new = merkle.root_of(leaves[:first]), merkle.root_of(leaves)
    path = merkle.consistency_path(merkle.subtrees_of(leaves), first, second)
    assert merkle.verify_consistency(first, second, old, new, path)
    assert not merkle.verify_consistency(first, second, bytes(32), new, path)
    assert not merkle.verify_consistency(first, second, old, bytes(32), path)
    changed = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves[:changed], merkle.leaf_hash(b"rewritten"), *leaves[changed + 1 :]]
    forged = merkle.consistency_path(merkle.subtrees_of(rewritten), first, second)
    assert not merkle.verify_consistency(first, second, old, merkle.root_of(rewritten), forged)


@given(sizes)
def test_the_frontier_holds_one_subtree_for_each_bit_of_the_size(size):
    frontier = merkle.Frontier()
    for leaf in leaves_of(size):
        frontier.append(leaf)
    assert len(frontier.peaks) == size.bit_count()


def test_an_impossible_proof_is_refused():
    subtree = merkle.subtrees_of(LEAVES)
    with pytest.raises(ValueError, match="outside"):
        merkle.inclusion_path(subtree, 8, 8)
    for first, second in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="later"):
            merkle.consistency_path(subtree, first, second)
        assert not merkle.verify_consistency(first, second, ROOTS[first], ROOTS[second], [])
