"""Reads of the archive: what the actor sees, eager, paged by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible

from .importing.history import edits_among, version_order
from .masking import names_of
from .models import (
    DELETED,
    EDITED,
    MET,
    NOT_FOUND,
    PRIVATE,
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
from .rules import event_counts, revealed
from .showing import ShownPost, show
from .slices import bytes_of

ALL, GONE, CHANGED, REPLIES, MISSED = "all", "deleted", "edited", "replies", "not_found"
STATES = (ALL, GONE, CHANGED, REPLIES, MISSED)
HAPPENED = {GONE: DELETED, CHANGED: EDITED, MISSED: NOT_FOUND}

# Imports shown on one page; a collection has one a month at most.
IMPORTS_SHOWN = 50


@dataclass(frozen=True)
class Filters:
    """How a list of a collection is narrowed. `account`: its token."""

    words: str = ""
    state: str = ALL
    account: str = ""


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
    """How many posts each collection holds, from its imports' own counts."""
    found = db.session.execute(
        select(Import.collection_id, func.sum(Import.new))
        .where(Import.collection_id.in_([one.id for one in collections]), Import.revealed_at.is_not(None))
        .group_by(Import.collection_id)
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
        .order_by(SocialAccount.kind == PRIVATE, SocialAccount.id)
        .limit(limit)
        .options(selectinload(SocialAccount.names))
    ).all()


def list_posts(
    actor: Actor, collection: Collection, filters: Filters, cursor: str | None = None
) -> Page[Row]:
    """Posts of a collection, newest first."""
    statement = narrowed(
        select(ArchivedPost).where(ArchivedPost.collection_id == collection.id, visible(ArchivedPost, actor)),
        collection,
        filters,
    ).options(joinedload(ArchivedPost.account))
    found = page(
        statement,
        (ArchivedPost.sort_at, ArchivedPost.token),
        lambda post: (post.sort_at, post.token),
        cursor,
    )
    return Page(rows_of(found.rows), found.older)


def narrowed(statement: Select, collection: Collection, filters: Filters) -> Select:
    """The statement of a collection's posts, with only those that fit."""
    if filters.state in HAPPENED:
        statement = statement.where(happened(filters.state, ArchiveEvent.collection_id == collection.id))
    if filters.state == REPLIES:
        answers = or_(ArchivedPost.reply_to_id.is_not(None), ArchivedPost.reply_to_account.is_not(None))
        statement = statement.where(answers)
    if filters.account:
        account = select(SocialAccount.id).where(
            SocialAccount.collection_id == collection.id, SocialAccount.token == filters.account
        )
        statement = statement.where(ArchivedPost.account_id.in_(account))
    for word in filters.words.split()[:8]:
        says = select(PostVersion.id).where(
            PostVersion.post_id == ArchivedPost.id,
            PostVersion.text.icontains(word, autoescape=True),
            revealed(PostVersion.import_id),
        )
        statement = statement.where(says.exists())
    return statement


def happened(state: str, kept: ColumnElement[bool]) -> ColumnElement[bool]:
    """Archived posts to which that happened (a key of HAPPENED). kept: which ArchiveEvents are looked at."""
    posts = select(ArchiveEvent.post_id).where(kept, ArchiveEvent.kind == HAPPENED[state], event_counts())
    return ArchivedPost.id.in_(posts)


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
            selectinload(Sighting.citations).joinedload(Citation.source),
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
    parent: ArchivedPost | None
    answers: tuple[Row, ...]

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
        parent=_parent(post),
        answers=tuple(rows_of(_answers(post))),
    )


def _parent(post: ArchivedPost) -> ArchivedPost | None:
    if not post.reply_to_id:
        return None
    return db.session.scalar(
        select(ArchivedPost).where(
            ArchivedPost.collection_id == post.collection_id,
            ArchivedPost.platform == post.platform,
            ArchivedPost.platform_id == post.reply_to_id,
            revealed(ArchivedPost.import_id),
        )
    )


def _answers(post: ArchivedPost, limit: int = 20) -> Sequence[ArchivedPost]:
    """Posts of the collection that answer this one or one of its versions."""
    ids = select(PostVersion.version_id).where(PostVersion.post_id == post.id)
    return db.session.scalars(
        select(ArchivedPost)
        .where(
            ArchivedPost.collection_id == post.collection_id,
            ArchivedPost.platform == post.platform,
            or_(ArchivedPost.reply_to_id == post.platform_id, ArchivedPost.reply_to_id.in_(ids)),
            revealed(ArchivedPost.import_id),
        )
        .order_by(ArchivedPost.sort_at, ArchivedPost.token)
        .limit(limit)
        .options(joinedload(ArchivedPost.account))
    ).all()


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


def last_seen(sightings: Sequence[Sighting]) -> datetime | None:
    """When the post was last seen on the platform, as far as its sources say."""
    return max((one.captured_at for one in sightings if one.captured_at), default=None)
