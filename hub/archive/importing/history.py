"""What happened to posts, found out once all of an import is written and before it is revealed.

Each step goes in short pieces and may be begun again: it writes only what is not there yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, insert, or_, select

from hub.archive.adapters.base import Span
from hub.archive.became import FOR_GOOD, known
from hub.archive.importing.lease import Lease
from hub.archive.models import (
    DELETED,
    EDITED,
    FOUND_AGAIN,
    IMPORT,
    NOT_FOUND,
    ArchivedPost,
    ArchiveEvent,
    Import,
    PostVersion,
    Sighting,
    SocialAccount,
)
from hub.core.database import db, unit_of_work

PIECE = 500
# Posts that are looked up at once. Finding them goes through all of a large import: seldom, and outside of
# the pieces that write.
AHEAD = 10_000

Make = Callable[[Sequence[Row]], list[dict[str, Any]]]


def find_out(found: Import, lease: Lease, spans: Sequence[Span] | None = None) -> None:
    """Write what this import tells of edits, absences and returns. spans: see `Export`."""
    _in_pieces(found, lease, _posts_with_versions(found), ArchivedPost.id, _edits(found))
    if _came_before(found):
        return
    dated = found.made_at is not None and spans is None
    if found.account_id and found.whole and (dated or spans):
        _in_pieces(found, lease, _absent(found, spans), ArchivedPost.id, _absences(found))
    _in_pieces(found, lease, _returned(found), ArchivedPost.id, _returns(found))


def _came_before(found: Import) -> bool:
    """Whether this is a file without a date that the collection has taken already. It may be the first of
    several once more, so what it holds and lacks says nothing of what became of posts since."""
    if found.made_at:
        return False
    same = select(Import.id).where(
        Import.collection_id == found.collection_id,
        Import.file_sha256 == found.file_sha256,
        Import.revealed_at.is_not(None),
        Import.id != found.id,
    )
    return db.session.scalar(same.limit(1)) is not None


def _in_pieces(found: Import, lease: Lease, statement: Select, key: Any, make: Make) -> None:
    last, more = 0, True
    while more:
        rows = db.session.execute(statement.where(key > last).order_by(key).limit(AHEAD)).all()
        db.session.rollback()
        for start in range(0, len(rows), PIECE):
            _write_piece(found, lease, make, rows[start : start + PIECE])
        more = len(rows) == AHEAD
        last = rows[-1][0] if more else last


def _write_piece(found: Import, lease: Lease, make: Make, rows: Sequence[Row]) -> None:
    with unit_of_work() as session:
        events = make(rows)
        if events:
            common = {
                "collection_id": found.collection_id,
                "import_id": found.id,
                "recorded_at": found.uploaded_at,
                "cause": "",
                "version_id": None,
                "sighting_id": None,
                "slice_id": None,
                "details": {},
            }
            session.execute(insert(ArchiveEvent.__table__), [common | event for event in events])
        lease.renew(events=Import.events + len(events))


# Edited: every version but the first of its post.


def _posts_with_versions(found: Import) -> Select:
    touched = select(PostVersion.post_id).where(PostVersion.import_id == found.id)
    several = (
        select(PostVersion.post_id)
        .where(PostVersion.post_id.in_(touched))
        .group_by(PostVersion.post_id)
        .having(func.count() > 1)
    )
    return select(ArchivedPost.id).where(ArchivedPost.id.in_(several))


def _edits(found: Import) -> Make:
    def make(rows: Sequence[Row]) -> list[dict[str, Any]]:
        ids = [row[0] for row in rows]
        versions = defaultdict(list)
        for version in db.session.execute(
            select(
                PostVersion.id,
                PostVersion.post_id,
                PostVersion.version_id,
                PostVersion.written_at,
                PostVersion.complete,
            ).where(PostVersion.post_id.in_(ids))
        ):
            versions[version.post_id].append(version)
        told = set(
            db.session.scalars(
                select(ArchiveEvent.version_id).where(
                    ArchiveEvent.post_id.in_(ids), ArchiveEvent.kind == EDITED
                )
            )
        )
        return [
            {
                "post_id": version.post_id,
                "kind": EDITED,
                "at": _edited_at(version, of_post),
                "known_at": found.made_at,
                "told_by": found.evidence,
                "version_id": version.id,
            }
            for of_post in versions.values()
            for version in edits_among(of_post)
            if version.id not in told
        ]

    return make


def _edited_at(version: Any, versions: Sequence[Any]) -> datetime | None:
    """When it was edited; None: only the fact is known. A later export may show other words under the same
    time: it is the time of the post, not that of the edit."""
    same = any(one.written_at == version.written_at and one.id != version.id for one in versions)
    return None if same else version.written_at


def edits_among(versions: Sequence[Any]) -> list[Any]:
    """Those versions that are edits: all but the first, and but fuller texts of one that was cut short."""
    ordered = sorted(versions, key=version_order)
    cut = {version.version_id for version in ordered if not version.complete}
    edits, seen = [], set()
    for number, version in enumerate(ordered):
        fuller = version.version_id in cut and version.version_id in seen
        if number and not fuller:
            edits.append(version)
        seen.add(version.version_id)
    return edits


def version_order(version: Any) -> tuple:
    """By the time they were written where it is known, else as they came in."""
    return (version.written_at is None, version.written_at or 0, version.id)


# Not found: the account's earlier exports held it, this one is whole and does not.


def _absent(found: Import, spans: Sequence[Span] | None) -> Select:
    earlier = (
        exists()
        .where(Sighting.post_id == ArchivedPost.id, Sighting.evidence == IMPORT)
        .where(Sighting.import_id != found.id)
    )
    gone = exists().where(ArchiveEvent.post_id == ArchivedPost.id, ArchiveEvent.kind == DELETED)
    own = select(SocialAccount.id).where(
        SocialAccount.collection_id == found.collection_id, SocialAccount.platform_id == found.account_id
    )
    return select(ArchivedPost.id).where(
        ArchivedPost.account_id.in_(own),
        ArchivedPost.met_import_id != found.id,
        _covered(found, spans),
        earlier,
        ~gone,
        ~_missed(found),
    )


def _covered(found: Import, spans: Sequence[Span] | None) -> ColumnElement[bool]:
    if spans is None:
        return ArchivedPost.posted_at <= found.made_at
    return or_(
        *(
            ArchivedPost.platform_id.startswith(span.ids, autoescape=True)
            & ArchivedPost.posted_at.between(span.since, span.until)
            for span in spans
        )
    )


def _missed(found: Import) -> ColumnElement[bool]:
    """Whether a post's absence is written down already: from this very export, or, since an export without
    a date cannot be told from another, from any since the post was last found again."""
    if found.made_at:
        return exists().where(
            ArchiveEvent.post_id == ArchivedPost.id,
            ArchiveEvent.kind == NOT_FOUND,
            ArchiveEvent.known_at == found.made_at,
        )
    return _times(NOT_FOUND) > _times(FOUND_AGAIN)


def _absences(found: Import) -> Make:
    def make(rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [
            {
                "post_id": row[0],
                "kind": NOT_FOUND,
                "at": None,
                "known_at": found.made_at,
                "told_by": "own_export",
            }
            for row in rows
        ]

    return make


# Found again: absent from an export, or gone for a reason that may pass, and met at a later moment.


def _times(kind: str):
    return (
        select(func.count())
        .where(ArchiveEvent.post_id == ArchivedPost.id, ArchiveEvent.kind == kind)
        .scalar_subquery()
    )


def _returned(found: Import) -> Select:
    missing = select(ArchiveEvent.post_id).where(
        ArchiveEvent.collection_id == found.collection_id,
        _missed_or_gone(),
        ArchiveEvent.import_id != found.id,
    )
    return select(ArchivedPost.id).where(ArchivedPost.met_import_id == found.id, ArchivedPost.id.in_(missing))


def _missed_or_gone() -> ColumnElement[bool]:
    """What a post may come back from: who deletes a post does not take that back."""
    return ArchiveEvent.kind.in_((NOT_FOUND, DELETED)) & (ArchiveEvent.cause != FOR_GOOD)


def _returns(found: Import) -> Make:
    def make(rows: Sequence[Row]) -> list[dict[str, Any]]:
        ids = [row[0] for row in rows]
        told: dict[int, list[Any]] = defaultdict(list)
        for event in db.session.execute(
            select(
                ArchiveEvent.post_id,
                ArchiveEvent.kind,
                ArchiveEvent.at,
                ArchiveEvent.known_at,
                ArchiveEvent.recorded_at,
            )
            .where(ArchiveEvent.post_id.in_(ids))
            .where(or_(_missed_or_gone(), ArchiveEvent.kind == FOUND_AGAIN))
            .order_by(ArchiveEvent.id)
        ):
            told[event.post_id].append(event)
        seen = _seen(found, ids)
        return [
            {
                "post_id": post_id,
                "kind": FOUND_AGAIN,
                "at": None,
                "known_at": seen.get(post_id),
                "told_by": found.evidence,
            }
            for post_id in ids
            if _is_return(told[post_id], seen.get(post_id))
        ]

    return make


def _seen(found: Import, post_ids: Sequence[int]) -> dict[int, datetime]:
    """When each post was there, as this import says: the date of an export, the moment of a capture. The
    moments in an export without a date are its posts' own."""
    if found.made_at:
        return dict.fromkeys(post_ids, found.made_at)
    if found.evidence == IMPORT:
        return {}
    rows = db.session.execute(
        select(Sighting.post_id, func.max(Sighting.captured_at))
        .where(Sighting.import_id == found.id, Sighting.post_id.in_(post_ids))
        .where(Sighting.captured_at.is_not(None))
        .group_by(Sighting.post_id)
    )
    return dict(rows.all())


def _is_return(told: Sequence[Any], seen: datetime | None) -> bool:
    """Whether a post that was there at `seen` had been missed, and not found again since.

    told: its absences and returns, in the order in which they came to be known. A source that does not say
    when it saw the post (None) is a later one than those before it that do not say either; whether it is
    later than one with a date, nobody knows.
    """
    if seen is None:
        return told[-1].kind == NOT_FOUND and told[-1].known_at is None
    missed = max(
        (moment for one in told if one.kind != FOUND_AGAIN and (moment := known(one)) < seen), default=None
    )
    return missed is not None and not any(
        one.kind == FOUND_AGAIN and missed < known(one) <= seen for one in told
    )
