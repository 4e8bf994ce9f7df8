"""Stores the pictures and films of a batch before its transaction begins: files take long, locks must not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from hub.archive.importing.bulk import insert_rows
from hub.archive.models import Media
from hub.archive.pictures import Look, look_at
from hub.archive.sources import Source, Unreadable, limits
from hub.archive.storage import THUMBNAIL, MediaStore
from hub.core.database import db, new_token


@dataclass(slots=True)
class StoredMedia:
    sha256: str
    size: int
    look: Look


def store(files: Iterable[str], source: Source, media_store: MediaStore) -> dict[str, StoredMedia]:
    """What each of these members of the upload turned out to be; unreadable ones are absent."""
    stored: dict[str, StoredMedia] = {}
    for file in files:
        try:
            with source.open(file, limits.MAX_MEDIA) as stream:
                sha256, size = media_store.keep(stream)
        except Unreadable:
            continue  # counted with what the export lacks, when the import ends
        look = look_at(media_store.path(sha256), media_store.path(sha256, THUMBNAIL))
        stored[file] = StoredMedia(sha256, size, look)
    return stored


def write(stored: dict[str, StoredMedia], collection_id: int, import_id: int) -> dict[str, int]:
    """Ids of media rows by member of the upload; the same bytes are one row in a collection."""
    by_hash = {one.sha256: one for one in stored.values()}
    ids = dict(
        db.session.execute(
            select(Media.sha256, Media.id).where(
                Media.collection_id == collection_id, Media.sha256.in_(by_hash)
            )
        ).all()
    )
    rows = [
        {
            "token": new_token(),
            "collection_id": collection_id,
            "import_id": import_id,
            "sha256": sha256,
            "size": one.size,
            "media_type": one.look.media_type,
            "width": one.look.width,
            "height": one.look.height,
            "has_thumbnail": one.look.has_thumbnail,
        }
        for sha256, one in by_hash.items()
        if sha256 not in ids
    ]
    ids |= dict(zip((row["sha256"] for row in rows), insert_rows(Media, rows), strict=True))
    return {file: ids[one.sha256] for file, one in stored.items()}
