"""Takes back what a failed or cancelled import wrote, in short pieces. Its report stays."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from hub.archive.models import (
    AccountName,
    ArchivedPost,
    ArchiveEvent,
    EarlierImport,
    FormerLog,
    Import,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.retention.holds import unseen
from hub.archive.storage import MediaStore
from hub.core.database import db, unit_of_work

PIECE = 1_000

# Those that point at others first.
ORDER = (
    ArchiveEvent, PostMedia, Sighting, PostVersion, ArchivedPost, Media, AccountName, SocialAccount,
    SourceSlice, EarlierImport, FormerLog,
)  # fmt: skip


def take_back(found: Import) -> None:
    """Delete every row of the import that nobody has seen. May be begun again."""
    store = MediaStore(found.collection.token)
    with unseen(found):
        for model in ORDER:
            while ids := _piece(model, found.id):
                hashes = _delete(model, ids)
                for sha256 in hashes:
                    store.forget(sha256)


def _piece(model: type, import_id: int) -> list[int]:
    with unit_of_work() as session:
        return list(session.scalars(select(model.id).where(model.import_id == import_id).limit(PIECE)))


def _delete(model: type, ids: list[int]) -> list[str]:
    """Delete rows; the hashes of files that go with them."""
    with unit_of_work() as session:
        hashes = _files(model, ids)
        session.execute(delete(model).where(model.id.in_(ids)).execution_options(synchronize_session=False))
        return hashes


def _files(model: type, ids: list[int]) -> list[str]:
    if model is Media:
        return list(db.session.scalars(select(Media.sha256).where(Media.id.in_(ids))))
    if model is SourceSlice:
        in_files = select(SourceSlice.sha256).where(SourceSlice.id.in_(ids), SourceSlice.in_file)
        return list(db.session.scalars(in_files))
    return []


def release_met(found: Import) -> None:
    """Posts that this import had met are again as if it had not."""
    with unit_of_work() as session:
        session.execute(
            update(ArchivedPost)
            .where(ArchivedPost.met_import_id == found.id)
            .values(met_import_id=ArchivedPost.import_id)
            .execution_options(synchronize_session=False)
        )
