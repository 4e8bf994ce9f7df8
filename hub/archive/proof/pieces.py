"""Looks at some entries of a collection's log, by themselves: whether each follows from the one before it,
and whether the rows that it tells of still say the same. Needs nothing of other pieces, so that several
processes can be at it."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Sequence
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
from .models import LogEntry
from .reading import ACCOUNT, COLUMNS, IMPORT, Reader, with_what_they_name
from .statements import Facts, iso
from .tree import TILE_WIDTH, tile_over

# Entries looked at together: enough that queries cost little, few enough to stay small; whole tiles.
WIDTH = 4 * TILE_WIDTH

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
_POST_TOKEN = _OWN + 12


@dataclass
class Piece:
    """What a look at some entries, in order, found."""

    seqs: Sequence[int] = ()
    leaves: list[bytes] = field(default_factory=list)
    links: list[bytes] = field(default_factory=list)
    # Whether nothing is missing within, and all but the first follow from the one before them.
    smooth: bool = True
    # Over each 256 of the leaves; what is left over has none.
    tiles: list[bytes] = field(default_factory=list)
    # By place in the piece: addresses of the posts of the first, and of those that do not follow.
    posts: dict[int, str] = field(default_factory=dict)
    # By place in the piece.
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    erased: int = 0


class Looker:
    """Looks at pieces of one log, keeping what many of their entries share."""

    def __init__(self, log: Log):
        self._log = log
        self._reader = Reader(log.id)
        self._erasures = Erasures(log.id)

    def look(self, first: int, end: int) -> Piece:
        """At the entries from number `first` on and before `end`."""
        rows, told, facts = self._read(first, end)
        found = Piece(seqs=[row[0] for row in rows])
        if any(row[3] is None and self._erasures.authority(row[0]) is None for row in rows):
            self._erasures = Erasures(self._log.id)  # it may have been erased just now
        for place, (row, of_event) in enumerate(zip(rows, told, strict=True)):
            faults = list(self._faults(row, of_event, facts))
            if faults:
                found.faults[place] = faults
            found.erased += row[3] is None
        db.session.rollback()
        self._follow(found, rows)
        return found

    def _faults(self, row: Sequence[Any], told: Sequence[Any], facts: Facts) -> Iterator[Fault]:
        """row: all of it; told: what it says of its event (`reading.COLUMNS`)."""
        seq, _at, event_id, statement, salt, committed = row[:6]
        yield from against_rows(
            (seq, event_id, statement, salt, committed), told, facts, self._log.path, self._erasures
        )
        if told[0] is not None and not _in_place(row, self._log.id, facts):
            yield _displaced(seq, told, self._post(row))

    def _follow(self, found: Piece, rows: Sequence[Any]) -> None:
        """The leaves, and whether each follows from the one before it."""
        before: bytes | None = None
        for place, row in enumerate(rows):
            leaf, link = _leaf(row[0], row[1], row[5]), row[6]
            found.leaves.append(leaf)
            found.links.append(link)
            if before is None:
                found.posts[place] = self._post(row)
            elif row[0] != rows[place - 1][0] + 1 or hashing.next_link(before, leaf) != link:
                found.posts[place] = self._post(row)
                found.smooth = False
            before = link
        if found.smooth:
            found.tiles = [
                tile_over(found.leaves[at : at + TILE_WIDTH])
                for at in range(0, len(found.leaves) - TILE_WIDTH + 1, TILE_WIDTH)
            ]

    def _post(self, row: Sequence[Any]) -> str:
        return f"{self._log.path}/posts/{row[_POST_TOKEN]}" if row[_POST_TOKEN] else ""

    def _read(self, first: int, end: int) -> tuple[Sequence[Any], Sequence[Any], Facts]:
        """Entries, what they say of their events, and what their statements need beside. A byte that is no
        text any more must not stop us."""
        try:
            return self._rows(first, end, self._reader)
        except OperationalError:
            db.session.rollback()
            with _any_bytes_as_text():
                return self._rows(first, end, Reader(self._log.id))

    def _rows(self, first: int, end: int, reader: Reader) -> tuple[Sequence[Any], Sequence[Any], Facts]:
        rows = db.session.execute(
            _ENTRIES.where(_ENTRY.c.collection_id == self._log.id, _ENTRY.c.seq >= first, _ENTRY.c.seq < end)
        ).all()
        told = [row[_OWN:] for row in rows]
        return rows, told, reader.facts(told)


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
    told_account = row[_OWN + ACCOUNT]
    if sighting_in != collection_id or sighting_import != row[_OWN + IMPORT]:
        return False
    if account_id == told_account:
        return True
    met = facts.accounts.get(told_account)
    return met is None or is_provisional(met.platform_id)


def _displaced(seq: int, told: Sequence[Any], post: str) -> Fault:
    rows = [["archive_event", told[0]], ["archived_post", told[40]], ["sighting", told[9]]]
    about = {"seq": seq, "kind": told[1], "post": post, "fields": ["place"]}
    return Fault("rows", {**about, "rows": [one for one in rows if one[1] is not None]})


@lru_cache(maxsize=64)
def _microseconds(at: Any) -> int:
    return hashing.microseconds(datetime.fromisoformat(iso(at) or ""))


def _leaf(seq: int, at: Any, committed: bytes) -> bytes:
    try:
        return hashing.leaf_hash(hashing.leaf_data(seq, _microseconds(at), committed))
    except (ValueError, TypeError, AttributeError, struct.error):
        return b""  # a damaged entry is not the one that was sealed, whatever it is
