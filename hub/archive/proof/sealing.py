"""Sealing: events that count get their entries, in short pieces, one sealer at a time in a collection.

Imports are sealed in the order in which they were revealed, each by its events' ids; acts in between. What is
sealed and how far that went are written in one transaction, and an event has one entry at most: whoever is
killed, at any instant, leaves nothing by halves, and whoever begins again does nothing twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.archive.changes import posts_look_different
from hub.archive.models import ArchiveEvent, Collection, Import
from hub.core import clock
from hub.core.database import begin_reading, db, unit_of_work

from . import hashing, statements
from .models import LogEntry, LogHead, LogTile
from .reading import Reader, events
from .tree import Growing, at_the_end_of

# Entries in one transaction: written in some hundredths of a second, so that others hardly wait.
PIECE = 1_000
# No transaction stays open for so long: no act with a lower id can appear any more.
SETTLED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Piece:
    """Events to seal next: ids in order; of an import (and whether it has no more), or acts."""

    ids: tuple[int, ...]
    import_id: int | None
    last: bool


@dataclass(frozen=True)
class Head:
    """How far the log went when it was looked at."""

    size: int
    import_id: int | None
    event_id: int
    acts_to: int
    erasures: int


def seal(collection_id: int, sign_of_life: Callable[[], None] = lambda: None) -> int:
    """Seal what counts and is not sealed yet; how many entries were made."""
    sealer = _Sealer(collection_id)
    made = 0
    while (count := sealer.one_piece()) is not None:
        made += count
        sign_of_life()
    return made


def unsealed_collections() -> Sequence[int]:
    """Collections with events that wait for their entries."""
    acts = (
        select(ArchiveEvent.id)
        .outerjoin(LogHead, LogHead.collection_id == ArchiveEvent.collection_id)
        .where(ArchiveEvent.collection_id == Collection.id, ArchiveEvent.import_id.is_(None))
        .where((LogHead.acts_to.is_(None)) | (ArchiveEvent.id > LogHead.acts_to), _not_sealed())
    )
    imports = select(Import.id).where(
        Import.collection_id == Collection.id, Import.revealed_at.is_not(None), Import.sealed_at.is_(None)
    )
    return db.session.scalars(select(Collection.id).where(acts.exists() | imports.exists())).all()


def _not_sealed() -> Any:
    return ~exists().where(LogEntry.event_id == ArchiveEvent.id)


class _Sealer:
    """Seals one collection, keeping the end of the chain and of the tree between pieces."""

    def __init__(self, collection_id: int):
        self.collection_id = collection_id
        self._reader = Reader(collection_id)
        self._link = b""
        self._tree: Growing | None = None

    def one_piece(self) -> int | None:
        """Seal a piece; how many entries that made. None: nothing waits."""
        make_head(self.collection_id)
        # Reading takes longer than writing, so it goes first and holds no lock.
        begin_reading()
        db.session.rollback()
        head = _look(self.collection_id)
        piece = _next_piece(self.collection_id, head)
        if piece is None:
            db.session.rollback()
            return None
        rows = events(piece.ids)
        facts = self._reader.facts(rows)
        told = [(row[0], statements.write(row, facts)) for row in rows]
        self._find_end(head)
        db.session.rollback()
        with unit_of_work():
            if _look(self.collection_id, lock=True) != head:
                self._tree = None
                return 0  # somebody else was at it: look again
            self._append(head, piece, told)
        return len(told)

    def _find_end(self, head: Head) -> None:
        if self._tree is not None and self._tree.size == head.size:
            return
        self._tree = at_the_end_of(self.collection_id, head.size)
        if head.size:
            self._link = db.session.scalars(
                select(LogEntry.link).where(
                    LogEntry.collection_id == self.collection_id, LogEntry.seq == head.size - 1
                )
            ).one()
        else:
            token = select(Collection.token).where(Collection.id == self.collection_id)
            self._link = hashing.first_link(db.session.scalars(token).one())

    def _append(self, head: Head, piece: Piece, told: Sequence[tuple[int, str]]) -> None:
        now = clock.now()
        rows, tiles = self._entries(head.size, now, told)
        if rows:
            db.session.execute(insert(LogEntry.__table__), rows)
        if tiles:
            db.session.execute(insert(LogTile.__table__), tiles)
        values: dict[str, Any] = {"size": head.size + len(rows)}
        if piece.import_id is not None:
            values |= {"import_id": piece.import_id, "event_id": piece.ids[-1] if piece.ids else 0}
            if piece.last:
                values |= {"import_id": None, "event_id": 0}
                posts_look_different(self.collection_id)  # they are verified from now on
                db.session.execute(update(Import).where(Import.id == piece.import_id).values(sealed_at=now))
        else:
            values["acts_to"] = _settled(self.collection_id, head.acts_to, piece.ids[-1], now)
        db.session.execute(
            update(LogHead).where(LogHead.collection_id == self.collection_id).values(**values)
        )

    def _entries(
        self, size: int, now: datetime, told: Sequence[tuple[int, str]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        rows, tiles = [], []
        seeds = os.urandom(hashing.SEED * len(told))
        link, tree, at = self._link, self._tree, hashing.microseconds(now)
        assert tree is not None
        for place, (event_id, statement) in enumerate(told):
            seed = seeds[place * hashing.SEED : (place + 1) * hashing.SEED]
            committed = hashing.commitment(statement, seed)
            leaf = hashing.leaf_hash(hashing.leaf_data(size + place, at, committed))
            link = hashing.next_link(link, leaf)
            rows.append(
                {
                    "collection_id": self.collection_id,
                    "seq": size + place,
                    "at": now,
                    "event_id": event_id,
                    "statement": statement,
                    "salt": seed,
                    "commitment": committed,
                    "link": link,
                }
            )
            for level, index, found in tree.add(leaf):
                tiles.append(
                    {"collection_id": self.collection_id, "level": level, "index": index, "hash": found}
                )
        self._link = link
        return rows, tiles


def make_head(collection_id: int) -> None:
    if db.session.get(LogHead, collection_id) is None:
        with unit_of_work() as session:
            dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
            values = {"collection_id": collection_id, "size": 0, "event_id": 0, "acts_to": 0, "erasures": 0}
            session.execute(dialect.insert(LogHead).values(values).on_conflict_do_nothing())


def _look(collection_id: int, *, lock: bool = False) -> Head:
    statement = select(
        LogHead.size, LogHead.import_id, LogHead.event_id, LogHead.acts_to, LogHead.erasures
    ).where(LogHead.collection_id == collection_id)
    return Head(*db.session.execute(statement.with_for_update() if lock else statement).one())


def _next_piece(collection_id: int, head: Head) -> Piece | None:
    """What is sealed next: by when it began to count."""
    found = db.session.execute(
        select(Import.id, Import.revealed_at)
        .where(
            Import.collection_id == collection_id, Import.revealed_at.is_not(None), Import.sealed_at.is_(None)
        )
        .order_by(Import.revealed_at, Import.number)
        .limit(1)
    ).one_or_none()
    if found is None or head.import_id is None:
        acts = _acts(collection_id, head.acts_to)
        if found is not None:
            acts = acts.where(ArchiveEvent.recorded_at < found.revealed_at)
        if ids := tuple(db.session.scalars(acts)):
            return Piece(ids, None, last=False)
    if found is None:
        return None
    after = head.event_id if head.import_id == found.id else 0
    ids = tuple(
        db.session.scalars(
            select(ArchiveEvent.id)
            .where(ArchiveEvent.import_id == found.id, ArchiveEvent.id > after, _not_sealed())
            .order_by(ArchiveEvent.id)
            .limit(PIECE)
        )
    )
    return Piece(ids, found.id, last=len(ids) < PIECE)


def _acts(collection_id: int, after: int) -> Select:
    return (
        select(ArchiveEvent.id)
        .where(ArchiveEvent.collection_id == collection_id, ArchiveEvent.import_id.is_(None))
        .where(ArchiveEvent.id > after, _not_sealed())
        .order_by(ArchiveEvent.id)
        .limit(PIECE)
    )


def _settled(collection_id: int, before: int, sealed_to: int, now: datetime) -> int:
    """Up to which id all acts are sealed for good: an older transaction cannot bring one any more."""
    highest = db.session.scalar(
        select(ArchiveEvent.id)
        .where(ArchiveEvent.collection_id == collection_id, ArchiveEvent.import_id.is_(None))
        .where(ArchiveEvent.id <= sealed_to, ArchiveEvent.recorded_at < now - SETTLED_AFTER)
        .order_by(ArchiveEvent.id.desc())
        .limit(1)
    )
    return max(before, highest or 0)
