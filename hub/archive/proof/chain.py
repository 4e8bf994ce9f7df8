"""Joins the pieces of a log, in order, into one chain and one tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select

from hub.core.database import db

from . import hashing
from .faults import Fault
from .log import Log
from .models import LogEntry, LogHead, LogTile
from .pieces import WIDTH, Piece
from .tree import TILE_WIDTH, Growing


@dataclass
class Found:
    """What following a log found beside its faults. roots: the tree's head at each size that was asked."""

    size: int = 0
    erased: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)


class Chain:
    """Follows the chain and grows the tree, piece by piece."""

    def __init__(self, log: Log, sizes: Sequence[int]):
        """sizes: of the checkpoints; the tree's head at each goes into `found.roots`."""
        self.found = Found()
        self._link: bytes | None = hashing.first_link(log.token)
        self._tree = Growing()
        self._sizes = frozenset(sizes)
        self._stored = _stored_tiles(log.id)
        self._collection_id = log.id
        self._next = 0
        # The run of entries that do not follow, while it lasts: (first, last, post of the first).
        self._loose: tuple[int, int, str] | None = None
        self._last_loose = -1
        # How many entries the log says that it has.
        self._said: int | None = 0

    def join(self, piece: Piece) -> Iterator[Fault]:
        """The piece's own faults, and those of its place behind the others."""
        if self._fits(piece):
            yield from self._end_of_run()
            yield from self._grow(piece)
        else:
            for place, seq in enumerate(piece.seqs):
                post = piece.posts.get(place, "")
                yield from self._next_entry(seq, piece.leaves[place], piece.links[place], post)
                yield from piece.faults.get(place, ())
        self.found.size = self._tree.size
        self.found.erased += piece.erased

    def _fits(self, piece: Piece) -> bool:
        """Whether nothing needs a look at each single entry: most pieces of most logs."""
        count = len(piece.seqs)
        return (
            piece.smooth
            and not piece.faults
            and count > 0
            and self._link is not None
            and piece.seqs[0] == self._next == self._tree.size
            and self._tree.even
            and hashing.next_link(self._link, piece.leaves[0]) == piece.links[0]
            and not any(self._next < size < self._next + count for size in self._sizes)
        )

    def _grow(self, piece: Piece) -> Iterator[Fault]:
        for tile in piece.tiles:
            yield from self._against_stored(self._tree.add_tile(tile))
        for leaf in piece.leaves[len(piece.tiles) * TILE_WIDTH :]:
            yield from self._against_stored(self._tree.add(leaf))
        self._link, self._next = piece.links[-1], piece.seqs[-1] + 1
        self._root()

    def _next_entry(self, seq: int, leaf: bytes, link: bytes, post: str) -> Iterator[Fault]:
        if seq != self._next:
            yield Fault("missing", {"first": self._next, "last": seq - 1})
            self._link = None  # what stood before is gone, so this one cannot be asked
        self._next = seq + 1
        if self._link is not None and hashing.next_link(self._link, leaf) != link:
            self._loose = (
                self._loose[0] if self._loose else seq,
                seq,
                self._loose[2] if self._loose else post,
            )
            self._last_loose = seq
        else:
            yield from self._end_of_run()
        self._link = link
        yield from self._against_stored(self._tree.add(leaf))
        self._root()

    def _against_stored(self, tiles: Sequence[tuple[int, int, bytes]]) -> Iterator[Fault]:
        for level, index, made in tiles:
            stored = self._stored.pop((level, index), None)
            first = index * TILE_WIDTH**level
            # Over an entry that is known to be another the hash cannot be the same.
            if stored != made and self._last_loose < first:
                yield Fault("tile", {"first": first, "last": first + TILE_WIDTH**level - 1})

    def _root(self) -> None:
        if self._tree.size in self._sizes:
            self.found.roots[self._tree.size] = self._tree.root()

    def _end_of_run(self) -> Iterator[Fault]:
        if self._loose is not None:
            first, last, post = self._loose
            self._loose = None
            yield (
                Fault("link", {"seq": first, "post": post})
                if first == last
                else Fault("links", {"first": first, "last": last})
            )

    def what_follows(self) -> tuple[int, int] | None:
        """Where the next entries stand that nobody has looked at, when all pieces are joined: those that were
        sealed meanwhile. None: there are no more."""
        first = _first_from(self._collection_id, self._next)
        size = select(LogHead.size).where(LogHead.collection_id == self._collection_id)
        # At the same instant: what is sealed between two questions is no fault.
        self._said, found = db.session.execute(select(size.scalar_subquery(), first.scalar_subquery())).one()
        db.session.rollback()
        return _bounds(found)

    def at_the_end(self) -> Iterator[Fault]:
        """Once nothing follows any more."""
        yield from self._end_of_run()
        for level, index in sorted(self._stored):
            width = TILE_WIDTH**level
            yield Fault("tile", {"first": index * width, "last": (index + 1) * width - 1})
        if (self._said or 0) != self._next:
            yield Fault("head", {"said": self._said or 0, "found": self.found.size})


def pieces(collection_id: int) -> Iterator[tuple[int, int]]:
    """The bounds (first, end) of the pieces of a log that have entries, in order; they end where tiles do."""
    at = 0
    while (bounds := _bounds(db.session.scalar(_first_from(collection_id, at)))) is not None:
        db.session.rollback()
        yield bounds
        at = bounds[1]


def _first_from(collection_id: int, at: int) -> Select:
    return (
        select(LogEntry.seq)
        .where(LogEntry.collection_id == collection_id, LogEntry.seq >= at)
        .order_by(LogEntry.seq)
        .limit(1)
    )


def _bounds(first: int | None) -> tuple[int, int] | None:
    return None if first is None else (first, first - first % WIDTH + WIDTH)


def _stored_tiles(collection_id: int) -> dict[tuple[int, int], bytes]:
    """All of them: one for each 256 entries."""
    rows = db.session.execute(
        select(LogTile.level, LogTile.index, LogTile.hash).where(LogTile.collection_id == collection_id)
    )
    return {(level, index): found for level, index, found in rows}


def against_checkpoints(heads: Sequence[tuple[int, bytes]], found: Found) -> Iterator[Fault]:
    """Faults between the log and the heads (size, root) of its checkpoints, wherever they are held."""
    for size in sorted({size for size, _root in heads if size > found.size}):
        yield Fault("truncated", {"size": size, "found": found.size})
    differing = {size for size, root in heads if size <= found.size and found.roots.get(size) != root}
    if differing:
        differs = min(differing)
        agrees = max((size for size, _root in heads if size < differs), default=0)
        yield Fault("fork", {"agrees": agrees, "differs": differs})
