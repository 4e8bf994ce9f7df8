"""The tree over a collection's entries (RFC 9162): its root at any size, and proofs out of it.

Whole subtrees of 256, 65,536, ... entries are kept as tiles, so that a proof reads some hundreds of rows,
however large the log is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from sqlalchemy import select

from hub.core.database import db

from .hashing import leaf_data, leaf_hash, microseconds, node_hash
from .models import LogEntry, LogTile

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

EMPTY_ROOT = hashlib.sha256(b"").digest()

# (level, first index, how many wanted) -> their hashes; fewer when there are no more. Level 0: leaves.
Read = Callable[[int, int, int], Sequence[bytes]]


class Missing(LookupError):
    """The log does not hold what the tree is asked about."""


class Tree:
    """The tree as it can be read: leaves and tiles, each block of 256 read once."""

    def __init__(self, read: Read):
        self._read = read
        self._blocks: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, size: int) -> bytes:
        """The head of the tree over the first `size` entries. Raises Missing."""
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path that shows that an entry is in the tree of that size, lowest first."""
        if not 0 <= index < size:
            raise Missing(f"There is no entry {index} among {size}.")
        return self._path(index, 0, size)

    def consistency(self, earlier: int, size: int) -> list[bytes]:
        """What shows that the tree of `size` grew out of the tree of `earlier` (1 to size)."""
        if not 0 < earlier <= size:
            raise Missing(f"The log of {size} entries cannot have grown out of one of {earlier}.")
        return self._grown(earlier, 0, size, whole=True)

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._range(middle, end)]
        return [*self._path(index, middle, end), self._range(start, middle)]

    def _grown(self, earlier: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if earlier == end:
            return [] if whole else [self._range(start, end)]
        middle = start + _split(end - start)
        if earlier <= middle:
            return [*self._grown(earlier, start, middle, whole=whole), self._range(middle, end)]
        return [*self._grown(earlier, middle, end, whole=False), self._range(start, middle)]

    def _range(self, start: int, end: int) -> bytes:
        length = end - start
        if length & (length - 1) == 0 and start % length == 0:
            return self._node(length.bit_length() - 1, start // length)
        middle = start + _split(length)
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _node(self, height: int, index: int) -> bytes:
        """The whole subtree of 2 ** height entries that begins at index * 2 ** height."""
        level, rest = divmod(height, TILE_HEIGHT)
        if rest:
            return node_hash(self._node(height - 1, 2 * index), self._node(height - 1, 2 * index + 1))
        block, place = divmod(index, TILE_WIDTH)
        if (level, block) not in self._blocks:
            self._blocks[level, block] = self._read(level, block * TILE_WIDTH, TILE_WIDTH)
        found = self._blocks[level, block]
        if place >= len(found):
            raise Missing(f"The log lacks hash {index} of level {level}.")
        return found[place]


def _split(length: int) -> int:
    """The largest power of two below `length`."""
    return 1 << ((length - 1).bit_length() - 1)


def tree_of(collection_id: int) -> Tree:
    """The stored tree of a collection."""
    return Tree(reads(collection_id))


def reads(collection_id: int) -> Read:
    """How the stored tree of a collection is read."""

    def read(level: int, first: int, count: int) -> Sequence[bytes]:
        return (
            leaves(collection_id, first, count) if level == 0 else tiles(collection_id, level, first, count)
        )

    return read


def leaves(collection_id: int, first: int, count: int) -> list[bytes]:
    """Leaf hashes of entries, as far as they follow one another without a gap."""
    rows = db.session.execute(
        select(LogEntry.seq, LogEntry.at, LogEntry.commitment)
        .where(LogEntry.collection_id == collection_id)
        .where(LogEntry.seq >= first, LogEntry.seq < first + count)
        .order_by(LogEntry.seq)
    ).all()
    return [
        leaf_hash(leaf_data(seq, microseconds(at), committed))
        for place, (seq, at, committed) in enumerate(rows)
        if seq == first + place
    ]


def tiles(collection_id: int, level: int, first: int, count: int) -> list[bytes]:
    rows = db.session.execute(
        select(LogTile.index, LogTile.hash)
        .where(LogTile.collection_id == collection_id, LogTile.level == level)
        .where(LogTile.index >= first, LogTile.index < first + count)
        .order_by(LogTile.index)
    ).all()
    return [found for place, (index, found) in enumerate(rows) if index == first + place]


class Growing:
    """A tree while leaves are added to it: what is complete comes out as tiles."""

    def __init__(self, size: int = 0, tails: list[list[bytes]] | None = None):
        """tails: for each level, the hashes since the last whole tile above them (see `at_the_end_of`)."""
        self.size = size
        self._tails = tails or [[]]

    @property
    def even(self) -> bool:
        """Whether the next leaf begins a tile."""
        return not self._tails[0]

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf; the tiles that it completes: (level, index, hash)."""
        self.size += 1
        self._tails[0].append(leaf)
        return self._completed()

    def add_tile(self, tile: bytes) -> list[tuple[int, int, bytes]]:
        """Add the next 256 leaves, where a tile begins, by the hash over them; what this completes."""
        self.size += TILE_WIDTH
        return self._whole_tile(1, tile)

    def _completed(self) -> list[tuple[int, int, bytes]]:
        if len(self._tails[0]) < TILE_WIDTH:
            return []
        whole, self._tails[0] = tile_over(self._tails[0]), []
        return self._whole_tile(1, whole)

    def _whole_tile(self, level: int, whole: bytes) -> list[tuple[int, int, bytes]]:
        """A tile stands on a level, and what that completes above it."""
        made = [(level, self.size // TILE_WIDTH**level - 1, whole)]
        if level == len(self._tails):
            self._tails.append([])
        self._tails[level].append(whole)
        if len(self._tails[level]) == TILE_WIDTH:
            above, self._tails[level] = tile_over(self._tails[level]), []
            made += self._whole_tile(level + 1, above)
        return made

    def root(self) -> bytes:
        """The head of the tree as it stands."""
        pieces = [
            (level * TILE_HEIGHT, one)
            for level, tail in reversed(list(enumerate(self._tails)))
            for one in tail
        ]
        return _root_of(pieces)


def tile_over(hashes: Sequence[bytes]) -> bytes:
    """The hash over 256 (or another power of two) of them."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def _root_of(pieces: Sequence[tuple[int, bytes]]) -> bytes:
    """The root over whole subtrees (height, hash) that stand side by side, the highest first."""
    if not pieces:
        return EMPTY_ROOT
    ranges: list[tuple[int, bytes]] = []
    for piece in pieces:
        ranges.append(piece)
        while len(ranges) > 1 and ranges[-2][0] == ranges[-1][0]:
            height, right = ranges.pop()
            ranges[-1] = (height + 1, node_hash(ranges[-1][1], right))
    found = ranges.pop()[1]
    while ranges:
        found = node_hash(ranges.pop()[1], found)
    return found


def at_the_end_of(collection_id: int, size: int) -> Growing:
    """The stored tree of a collection's first `size` entries, to add to."""
    tails = [leaves(collection_id, size - size % TILE_WIDTH, size % TILE_WIDTH)]
    level, count = 1, size // TILE_WIDTH
    while count:
        tails.append(tiles(collection_id, level, count - count % TILE_WIDTH, count % TILE_WIDTH))
        level, count = level + 1, count // TILE_WIDTH
    return Growing(size, tails)
