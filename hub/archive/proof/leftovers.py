"""What stands in the tables of a collection and in no entry of its log, though it should by now: put there
from outside, by whoever can write to the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from hub.archive.models import (
    ArchivedPost,
    ArchiveEvent,
    Import,
    PostMedia,
    PostVersion,
    Sighting,
)
from hub.archive.rules import event_counts
from hub.core.database import db

from .faults import Fault
from .log import Log
from .models import LogEntry, LogHead

# Of each kind so many are named; a database that was filled from outside need not be listed.
MOST = 100

_sealed_import = select(Import.id).where(Import.sealed_at.is_not(None))
_no_entry = ~exists().where(LogEntry.event_id == ArchiveEvent.id)


def waiting(collection_id: int) -> int:
    """How many events wait for their entry: the worker has not come to them yet."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(ArchiveEvent)
            .where(ArchiveEvent.collection_id == collection_id, event_counts(), _no_entry)
            .where(~_should_be_sealed(collection_id))
        )
        or 0
    )


def _should_be_sealed(collection_id: int) -> ColumnElement[bool]:
    acts_to = select(LogHead.acts_to).where(LogHead.collection_id == collection_id).scalar_subquery()
    return or_(
        and_(ArchiveEvent.import_id.is_not(None), ArchiveEvent.import_id.in_(_sealed_import)),
        and_(ArchiveEvent.import_id.is_(None), ArchiveEvent.id <= func.coalesce(acts_to, 0)),
    )


def _unlogged_events(log: Log) -> Iterator[Fault]:
    events = (
        select(ArchiveEvent.id, ArchiveEvent.kind, ArchivedPost.token)
        .join(ArchivedPost, ArchivedPost.id == ArchiveEvent.post_id)
        .where(ArchiveEvent.collection_id == log.id, _no_entry, _should_be_sealed(log.id))
        .order_by(ArchiveEvent.id)
        .limit(MOST)
    )
    for event_id, kind, token in db.session.execute(events):
        about = {"event": event_id, "kind": kind, "post": f"{log.path}/posts/{token}"}
        yield Fault("unlogged_event", about)


# Rows, and which event tells of one.
_TOLD: tuple[tuple[Any, ColumnElement[bool]], ...] = (
    (ArchivedPost, ArchiveEvent.post_id == ArchivedPost.id),
    (PostVersion, ArchiveEvent.version_id == PostVersion.id),
    (Sighting, ArchiveEvent.sighting_id == Sighting.id),
    (
        PostMedia,
        and_(
            ArchiveEvent.version_id == PostMedia.version_id,
            ArchiveEvent.import_id == PostMedia.import_id,
        ),
    ),
)
# Events, and these.
SORTS = 1 + len(_TOLD)


def unlogged(log: Log, sort: int) -> Iterator[Fault]:
    """Faults of events (sort 0) or of one sort of rows that no entry vouches for."""
    if sort == 0:
        yield from _unlogged_events(log)
        return
    model, told = _TOLD[sort - 1]
    rows = (
        select(model.id)
        .where(model.collection_id == log.id, model.import_id.in_(_sealed_import))
        .where(~exists().where(told))
        .order_by(model.id)
        .limit(MOST)
    )
    for row in db.session.scalars(rows):
        yield Fault("unlogged_row", {"table": model.__tablename__, "row": row})
