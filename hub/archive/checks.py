"""What `hub check` asks of the archive: bytes that are what their hash says, and nothing by halves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import func, select

from hub.core import clock
from hub.core.checks import check
from hub.core.database import db

from . import storage
from .importing.lease import LEASE
from .models import (
    UNFINISHED,
    ArchivedPost,
    ArchiveEvent,
    Collection,
    Import,
    Media,
    PostVersion,
    Sighting,
    SourceSlice,
)
from .proof.bytes import ERASED_MARK
from .rules import revealed

AT_ONCE = 500


@check("exact bytes of archived posts")
def _bytes() -> Iterator[str]:
    """Every slice still has the SHA-256 under which it was kept, in its row or in its file."""
    last = 0
    while rows := db.session.execute(
        select(SourceSlice.id, SourceSlice.sha256, SourceSlice.raw, SourceSlice.in_file, Collection.token)
        .join(Collection, Collection.id == SourceSlice.collection_id)
        .where(SourceSlice.id > last)
        .order_by(SourceSlice.id)
        .limit(AT_ONCE)
    ).all():
        for _id, sha256, raw, in_file, token in rows:
            if sha256.startswith(ERASED_MARK) and not raw:
                continue  # lawfully erased; `hub verify` tells whether it was
            path = storage.MediaStore(token).path(sha256)
            if in_file and not path.is_file():
                yield f"The file of the bytes kept as {sha256} is not in the data folder."
            elif (storage.sha256_of(path) if in_file else hashlib.sha256(raw).hexdigest()) != sha256:
                yield f"The bytes kept as {sha256} are no longer those bytes."
        last = rows[-1][0]


@check("media of archived posts")
def _media() -> Iterator[str]:
    """Every picture and film lies where it should and is what it was."""
    rows = db.session.execute(
        select(Media.sha256, Media.size, Collection.token)
        .join(Collection, Collection.id == Media.collection_id)
        .execution_options(yield_per=AT_ONCE)
    )
    for sha256, size, token in rows:
        path = storage.MediaStore(token).path(sha256)
        if not path.is_file():
            yield f"The media file {sha256} is not in the data folder."
        elif path.stat().st_size != size or storage.sha256_of(path) != sha256:
            yield f"The media file {sha256} is no longer what it was."


@check("imports")
def _imports() -> Iterator[str]:
    """Those that ended left nothing unseen, and none lies about unread."""
    trace = [
        (model.__tablename__, model.import_id)
        for model in (ArchivedPost, PostVersion, Sighting, ArchiveEvent, SourceSlice, Media)
    ]
    ended = select(Import.id).where(Import.state.not_in(UNFINISHED), Import.revealed_at.is_(None))
    for table, import_id in trace:
        count = db.session.scalar(select(func.count()).where(import_id.in_(ended)))
        if count:
            yield f"{count} row(s) of {table} are left from imports that failed or were stopped."
    overdue = clock.now() - 10 * LEASE
    stuck = db.session.scalar(
        select(func.count()).where(
            Import.state.in_(UNFINISHED), Import.uploaded_at < overdue, Import.leased_until < overdue
        )
    )
    if stuck:
        yield f"{stuck} import(s) are overdue: is the worker running? Start it with `hub worker`."


@check("archived posts")
def _posts() -> Iterator[str]:
    """Every post that counts has a version or a deletion; every version has been met; counts agree."""
    said = select(ArchiveEvent.post_id).where(ArchiveEvent.kind == "deleted")
    bare = db.session.scalar(
        select(func.count()).where(
            revealed(ArchivedPost.import_id),
            ArchivedPost.erased_at.is_(None),
            ArchivedPost.id.not_in(select(PostVersion.post_id)),
            ArchivedPost.id.not_in(said),
        )
    )
    if bare:
        yield f"{bare} archived post(s) have neither words nor a deletion."
    unmet = db.session.scalar(select(func.count()).where(PostVersion.id.not_in(select(Sighting.version_id))))
    if unmet:
        yield f"{unmet} version(s) of archived posts have no sighting."
    counted = (
        select(func.count()).where(ArchivedPost.import_id == Import.id).correlate(Import).scalar_subquery()
    )
    wrong = db.session.scalars(
        select(Import.token).where(Import.revealed_at.is_not(None), Import.new != counted)
    )
    for token in wrong:
        yield f"Import {token} says another number of new posts than it brought."
