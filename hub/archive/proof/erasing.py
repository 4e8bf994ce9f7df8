"""Lawful erasure: of a post, nothing is left but the fact, and the log still verifies.

Bytes, words, names and whatever else the post's events vouched for go, with the salts without which their
commitments tell nothing. The commitments stay, so that chain and tree hold, and a sealed event says under
what authority. Who may ask for it, and who must agree, is for others to judge: `retention`, `approvals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, or_, select, update

from hub.archive.changes import posts_look_different
from hub.archive.happenings import record
from hub.archive.models import (
    DISPOSED,
    ERASED,
    ArchivedPost,
    ArchiveEvent,
    Citation,
    Media,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from hub.archive.retention import guard, holds
from hub.core import audit, clock, search
from hub.core.database import db
from hub.core.jobs import enqueue
from hub.core.outbox import emit
from hub.core.policy import Actor

from .bytes import ERASED_MARK
from .models import LogEntry, LogHead
from .sealing import make_head


def erase(
    post: ArchivedPost,
    authority: str,
    reason: str,
    actor: Actor,
    *,
    again: bool = False,
    disposed: dict[str, Any] | None = None,
) -> ArchiveEvent:
    """Erase a post in the current transaction; its files go right after the commit.

    authority: the law, order or schedule that it is done under, in words; it is kept, and shown. Raises
    `holds.Held` when the post is held. A post that is erased already is left as it is. again: it was erased
    before, and a backup brought it back: holds of that time stop nothing now. disposed: it is disposed of,
    what the history says of that; None where the law has it erased.
    """
    if post.erased_at is not None:
        found = select(ArchiveEvent).where(ArchiveEvent.post_id == post.id, ArchiveEvent.kind == ERASED)
        return db.session.scalars(found.order_by(ArchiveEvent.id).limit(1)).one()
    make_head(post.collection_id)
    # Whoever seals waits, and reads anew what it read before.
    db.session.execute(
        update(LogHead)
        .where(LogHead.collection_id == post.collection_id)
        .values(erasures=LogHead.erasures + 1)
    )
    with guard.asked() if again else holds.deleting([post.id]):
        entries = _forget_statements(post)
        files = [*_blank_slices(post), *_drop_media(post)]
        authors = _authors(post)
        _blank_rows(post)
        _drop(authors)
    event = record(actor, post, ERASED, authority=authority, reason=reason, entries=entries)
    if disposed is not None:
        record(actor, post, DISPOSED, **disposed)
    audit.record(actor, "archived_post.erase", post, reason=reason, authority=authority)
    posts_look_different(post.collection_id)
    search.changed(f"archived:{post.id}")
    enqueue(
        "archive.erase_files",
        line={
            "collection": post.collection.token,
            "post": post.token,
            "authority": authority,
            "reason": reason,
            "at": clock.now().isoformat(),
            "disposed": disposed,
        },
        hashes=sorted(set(files)),
    )
    emit("archive.erased", post_id=post.id, collection_id=post.collection_id)
    return event


def _events(post: ArchivedPost):
    return select(ArchiveEvent.id).where(ArchiveEvent.post_id == post.id)


def _forget_statements(post: ArchivedPost) -> list[int]:
    """Statements and salts of all that happened to the post; the numbers of their entries."""
    of_post = (LogEntry.collection_id == post.collection_id, LogEntry.event_id.in_(_events(post)))
    entries = list(db.session.scalars(select(LogEntry.seq).where(*of_post).order_by(LogEntry.seq)))
    db.session.execute(
        update(LogEntry)
        .where(*of_post)
        .values(statement=None, salt=None)
        .execution_options(synchronize_session=False)
    )
    return entries


def _blank_slices(post: ArchivedPost) -> list[str]:
    """Bytes that no other post needs; hashes of those that lay in files. The post lets go of the others."""
    of_post = select(Sighting.id).where(Sighting.post_id == post.id)
    own = select(Sighting.slice_id).where(Sighting.post_id == post.id)
    told = select(ArchiveEvent.slice_id).where(
        ArchiveEvent.post_id == post.id, ArchiveEvent.slice_id.is_not(None)
    )
    cited = select(Citation.slice_id).where(Citation.sighting_id.in_(of_post))
    leant_on = select(SourceSlice).where(
        or_(SourceSlice.id.in_(own), SourceSlice.id.in_(told), SourceSlice.id.in_(cited))
    )
    found = db.session.scalars(leant_on.order_by(SourceSlice.id)).all()
    shared = {one.id for one in found if _needed_elsewhere(one, post)}
    db.session.execute(delete(Citation).where(Citation.sighting_id.in_(of_post)))
    db.session.execute(update(ArchiveEvent).where(ArchiveEvent.post_id == post.id).values(slice_id=None))
    files = []
    for one in found:
        if one.id not in shared:
            if one.in_file:
                files.append(one.sha256)
            one.raw, one.in_file, one.sha256 = b"", False, f"{ERASED_MARK}{one.id}"
    db.session.flush()
    if shared:
        _let_go(post, shared)
    return files


def _needed_elsewhere(source: SourceSlice, post: ArchivedPost) -> bool:
    others = (
        exists().where(Sighting.slice_id == source.id, Sighting.post_id != post.id),
        exists().where(ArchiveEvent.slice_id == source.id, ArchiveEvent.post_id != post.id),
        select(Citation.sighting_id)
        .join(Sighting, Sighting.id == Citation.sighting_id)
        .where(Citation.slice_id == source.id, Sighting.post_id != post.id)
        .exists(),
    )
    return bool(db.session.scalar(select(or_(*others))))


def _let_go(post: ArchivedPost, shared: set[int]) -> None:
    """Sightings whose bytes another post needs stand on nothing from now on."""
    for sighting in db.session.scalars(
        select(Sighting).where(Sighting.post_id == post.id, Sighting.slice_id.in_(shared))
    ):
        nothing = SourceSlice(
            collection_id=post.collection_id,
            import_id=sighting.import_id,
            sha256=f"{ERASED_MARK}s{sighting.id}",
            raw=b"",
        )
        db.session.add(nothing)
        db.session.flush()
        sighting.slice_id = nothing.id


def _drop_media(post: ArchivedPost) -> list[str]:
    """Pictures and films; hashes of those that no other post shows."""
    versions = select(PostVersion.id).where(PostVersion.post_id == post.id)
    of_post = PostMedia.version_id.in_(versions)
    held = list(
        db.session.scalars(select(PostMedia.media_id).where(of_post, PostMedia.media_id.is_not(None)))
    )
    db.session.execute(delete(PostMedia).where(of_post).execution_options(synchronize_session=False))
    unused = select(Media).where(Media.id.in_(held), ~exists().where(PostMedia.media_id == Media.id))
    found = db.session.scalars(unused).all()
    hashes = [one.sha256 for one in found]
    db.session.execute(
        delete(Media)
        .where(Media.id.in_([one.id for one in found]))
        .execution_options(synchronize_session=False)
    )
    return hashes


def _blank_rows(post: ArchivedPost) -> None:
    """What the post and its versions said. The platform's numbers stay: they keep it from coming in again."""
    for version in db.session.scalars(select(PostVersion).where(PostVersion.post_id == post.id)):
        version.text, version.details, version.language, version.stated_at = "", {}, "", ""
        version.content_hash = f"{ERASED_MARK}{version.id}"
    db.session.execute(
        update(Sighting).where(Sighting.post_id == post.id).values(counts={}, file="", account_id=None)
    )
    db.session.execute(
        update(ArchiveEvent)
        .where(ArchiveEvent.post_id == post.id, ArchiveEvent.kind != ERASED)
        .values(details={})
    )
    post.url, post.erased_at = "", clock.now()
    post.reply_to_id = post.reply_to_account = post.quotes_id = post.reposts_id = None
    post.account_id = None
    db.session.flush()


def _authors(post: ArchivedPost) -> set[int]:
    """Whose it is, and whom its sightings met; and what any of them was known by before."""
    met = select(Sighting.account_id).where(Sighting.post_id == post.id, Sighting.account_id.is_not(None))
    ids = {*db.session.scalars(met), *([post.account_id] if post.account_id else [])}
    return ids.union(db.session.scalars(select(SocialAccount.id).where(SocialAccount.same_as_id.in_(ids))))


def _drop(authors: set[int]) -> None:
    """Authors' names go when no other post is theirs."""
    if not authors:
        return
    used = set(
        db.session.scalars(
            select(ArchivedPost.account_id)
            .where(ArchivedPost.account_id.in_(authors))
            .union(select(Sighting.account_id).where(Sighting.account_id.in_(authors)))
        )
    )
    # What a sighting met by its handle is the account that it turned out to be.
    used.update(db.session.scalars(select(SocialAccount.same_as_id).where(SocialAccount.id.in_(used))))
    db.session.execute(delete(SocialAccount).where(SocialAccount.id.in_(authors - used)))


def authorities_of(posts: Sequence[ArchivedPost]) -> dict[int, str]:
    """Under what authority each of the posts was erased, by post id."""
    rows = db.session.execute(
        select(ArchiveEvent.post_id, ArchiveEvent.details).where(
            ArchiveEvent.post_id.in_([post.id for post in posts]), ArchiveEvent.kind == ERASED
        )
    )
    return {row.post_id: row.details.get("authority", "") for row in rows}
