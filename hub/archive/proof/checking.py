"""One post checked at once: its entries, the rows and bytes that they tell of, their place in the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, union

from hub.archive.models import (
    ArchivedPost,
    ArchiveEvent,
    Citation,
    PostMedia,
    PostVersion,
    Sighting,
)
from hub.archive.rules import event_counts
from hub.core.database import db

from . import bytes as kept_bytes
from . import hashing
from .checkpoints import first_to_hold, last_of
from .comparing import Erasures, against_rows
from .faults import Fault
from .log import log_of
from .models import LogCheckpoint, LogEntry
from .proofs import entries_of
from .reading import Reader, events
from .tree import Missing, tree_of


@dataclass(frozen=True)
class Standing:
    """How a post stands in the log, before anything is checked. `anchored`: the earliest checkpoint that
    holds all of it; None: not yet."""

    sealed: int
    waiting: int
    anchored: LogCheckpoint | None


@dataclass(frozen=True)
class Checked:
    """A post that was checked. `entries`: each with its kind of event ("" once it was erased)."""

    standing: Standing
    entries: Sequence[tuple[LogEntry, str]]
    slices: int
    media: int
    faults: Sequence[Fault]


def standing_of(post: ArchivedPost) -> Standing:
    happened, sealed, last = db.session.execute(
        select(func.count(ArchiveEvent.id), func.count(LogEntry.seq), func.max(LogEntry.seq))
        .outerjoin(LogEntry, LogEntry.event_id == ArchiveEvent.id)
        .where(ArchiveEvent.post_id == post.id, event_counts())
    ).one()
    anchored = first_to_hold(post.collection_id, last) if last is not None else None
    return Standing(sealed, happened - sealed, anchored)


def check(post: ArchivedPost) -> Checked:
    """Check all that the log, the tables and the data folder hold of a post."""
    log = log_of(post.collection)
    entries = entries_of(post)
    slices, media = _slices(post), _media(post)
    faults = [
        *_entries(post, entries),
        *_places(post, entries),
        *kept_bytes.slices(log, slices),
        *kept_bytes.media(log, media),
    ]
    kinds = _kinds([entry.event_id for entry in entries])
    told = [(entry, kinds.get(entry.event_id, "")) for entry in entries]
    return Checked(standing_of(post), told, len(slices), len(media), faults)


def _entries(post: ArchivedPost, entries: Sequence[LogEntry]) -> list[Fault]:
    rows = {row[0]: row for row in events([entry.event_id for entry in entries])}
    facts = Reader(post.collection_id).facts(list(rows.values()))
    erasures = Erasures(post.collection_id)
    found: list[Fault] = []
    for entry in entries:
        told = (entry.seq, entry.event_id, entry.statement, entry.salt, entry.commitment)
        found += against_rows(told, rows[entry.event_id], facts, post.collection.path, erasures)
    return found


def _places(post: ArchivedPost, entries: Sequence[LogEntry]) -> list[Fault]:
    """Whether each entry is in the tree that the last checkpoint is over."""
    checkpoint = last_of(post.collection_id)
    if checkpoint is None:
        return []
    tree = tree_of(post.collection_id)
    found = []
    for entry in entries:
        if entry.seq >= checkpoint.size:
            continue
        leaf = hashing.leaf_hash(
            hashing.leaf_data(entry.seq, hashing.microseconds(entry.at), entry.commitment)
        )
        try:
            path = tree.inclusion(entry.seq, checkpoint.size)
            head = hashing.head_by(leaf, entry.seq, checkpoint.size, path)
        except Missing:
            head = None
        if head != checkpoint.root:
            found.append(Fault("link", {"seq": entry.seq, "post": post.path}))
    return found


def _slices(post: ArchivedPost) -> list[int]:
    cited = (
        select(Citation.slice_id)
        .join(Sighting, Sighting.id == Citation.sighting_id)
        .where(Sighting.post_id == post.id)
    )
    found = union(
        select(Sighting.slice_id).where(Sighting.post_id == post.id),
        select(ArchiveEvent.slice_id).where(
            ArchiveEvent.post_id == post.id, ArchiveEvent.slice_id.is_not(None)
        ),
        cited,
    )
    return list(db.session.scalars(found))


def _media(post: ArchivedPost) -> list[int]:
    return list(
        db.session.scalars(
            select(PostMedia.media_id)
            .join(PostVersion, PostVersion.id == PostMedia.version_id)
            .where(PostVersion.post_id == post.id, PostMedia.media_id.is_not(None))
            .distinct()
        )
    )


def _kinds(ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(select(ArchiveEvent.id, ArchiveEvent.kind).where(ArchiveEvent.id.in_(ids)))
    return {row.id: row.kind for row in rows}
