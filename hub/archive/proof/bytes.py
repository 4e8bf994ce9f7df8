"""The bytes that a collection keeps, held against their hashes: slices of sources, pictures and films."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256 as _sha256
from pathlib import Path

from sqlalchemy import ColumnElement, Select, and_, select, type_coerce, union
from sqlalchemy.types import NullType

from hub.archive.models import (
    ArchivedPost,
    ArchiveEvent,
    Citation,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SourceSlice,
)
from hub.archive.storage import MediaStore, sha256_of
from hub.core.database import db

from .faults import Fault
from .log import Log

# Slices held in memory at a time: some kilobytes each, and never more than `slices.LARGEST_ROW`.
AT_ONCE = 200
# Looked at in one go. Films may be large, and whoever carries a verification out shows that it lives between
# one go and the next.
SLICES_A_BLOCK, MEDIA_A_BLOCK = 5_000, 4
# Posts that a fault names.
MOST_POSTS = 3
# What stands in place of the hash of bytes that were lawfully erased; statements tell whether they were.
ERASED_MARK = "erased-"

_SLICE = SourceSlice.__table__


def blocks_of_slices(log: Log) -> Iterator[range]:
    """Ranges of ids in which the collection has slices."""
    # By the key of the table: by the collection's index each block would sort all of them.
    return _blocks(_SLICE.c.id, _SLICE.c.collection_id + 0 == log.id, SLICES_A_BLOCK)


def blocks_of_media(log: Log) -> Iterator[range]:
    """Ranges of ids in which the collection has pictures and films."""
    return _blocks(Media.__table__.c.id, Media.collection_id == log.id, MEDIA_A_BLOCK)


def _blocks(column: ColumnElement[int], ours: ColumnElement[bool], width: int) -> Iterator[range]:
    first = select(column).where(ours).order_by(column).limit(1)
    at = 0
    while (found := db.session.scalar(first.where(column >= at))) is not None:
        db.session.rollback()
        at = found + width
        yield range(found, at)


def _among(column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
    return and_(column >= ids.start, column < ids.stop) if isinstance(ids, range) else column.in_(ids)


def slices(log: Log, ids: Sequence[int]) -> Iterator[Fault]:
    """Faults of those of the collection's slices that have these ids."""
    store = MediaStore(log.token)
    for piece in _pieces(ids):
        statement = select(
            _SLICE.c.id, _SLICE.c.sha256, type_coerce(_SLICE.c.raw, NullType()), _SLICE.c.in_file
        )
        # Between two bounds and no more: of a further one SQLite asks each row anew.
        statement = statement.where(_SLICE.c.collection_id + 0 == log.id, _among(_SLICE.c.id, piece))
        for slice_id, sha256, raw, in_file in db.session.execute(statement.order_by(_SLICE.c.id)).all():
            if sha256.startswith(ERASED_MARK) and not raw:
                continue
            if (_of_file(store.path(sha256)) if in_file else _sha256(raw).hexdigest()) != sha256:
                posts = _posts(log, _leaning_on(slice_id))
                yield Fault("slice", {"sha256": sha256, "slice": slice_id, "posts": posts})


def _pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A range or a list of ids, so many at a time."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _of_file(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def media(log: Log, ids: Sequence[int]) -> Iterator[Fault]:
    """Faults of those of the collection's pictures and films that have these ids."""
    store = MediaStore(log.token)
    statement = select(Media.id, Media.sha256, Media.size).where(
        Media.collection_id == log.id, _among(Media.__table__.c.id, ids)
    )
    for media_id, sha256, size in db.session.execute(statement.order_by(Media.id)).all():
        path = store.path(sha256)
        gone = not path.is_file()
        if gone or path.stat().st_size != size or sha256_of(path) != sha256:
            posts = _posts(log, _showing(media_id))
            yield Fault("media_gone" if gone else "media", {"sha256": sha256, "posts": posts})


def _posts(log: Log, ids: Select) -> list[str]:
    tokens = select(ArchivedPost.token).where(ArchivedPost.id.in_(ids)).limit(MOST_POSTS)
    return [f"{log.path}/posts/{token}" for token in db.session.scalars(tokens)]


def _leaning_on(slice_id: int) -> Select:
    cited = (
        select(Sighting.post_id)
        .join(Citation, Citation.sighting_id == Sighting.id)
        .where(Citation.slice_id == slice_id)
    )
    found = union(
        select(Sighting.post_id).where(Sighting.slice_id == slice_id),
        select(ArchiveEvent.post_id).where(ArchiveEvent.slice_id == slice_id),
        cited,
    ).subquery()
    return select(found.c.post_id)


def _showing(media_id: int) -> Select:
    return (
        select(PostVersion.post_id)
        .join(PostMedia, PostMedia.version_id == PostVersion.id)
        .where(PostMedia.media_id == media_id)
    )
