"""Reads of the archive: what the actor sees, eager, paged by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from hub.core.database import TOKEN_LENGTH, db
from hub.core.paging import BadCursor, Page, page, read_cursor, write_cursor
from hub.core.policy import Actor, visible

from .filters import Filters
from .finding import saying
from .importing.history import edits_among, version_order
from .masking import names_of
from .models import (
    DELETED,
    MET,
    PRIVATE,
    RESOURCE,
    ArchivedPost,
    ArchiveEvent,
    Citation,
    Collection,
    Import,
    PostMedia,
    PostVersion,
    Sighting,
    SocialAccount,
    SourceSlice,
)
from .narrowing import narrowed
from .proof.models import LogHead
from .rules import event_counts, revealed
from .showing import ShownPost, show
from .slices import bytes_of

# Sorts behind every token: the cursor of a list that was looked at as far back as a moment.
BEHIND_ALL_TOKENS = "z" * (TOKEN_LENGTH + 1)

# Imports shown on one page; a collection has one a month at most.
IMPORTS_SHOWN = 50


@dataclass(frozen=True)
class Row:
    """A post in a list: its latest version, and how many there are."""

    post: ArchivedPost
    shown: ShownPost
    versions: int


def collections_of(actor: Actor) -> Sequence[Collection]:
    return db.session.scalars(
        select(Collection).where(visible(Collection, actor)).order_by(Collection.name, Collection.token)
    ).all()


def sizes(collections: Sequence[Collection]) -> dict[int, int]:
    """How many posts each collection holds, from what its imports counted and how many were erased since."""
    erased = func.coalesce(LogHead.erasures, 0)
    found = db.session.execute(
        select(Import.collection_id, func.sum(Import.new) - erased)
        .outerjoin(LogHead, LogHead.collection_id == Import.collection_id)
        .where(Import.collection_id.in_([one.id for one in collections]), Import.revealed_at.is_not(None))
        .group_by(Import.collection_id, erased)
    )
    return {collection_id: int(count) for collection_id, count in found}


def imports_of(collection: Collection) -> Sequence[Import]:
    """The latest imports of a collection that the actor was shown to see."""
    return db.session.scalars(
        select(Import)
        .where(Import.collection_id == collection.id)
        .order_by(Import.number.desc())
        .limit(IMPORTS_SHOWN)
    ).all()


def accounts_of(actor: Actor, collection: Collection, limit: int = 200) -> Sequence[SocialAccount]:
    """Accounts whose posts the collection holds, public ones first."""
    return db.session.scalars(
        select(SocialAccount)
        .where(SocialAccount.collection_id == collection.id, visible(SocialAccount, actor))
        .where(SocialAccount.same_as_id.is_(None))
        .order_by(SocialAccount.kind == PRIVATE, SocialAccount.id)
        .limit(limit)
        .options(selectinload(SocialAccount.names))
    ).all()


@dataclass(frozen=True)
class Listed(Page[Row]):
    """A page of posts. `looked_until`: posts with the words were looked for as far back as this, and fewer
    than a page of them fit the rest; None: the page is full, or there are no more."""

    looked_until: datetime | None = None


def list_posts(actor: Actor, collection: Collection, filters: Filters, cursor: str | None = None) -> Listed:
    """Posts of a collection, newest first."""
    keys = (ArchivedPost.sort_at, ArchivedPost.token)
    statement = (
        select(ArchivedPost)
        .where(ArchivedPost.collection_id == collection.id, visible(ArchivedPost, actor))
        .where(*narrowed(collection, filters))
        .options(joinedload(ArchivedPost.account))
    )
    until = None
    if filters.words:
        said = saying(filters.words, [collection.id], _moment_of(cursor, keys))
        statement, until = statement.where(said.condition), said.until
    found = page(statement, keys, lambda post: (post.sort_at, post.token), cursor)
    if found.older or until is None:
        return Listed(rows_of(found.rows), found.older)
    return Listed(rows_of(found.rows), write_cursor((until, BEHIND_ALL_TOKENS)), until)


def _moment_of(cursor: str | None, keys: Sequence[Any]) -> datetime | None:
    try:
        return read_cursor(cursor, keys)[0].value if cursor else None
    except BadCursor:
        return None


def rows_of(posts: Sequence[ArchivedPost]) -> list[Row]:
    """Posts with what a list shows of them, in a fixed number of queries."""
    context = Context(posts)
    rows = []
    for post in posts:
        versions = context.versions[post.id]
        rows.append(Row(post, context.show(post, versions[-1] if versions else None), len(versions)))
    return rows


class Context:
    """What pages need about some posts: their revealed versions, names, events and sightings."""

    def __init__(self, posts: Sequence[ArchivedPost]):
        ids = [post.id for post in posts]
        self.versions = _by_post(_versions(ids))
        for versions in self.versions.values():
            versions.sort(key=version_order)
        self.events: dict[int, list[ArchiveEvent]] = _by_post(_events(ids))
        self.sightings: dict[int, list[Sighting]] = _by_post(_sightings(ids))
        self.names = names_of({post.account_id for post in posts if post.account_id})

    def show(self, post: ArchivedPost, version: PostVersion | None) -> ShownPost:
        versions = self.versions[post.id]
        sightings = self.sightings[post.id]
        own = [one for one in sightings if version and one.version_id == version.id]
        return show(
            post,
            version,
            names=self.names.get(post.account_id or 0, ()),
            events=self.events[post.id],
            copies=[one.captured_at for one in sightings if one.captured_at],
            edits=edits_among(versions),
            number=versions.index(version) + 1 if version else 1,
            total=len(versions),
            source=own[0].evidence if own else "",
            sha256=own[0].source.sha256 if own else "",
        )


def _by_post(rows: Iterable) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[row.post_id].append(row)
    return found


def _versions(ids: Sequence[int]) -> Sequence[PostVersion]:
    return db.session.scalars(
        select(PostVersion)
        .where(PostVersion.post_id.in_(ids), revealed(PostVersion.import_id))
        .options(
            selectinload(PostVersion.media.and_(revealed(PostMedia.import_id))).joinedload(PostMedia.media)
        )
    ).all()


def _events(ids: Sequence[int]) -> Sequence[ArchiveEvent]:
    """All but further sightings, which are shown for themselves."""
    return db.session.scalars(
        select(ArchiveEvent)
        .where(ArchiveEvent.post_id.in_(ids), ArchiveEvent.kind != MET, event_counts())
        .options(
            joinedload(ArchiveEvent.imported).lazyload("*"),
            joinedload(ArchiveEvent.source),
            joinedload(ArchiveEvent.person).lazyload("*"),
        )
        .order_by(ArchiveEvent.id)
    ).all()


def _sightings(ids: Sequence[int]) -> Sequence[Sighting]:
    return db.session.scalars(
        select(Sighting)
        .where(Sighting.post_id.in_(ids), revealed(Sighting.import_id))
        .options(
            joinedload(Sighting.source),
            joinedload(Sighting.imported).lazyload("*"),
            # A page can be made of hundreds of pictures and styles: they are read when it is shown again.
            selectinload(Sighting.citations.and_(Citation.role != RESOURCE)).joinedload(Citation.source),
        )
        .order_by(Sighting.id)
    ).all()


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of one post: for its page, and for an example's evidence page."""

    post: ArchivedPost
    versions: tuple[tuple[PostVersion, ShownPost], ...]
    events: tuple[ArchiveEvent, ...]
    sightings: tuple[Sighting, ...]

    @property
    def latest(self) -> ShownPost | None:
        return self.versions[-1][1] if self.versions else None


def evidence_of(post: ArchivedPost) -> Evidence:
    """The whole record of a post that the actor was shown to see. A version that is the only one allowed
    (an example's) is picked out of `versions` by whoever shows it."""
    context = Context([post])
    return Evidence(
        post=post,
        versions=tuple((one, context.show(post, one)) for one in context.versions[post.id]),
        events=tuple(context.events[post.id]),
        sightings=tuple(context.sightings[post.id]),
    )


def slice_of(post: ArchivedPost, sha256: str) -> bytes | None:
    """Exact bytes that a sighting of the post, or what it cites, was read from."""
    sightings = select(Sighting.slice_id).where(Sighting.post_id == post.id, revealed(Sighting.import_id))
    cited = (
        select(Citation.slice_id)
        .join(Sighting, Sighting.id == Citation.sighting_id)
        .where(Sighting.post_id == post.id, revealed(Sighting.import_id))
    )
    told = select(ArchiveEvent.slice_id).where(
        ArchiveEvent.post_id == post.id, revealed(ArchiveEvent.import_id)
    )
    found = db.session.scalar(
        select(SourceSlice)
        .where(
            SourceSlice.collection_id == post.collection_id,
            SourceSlice.sha256 == sha256,
            or_(SourceSlice.id.in_(sightings), SourceSlice.id.in_(cited), SourceSlice.id.in_(told)),
        )
        .options(undefer(SourceSlice.raw))
    )
    return bytes_of(found, post.collection.token) if found else None


def last_seen(evidence: Evidence) -> datetime | None:
    """When the post was last seen on the platform, as far as its sources say: a row that tells of its
    deletion holds its words, but did not see it there."""
    telling = {event.slice_id for event in evidence.events if event.kind == DELETED}
    seen = (one.captured_at for one in evidence.sightings if one.slice_id not in telling)
    return max(filter(None, seen), default=None)
