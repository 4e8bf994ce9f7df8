"""Whether what an example shows verifies: for many at once, when their cards are made."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased, undefer

from hub.archive.models import ArchivedPost, ArchiveEvent, Collection, Sighting, SourceSlice
from hub.archive.slices import bytes_of
from hub.core.database import db

from . import hashing
from .comparing import as_rows_say, commits_to
from .models import LogEntry
from .reading import SIGHTING, Reader, events

# It holds; it has no entry in the log yet; it is no longer what was sealed.
VERIFIED, UNSEALED, FAULTY = "verified", "unsealed", "faulty"
# It was lawfully erased: there is nothing left to verify.
GONE = "erased"


def of_sightings(sighting_ids: Iterable[int]) -> dict[int, str]:
    """For each sighting: whether its bytes, its statement beside the rows, and its place in the chain hold.

    A fixed number of queries for each collection that they are of.
    """
    wanted = list(sighting_ids)
    if not wanted:
        return {}
    found = dict.fromkeys(wanted, UNSEALED)
    before = aliased(LogEntry)
    rows = db.session.execute(
        select(
            ArchiveEvent.sighting_id,
            LogEntry,
            before.link,
            Collection.token,
            ArchivedPost.erased_at,
            SourceSlice,
        )
        .join(LogEntry, LogEntry.event_id == ArchiveEvent.id)
        .join(Collection, Collection.id == ArchiveEvent.collection_id)
        .join(ArchivedPost, ArchivedPost.id == ArchiveEvent.post_id)
        .join(Sighting, Sighting.id == ArchiveEvent.sighting_id)
        .join(SourceSlice, SourceSlice.id == Sighting.slice_id)
        .outerjoin(
            before, and_(before.collection_id == LogEntry.collection_id, before.seq == LogEntry.seq - 1)
        )
        .where(ArchiveEvent.sighting_id.in_(wanted))
        .options(undefer(SourceSlice.raw))
    ).all()
    statements = _statements([row.LogEntry for row in rows if row.LogEntry.statement is not None])
    for sighting_id, entry, link, token, erased_at, source in rows:
        raw = bytes_of(source, token)
        holds = (
            _follows(entry, link if link is not None else hashing.first_link(token))
            and statements.get(entry.event_id) == entry.statement
            and raw is not None
            and sha256(raw).hexdigest() == source.sha256
        )
        erased = entry.statement is None and erased_at is not None
        found[sighting_id] = VERIFIED if holds else GONE if erased else FAULTY
    return found


def _follows(entry: LogEntry, before: bytes) -> bool:
    if entry.statement is None or entry.salt is None:
        return False
    if not commits_to(entry.statement, entry.salt, entry.commitment):
        return False
    leaf = hashing.leaf_hash(hashing.leaf_data(entry.seq, hashing.microseconds(entry.at), entry.commitment))
    return hashing.next_link(before, leaf) == entry.link


def _statements(entries: list[LogEntry]) -> dict[int, str]:
    """What the rows say of each entry's event, by event."""
    rows = events([entry.event_id for entry in entries])
    # Facts are asked by ids that are the hub's own: one reader does for all collections.
    facts = Reader(0).facts(rows)
    return {row[0]: as_rows_say(row, facts) for row in rows if row[SIGHTING] is not None}
