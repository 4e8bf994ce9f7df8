"""Follows a collection's log from its first entry to its last: the chain, the tree, each statement beside the
rows that it tells of. Streaming, in constant memory, only reading."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select, type_coerce
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import NullType

from hub.archive.adapters.base import is_provisional
from hub.archive.models import ArchivedPost, ArchiveEvent, Sighting
from hub.core.database import db

from . import hashing
from .comparing import Erasures, against_rows
from .faults import Fault
from .log import Log
from .models import LogEntry, LogHead, LogTile
from .reading import ACCOUNT, COLUMNS, IMPORT, Reader, with_what_they_name
from .statements import Facts, iso
from .tree import TILE_WIDTH, Growing

# Entries looked at together: enough that queries cost little, few enough to stay small.
PIECE = 1_000

# Called every now and then, with how many entries were followed; None while bytes are read.
Tell = Callable[[int | None], None]

_ENTRY, _EVENT = LogEntry.__table__, ArchiveEvent.__table__
_POST, _SIGHTING = ArchivedPost.__table__, Sighting.__table__
_entry_columns = (
    _ENTRY.c.seq, type_coerce(_ENTRY.c.at, NullType()), _ENTRY.c.event_id, _ENTRY.c.statement,
    type_coerce(_ENTRY.c.salt, NullType()), type_coerce(_ENTRY.c.commitment, NullType()),
    type_coerce(_ENTRY.c.link, NullType()),
    # Which collection and import the rows say that they belong to.
    _EVENT.c.collection_id, _POST.c.collection_id, _SIGHTING.c.collection_id, _SIGHTING.c.import_id,
    _POST.c.account_id,
)  # fmt: skip
_OWN = len(_entry_columns)
_ENTRIES = (
    select(*_entry_columns, *COLUMNS)
    .select_from(with_what_they_name(_ENTRY.outerjoin(_EVENT, _EVENT.c.id == _ENTRY.c.event_id)))
    .order_by(_ENTRY.c.seq)
)


@dataclass
class Found:
    """What a pass over the entries found beside its faults."""

    size: int = 0
    erased: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)


def entries(log: Log, sizes: Sequence[int], found: Found, tell: Tell = lambda _done: None) -> Iterator[Fault]:
    """Faults of the chain, the tree's tiles and every statement.

    sizes: of the checkpoints; the tree's head at each goes into `found.roots`.
    """
    chain = _Chain(log, frozenset(sizes), found)
    erasures = Erasures(log.id)
    reader = Reader(log.id)
    last = -1
    while True:
        rows, facts = _read(log.id, last, reader)
        if not rows:
            break
        for row in rows:
            seq, at, event_id, statement, salt, committed, link = row[:7]
            told = row[_OWN:]
            post = f"{log.path}/posts/{told[12]}" if told[12] else ""
            yield from chain.next(seq, at, committed, link, post)
            yield from against_rows(
                (seq, event_id, statement, salt, committed), told, facts, log.path, erasures
            )
            if told[0] is not None and not _in_place(row, log.id, facts):
                yield _displaced(seq, told, post)
            found.erased += statement is None
        last = rows[-1][0]
        db.session.rollback()
        tell(found.size)
    yield from chain.at_the_end()


def _read(collection_id: int, last: int, reader: Reader) -> tuple[Sequence[Any], Facts]:
    """The next entries and what their statements need. A byte that is no text any more must not stop us."""
    try:
        return _piece(collection_id, last, reader)
    except OperationalError:
        db.session.rollback()
        with _any_bytes_as_text():
            return _piece(collection_id, last, Reader(collection_id))


def _piece(collection_id: int, last: int, reader: Reader) -> tuple[Sequence[Any], Facts]:
    rows = db.session.execute(
        _ENTRIES.where(_ENTRY.c.collection_id == collection_id, _ENTRY.c.seq > last).limit(PIECE)
    ).all()
    return rows, reader.facts([row[_OWN:] for row in rows])


@contextmanager
def _any_bytes_as_text() -> Iterator[None]:
    """Let SQLite hand out texts that are not UTF-8, as they can only be after they were damaged."""
    connection = db.session.connection().connection.dbapi_connection
    if not isinstance(connection, sqlite3.Connection):
        raise RuntimeError("PostgreSQL keeps no such texts.")
    connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str


def _in_place(row: Sequence[Any], collection_id: int, facts: Facts) -> bool:
    """Whether all rows of an event say that they belong together. A post may have been given the platform's
    own id of its author after a sighting that knew only a handle."""
    event_in, post_in, sighting_in, sighting_import, account_id = row[7:_OWN]
    if event_in != collection_id or post_in != collection_id:
        return False
    if sighting_in is None:
        return True
    told = row[_OWN:]
    if sighting_in != collection_id or sighting_import != told[IMPORT]:
        return False
    met = facts.accounts.get(told[ACCOUNT])
    return account_id == told[ACCOUNT] or met is None or is_provisional(met.platform_id)


def _displaced(seq: int, told: Sequence[Any], post: str) -> Fault:
    rows = [["archive_event", told[0]], ["archived_post", told[40]], ["sighting", told[9]]]
    about = {"seq": seq, "kind": told[1], "post": post, "fields": ["place"]}
    return Fault("rows", {**about, "rows": [one for one in rows if one[1] is not None]})


class _Chain:
    """Follows the chain and grows the tree, entry by entry."""

    def __init__(self, log: Log, sizes: frozenset[int], found: Found):
        self._link: bytes | None = hashing.first_link(log.token)
        self._tree = Growing()
        self._sizes, self._found = sizes, found
        self._stored = _stored_tiles(log.id)
        self._collection_id = log.id
        self._next = 0
        # The run of entries that do not follow, while it lasts: (first, last, post of the first).
        self._loose: tuple[int, int, str] | None = None
        self._last_loose = -1

    def next(self, seq: int, at: Any, committed: bytes, link: bytes, post: str) -> Iterator[Fault]:
        if seq != self._next:
            yield Fault("missing", {"first": self._next, "last": seq - 1})
            self._link = None  # what stood before is gone, so this one cannot be asked
        self._next = seq + 1
        leaf = _leaf(seq, at, committed)
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
        for level, index, made in self._tree.add(leaf):
            stored = self._stored.pop((level, index), None)
            first = index * TILE_WIDTH**level
            # Over an entry that is known to be another the hash cannot be the same.
            if stored != made and self._last_loose < first:
                yield Fault("tile", {"first": first, "last": first + TILE_WIDTH**level - 1})
        self._found.size = self._tree.size
        if self._tree.size in self._sizes:
            self._found.roots[self._tree.size] = self._tree.root()

    def _end_of_run(self) -> Iterator[Fault]:
        if self._loose is not None:
            first, last, post = self._loose
            self._loose = None
            yield (
                Fault("link", {"seq": first, "post": post})
                if first == last
                else Fault("links", {"first": first, "last": last})
            )

    def at_the_end(self) -> Iterator[Fault]:
        yield from self._end_of_run()
        for level, index in sorted(self._stored):
            width = TILE_WIDTH**level
            yield Fault("tile", {"first": index * width, "last": (index + 1) * width - 1})
        said = db.session.scalar(select(LogHead.size).where(LogHead.collection_id == self._collection_id))
        if (said or 0) != self._next:
            yield Fault("head", {"said": said or 0, "found": self._found.size})


def _stored_tiles(collection_id: int) -> dict[tuple[int, int], bytes]:
    """All of them: one for each 256 entries."""
    rows = db.session.execute(
        select(LogTile.level, LogTile.index, LogTile.hash).where(LogTile.collection_id == collection_id)
    )
    return {(level, index): found for level, index, found in rows}


@lru_cache(maxsize=64)
def _microseconds(at: Any) -> int:
    return hashing.microseconds(datetime.fromisoformat(iso(at) or ""))


def _leaf(seq: int, at: Any, committed: bytes) -> bytes:
    try:
        return hashing.leaf_hash(hashing.leaf_data(seq, _microseconds(at), committed))
    except (ValueError, TypeError, AttributeError, struct.error):
        return b""  # a damaged entry is not the one that was sealed, whatever it is


def against_checkpoints(heads: Sequence[tuple[int, bytes]], found: Found) -> Iterator[Fault]:
    """Faults between the log and the heads (size, root) of its checkpoints, wherever they are held."""
    for size in sorted({size for size, _root in heads if size > found.size}):
        yield Fault("truncated", {"size": size, "found": found.size})
    differing = {size for size, root in heads if size <= found.size and found.roots.get(size) != root}
    if differing:
        differs = min(differing)
        agrees = max((size for size, _root in heads if size < differs), default=0)
        yield Fault("fork", {"agrees": agrees, "differs": differs})
