"""Reads of examples: under posts, in the library, and what may be attached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Organisation
from hub.archive.filters import CHANGED, GONE
from hub.archive.finding import saying
from hub.archive.importing.history import edits_among
from hub.archive.masked_text import MaskedText
from hub.archive.masking import is_private, mask_of, masks, name_at, names_of, public_people
from hub.archive.models import DELETED, ArchivedPost, ArchiveEvent, Collection, PostVersion
from hub.archive.narrowing import happened
from hub.archive.rules import event_counts, for_its_organisation, kept_by, not_sealed, revealed
from hub.content.models import Item, Post
from hub.core.database import db
from hub.core.policy import Actor, visible

from .cards import with_all_that_cards_show
from .models import Example, ExamplePost
from .rules import keeps

# Choices to attach from, at most: who does not find theirs among them says more of its words.
MOST_CHOICES = 20
# What may have happened to the posts that are offered.
ALL = "all"
STATES = (ALL, GONE, CHANGED)


@dataclass(frozen=True)
class Choice:
    """A version of an archived post that could be attached. `ref` names it in a form.

    name, handle: the author's as they were then, for the keeper; masked: readers will not see them. said: the
    text, as readers will see it. private: a private person's, so that two must agree once it is deleted.
    """

    ref: str
    post: ArchivedPost
    version: PostVersion
    number: int
    total: int
    deleted: bool
    edited: bool
    masked: bool
    private: bool
    name: str
    handle: str
    later_handle: str
    met_on: datetime | None
    said: MaskedText

    @property
    def text(self) -> str:
        return str(self.said)

    @property
    def needs_two(self) -> bool:
        """Whether a second person must agree that it is shown."""
        return self.private and self.deleted


def any_under(post_ids: Sequence[int]) -> bool:
    """Whether anything was attached to these posts, in sight or not."""
    found = select(Example.id).where(Example.post_id.in_(post_ids)).limit(1)
    return db.session.scalar(found) is not None


def cards_version(*criteria: ColumnElement[bool]) -> tuple[Any, ...]:
    """What the cards of the examples that meet the criteria are kept by: it differs whenever they would. One
    light query instead of the many that cards take."""
    rows = db.session.execute(
        select(
            Example.id,
            Example.withdrawn_at,
            Example.caption,
            Example.edits,
            ExamplePost.version_id,
            ExamplePost.agreed,
            Collection.id,
            Collection.version,
            Collection.name,
            Organisation.name,
            for_its_organisation(),
        )
        .join(ExamplePost, ExamplePost.example_id == Example.id)
        .join(ArchivedPost, ArchivedPost.id == ExamplePost.archived_post_id)
        .join(Collection, Collection.id == ArchivedPost.collection_id)
        .outerjoin(Organisation, Organisation.id == Collection.organisation_id)
        .where(*criteria)
        .order_by(Example.post_id, Example.position, Example.id, ExamplePost.position)
    )
    return tuple(tuple(row) for row in rows)


def under_posts(post_ids: Sequence[int]) -> list[Example]:
    """The examples under posts that the caller was shown to see, in their order, ready for `cards_of`: also
    those that are withdrawn, of which a page says that one stood there."""
    statement = (
        select(Example)
        .where(Example.post_id.in_(post_ids))
        .order_by(Example.post_id, Example.position, Example.id)
        .options(*with_all_that_cards_show())
    )
    return list(db.session.scalars(statement))


def seen_example(actor: Actor, token: str) -> Select[tuple[Example]]:
    """An example by its address, with its post and item, ready for `cards_of`."""
    return (
        select(Example)
        .where(Example.token == token, visible(Example, actor))
        .options(
            *with_all_that_cards_show(),
            joinedload(Example.post).joinedload(Post.item).selectinload(Item.topics),
        )
    )


def kept_collections(actor: Actor) -> list[Collection]:
    """The collections that the actor keeps and may attach from, by name: a sealed one is not among them."""
    mine = select(Collection).where(visible(Collection, actor), not_sealed(Collection.id))
    return list(db.session.scalars(mine.order_by(Collection.name)))


def choices(actor: Actor, collection: Collection | None, words: str, state: str = ALL) -> list[Choice]:
    """Versions of posts that the actor keeps, newest first, with all the words; or the post at an address.

    state: one of STATES, what happened to them.
    """
    searched = [collection.id] if collection else [one.id for one in kept_collections(actor)]
    statement = (
        select(ArchivedPost)
        .where(keeps(actor), revealed(ArchivedPost.import_id))
        .options(joinedload(ArchivedPost.account))
        .order_by(ArchivedPost.sort_at.desc(), ArchivedPost.token)
        .limit(MOST_CHOICES)
    )
    if collection is not None:
        statement = statement.where(ArchivedPost.collection_id == collection.id)
    if words.strip():
        statement = statement.where(saying(words, searched).condition)
    else:
        statement = statement.where(_has_version())
    if state != ALL:
        statement = statement.where(happened(state, kept_by(ArchiveEvent.collection_id, actor)))
    return _as_choices(list(db.session.scalars(statement)))


def chosen(actor: Actor, refs: Sequence[str]) -> list[Choice]:
    """The choices that a form names, in its order; those that the actor may not attach are not there."""
    tokens = [ref.partition(".")[0] for ref in refs]
    posts = db.session.scalars(
        select(ArchivedPost)
        .where(ArchivedPost.token.in_(tokens), keeps(actor), revealed(ArchivedPost.import_id))
        .options(joinedload(ArchivedPost.account))
    )
    known = {choice.ref: choice for choice in _as_choices(list(posts))}
    return [known[ref] for ref in dict.fromkeys(refs) if ref in known]


def _has_version() -> ColumnElement[bool]:
    """Posts that are known only by their deletion have nothing to show."""
    words = select(PostVersion.id).where(
        PostVersion.post_id == ArchivedPost.id, revealed(PostVersion.import_id)
    )
    return words.correlate(ArchivedPost).exists()


def _as_choices(posts: Sequence[ArchivedPost]) -> list[Choice]:
    """Each version of each post; the newest version first."""
    ids = [post.id for post in posts]
    versions: dict[int, list[PostVersion]] = {}
    for version in db.session.scalars(
        select(PostVersion)
        .where(PostVersion.post_id.in_(ids), revealed(PostVersion.import_id))
        .order_by(PostVersion.written_at, PostVersion.id)
        .options(selectinload(PostVersion.media))
    ):
        versions.setdefault(version.post_id, []).append(version)
    deleted = set(
        db.session.scalars(
            select(ArchiveEvent.post_id)
            .where(ArchiveEvent.post_id.in_(ids), ArchiveEvent.kind == DELETED)
            .where(event_counts())
        )
    )
    names = names_of({post.account_id for post in posts if post.account_id})
    public = public_people({post.collection_id for post in posts})
    found = []
    for post in posts:
        for number, version in reversed(list(enumerate(versions.get(post.id, []), start=1))):
            named = name_at(names.get(post.account_id or 0, ()), version.written_at or post.posted_at)
            found.append(
                Choice(
                    ref=f"{post.token}.{number}",
                    post=post,
                    version=version,
                    number=number,
                    total=len(versions[post.id]),
                    deleted=post.id in deleted,
                    edited=bool(edits_among(versions[post.id])),
                    masked=masks(post),
                    private=bool(post.protected) or is_private(post.account),
                    name=named.name if named else "",
                    handle=named.handle if named else "",
                    later_handle=named.later if named else "",
                    met_on=named.met_on if named else None,
                    said=mask_of(
                        post, version, names.get(post.account_id or 0, ()), public[post.collection_id]
                    )(version.text),
                )
            )
    return found
