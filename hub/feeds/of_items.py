"""Entries of items: each with its first post's whole text."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from hub.content.files.shown import ShownFile
from hub.content.models import QUESTION, Item, Post, Topic
from hub.content.rules import is_open_to_all
from hub.core.database import db
from hub.core.paging import page
from hub.core.policy import Actor, visible
from hub.core.site import address
from hub.groups.models import Group
from hub.groups.rules import chosen_is_read, talk_is_read
from hub.questions.models import WAITING

from .changes import Changes, changes_of, latest
from .content import elsewhere
from .enclosed import enclosures, files_under, listed
from .entries import Entry, Gone
from .filed import foot_of, tags_of
from .naming import tag_of, written_by
from .rules import ENTRIES
from .subjects import DISCUSSIONS, QUESTIONS, SEARCH, UNANSWERED, Subject

Found = tuple[list[Entry], list[Gone], str]


def found_items(actor: Actor, subject: Subject, cursor: str | None) -> Found:
    """What was asked, begun and published, the newest first."""
    found = page(
        items_with_first_posts(actor).where(*_of(subject)),
        (Item.published_at, Group.slug, Item.number),
        lambda row: (row.Item.published_at, row.Item.group.slug, row.Item.number),
        cursor,
        ENTRIES,
        scalars=False,
    )
    changes = changes_of(item=[row.Item.id for row in found], post=[row.Post.id for row in found])
    files = files_under((row.Item, row.Post) for row in found)
    entries = [entry_of(row.Item, row.Post, changes, files.get(row.Post.id, ())) for row in found]
    return entries, withdrawn_items(actor, *_of(subject)), found.older or ""


def items_with_first_posts(actor: Actor) -> Any:
    """Items in sight of the actor, with group, topics and first post."""
    return (
        select(Item, Post)
        .join(Item.group)
        .join(Post, and_(Post.item_id == Item.id, Post.position == 1))
        .options(contains_eager(Item.group), selectinload(Item.topics))
        .where(visible(Item, actor), Item.is_out)
    )


def _of(subject: Subject) -> Sequence[ColumnElement[bool]]:
    """Which items belong to a subject."""
    kind, wanted = subject.kind, subject.wanted
    if kind == SEARCH:
        return [
            *([Item.kind == wanted.kind] if wanted.kind else []),
            *([Item.topics.any(Topic.slug == wanted.topic)] if wanted.topic else []),
            *([Item.group_id == subject.group.id] if subject.group is not None else []),
        ]
    criteria: list[ColumnElement[bool]] = []
    if subject.group is not None:
        criteria.append(Item.group_id == subject.group.id)
    if kind in (QUESTIONS, UNANSWERED):
        criteria.append(Item.kind == QUESTION)
    elif kind == DISCUSSIONS:
        criteria.append(Item.kind == "discussion")
    if kind == UNANSWERED:
        criteria += [Item.state == WAITING, Item.reply_count == 0]
    return criteria


def entry_of(item: Item, post: Post, changes: Changes, files: Sequence[ShownFile] = ()) -> Entry:
    url = address(item.path)
    assert item.published_at is not None, "drafts are in no feed"
    return Entry(
        id=tag_of(item),
        url=url,
        title=item.title,
        author=written_by(item.byline),
        published=item.published_at,
        updated=latest(
            item.published_at, post.edited_at, changes.get(("item", item.id)), changes.get(("post", post.id))
        ),
        html=elsewhere(post.html, url, open_to_all=is_open_to_all(item)) + listed(files) + foot_of(item),
        summary=item.summary,
        tags=tags_of(item),
        files=enclosures(item, files),
    )


def was_read(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor reads such items where they stand. Of one that is withdrawn no rule says that."""
    return or_(talk_is_read(Item.group_id, actor), and_(Item.is_open, chosen_is_read(Item.group_id)))


def withdrawn_items(actor: Actor, *criteria: ColumnElement[bool]) -> list[Gone]:
    """Those that the actor could read, lately withdrawn: only that they are gone is told."""
    rows = db.session.scalars(
        select(Item)
        .join(Item.group)
        .options(contains_eager(Item.group))
        .where(Item.published_at.is_not(None), Item.withdrawn_at.is_not(None), was_read(actor), *criteria)
        .order_by(Item.withdrawn_at.desc(), Group.slug, Item.number)
        .limit(ENTRIES)
    )
    return [Gone(tag_of(item), item.withdrawn_at) for item in rows if item.withdrawn_at is not None]
