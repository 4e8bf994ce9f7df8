"""The tree is that of RFC 9162: its known heads and paths, and every proof checked as the RFC says."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest

from hub.archive.proof.hashing import leaf_hash, node_hash
from hub.archive.proof.tree import EMPTY_ROOT, TILE_WIDTH, Growing, Missing, Tree

# The leaves that implementations of Certificate Transparency are tested with, and the heads over them.
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
HEADS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def many(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def tree_over(hashes: list[bytes]) -> Tree:
    """A tree that is read as the stored one is: leaves, and whole tiles above them."""
    levels = {0: hashes}
    growing = Growing()
    for one in hashes:
        for level, index, made in growing.add(one):
            levels.setdefault(level, [])
            assert index == len(levels[level])
            levels[level].append(made)
    return Tree(lambda level, first, wanted: levels.get(level, [])[first : first + wanted])


def head_of(hashes: list[bytes]) -> bytes:
    """The head by the RFC's own definition."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(head_of(hashes[:middle]), head_of(hashes[middle:]))


def test_heads_are_the_known_ones():
    growing = Growing()
    for leaf, head in zip(LEAVES, HEADS, strict=True):
        growing.add(leaf_hash(leaf))
        assert growing.root().hex() == head
        assert tree_over([leaf_hash(one) for one in LEAVES]).root(growing.size).hex() == head
    assert Growing().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_known_paths_of_inclusion_and_consistency():
    tree = tree_over([leaf_hash(one) for one in LEAVES])
    assert [one.hex() for one in tree.inclusion(5, 8)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in tree.consistency(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 511, 513, 700])
def test_every_size_has_the_head_that_the_rfc_defines(size):
    hashes = many(size)
    growing = Growing()
    for one in hashes:
        growing.add(one)
    assert growing.root() == tree_over(hashes).root(size) == head_of(hashes)


def follow(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2: the head that a path leads to."""
    first, last, found = index, size - 1, leaf
    for one in path:
        assert last > 0
        if first % 2 or first == last:
            found = node_hash(one, found)
            while first % 2 == 0 and first:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, one)
        first, last = first >> 1, last >> 1
    assert last == 0
    return found


def test_every_path_leads_to_the_head():
    hashes = many(600)
    tree = tree_over(hashes)
    for size in (1, 2, 3, 255, 256, 257, 600):
        for index in {0, 1, size // 2, size - 1, min(256, size - 1)} & set(range(size)):
            assert follow(hashes[index], index, size, tree.inclusion(index, size)) == tree.root(size)


def test_what_grew_shows_that_it_did():
    """RFC 9162, 2.1.4.2, both heads computed from one proof."""
    hashes = many(520)
    tree = tree_over(hashes)
    for earlier, size in pairwise((1, 2, 3, 255, 256, 257, 300, 511, 512, 520)):
        proof = tree.consistency(earlier, size)
        if earlier & (earlier - 1) == 0:
            proof = [tree.root(earlier), *proof]
        first, last = earlier - 1, size - 1
        while first % 2:
            first, last = first >> 1, last >> 1
        old = new = proof[0]
        for one in proof[1:]:
            if first % 2 or first == last:
                old, new = node_hash(one, old), node_hash(one, new)
                while first % 2 == 0 and first:
                    first, last = first >> 1, last >> 1
            else:
                new = node_hash(new, one)
            first, last = first >> 1, last >> 1
        assert (old, new) == (tree.root(earlier), tree.root(size))


def test_what_the_log_does_not_hold_is_not_invented():
    tree = tree_over(many(10))
    with pytest.raises(Missing):
        tree.inclusion(10, 10)
    with pytest.raises(Missing):
        tree.root(11)
    with pytest.raises(Missing):
        tree.consistency(0, 10)


def test_a_proof_out_of_a_million_reads_some_hundred_hashes():
    read = []

    def some(level: int, first: int, wanted: int) -> list[bytes]:
        read.append(wanted)
        return [bytes(32)] * wanted

    Tree(some).inclusion(123_456, 1_000_000)
    assert sum(read) <= 6 * TILE_WIDTH
