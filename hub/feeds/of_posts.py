"""Entries of posts: what was written under one item, and what a search with words finds."""

from collections.abc import Sequence

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from hub.content.models import ANSWER, COMMENT, OPENING, PLACES, QUESTION, REPLY, Item, Post
from hub.content.rules import is_open_to_all
from hub.core import search
from hub.core.database import db
from hub.core.paging import page
from hub.core.policy import Actor, visible
from hub.core.search import CannotSearch, Query, SearchUnavailable, audiences_of_actor
from hub.questions.models import Question

from .changes import Changes, changes_of, latest
from .content import elsewhere
from .enclosed import Files, enclosures, files_under, listed
from .entries import Entry, Gone
from .filed import foot_of, tags_of
from .naming import post_address, tag_of_post, written_by
from .of_items import Found
from .rules import ENTRIES, FOUND
from .subjects import Subject, Wanted


def found_posts(actor: Actor, subject: Subject, cursor: str | None) -> Found:
    """An item with everything under it, the newest first."""
    item = subject.item
    assert item is not None, "the caller's subject is an item"
    found = page(
        select(Post).where(visible(Post, actor), Post.item_id == item.id, Post.withdrawn_at.is_(None)),
        (Post.position,),
        lambda post: (post.position,),
        cursor,
        ENTRIES,
    )
    question = db.session.get(Question, item.id) if item.kind == QUESTION else None
    changes = changes_of(item=[item.id], post=[post.id for post in found])
    files = files_under((item, post) for post in found)
    entries = [entry_of(item, post, changes, files, question) for post in found]
    return entries, _withdrawn(item), found.older or ""


def found_by_words(actor: Actor, wanted: Wanted) -> Found:
    """The newest posts with the words, by date and not by rank: what is found later stands above."""
    query = Query(
        wanted.words,
        audiences=audiences_of_actor(actor),
        kinds=frozenset({wanted.kind} if wanted.kind else PLACES),
        topics=frozenset({wanted.topic} if wanted.topic else ()),
        groups=frozenset({wanted.group} if wanted.group else ()),
        applies_to=frozenset({wanted.place} if wanted.place else ()),
        any_word=wanted.any_word,
    )
    try:
        found = search.newest(query, None, FOUND)
    except CannotSearch:
        return [], [], ""
    except SearchUnavailable:
        abort(503)
    posts = _read_again(actor, [int(key[5:]) for key in found.keys if key.startswith("post:")])
    changes = changes_of(item={post.item_id for post in posts}, post=[post.id for post in posts])
    files = files_under((post.item, post) for post in posts)
    return [entry_of(post.item, post, changes, files) for post in posts], [], ""


def _read_again(actor: Actor, post_ids: Sequence[int]) -> list[Post]:
    """The index suggests; what is shown is asked of the policy."""
    if not post_ids:
        return []
    rows = db.session.scalars(
        select(Post)
        .join(Post.item)
        .join(Item.group)
        .options(
            contains_eager(Post.item).contains_eager(Item.group),
            contains_eager(Post.item).selectinload(Item.topics),
        )
        .where(Post.id.in_(post_ids), visible(Post, actor), Post.withdrawn_at.is_(None), Item.is_out)
        .order_by(Post.created_at.desc(), Item.number, Post.position)
        .limit(ENTRIES)
    )
    return list(rows)


def entry_of(
    item: Item, post: Post, changes: Changes, files: Files, question: Question | None = None
) -> Entry:
    url = post_address(item, post.position)
    accepted = question is not None and question.accepted_post_id == post.id
    hanging = files.get(post.id, ())
    whole = elsewhere(post.html, url, open_to_all=is_open_to_all(item)) + listed(hanging)
    first = post.position == 1
    return Entry(
        id=tag_of_post(item, post.position),
        url=url,
        title=_title(item, post, accepted),
        author=written_by(post.byline),
        published=item.published_at if first and item.published_at else post.created_at,
        updated=latest(
            item.published_at if first else None,
            post.created_at,
            post.edited_at,
            changes.get(("post", post.id)),
            changes.get(("item", item.id)),
            question.accepted_at if question is not None and accepted else None,
        ),
        html=whole + foot_of(item) if first else whole,
        tags=tags_of(item) if first else (),
        files=enclosures(item, hanging),
    )


def _title(item: Item, post: Post, accepted: bool) -> str:
    if post.kind == OPENING:
        return item.title
    words = {
        ANSWER: _("Accepted answer: %(title)s") if accepted else _("Answer: %(title)s"),
        REPLY: _("Reply: %(title)s"),
        COMMENT: _("Comment: %(title)s"),
    }
    return words[post.kind] % {"title": item.title}


def _withdrawn(item: Item) -> list[Gone]:
    """Posts of an item that the reader sees, lately withdrawn."""
    rows = db.session.execute(
        select(Post.position, Post.withdrawn_at)
        .where(Post.item_id == item.id, Post.withdrawn_at.is_not(None))
        .order_by(Post.withdrawn_at.desc(), Post.position)
        .limit(ENTRIES)
    )
    return [Gone(tag_of_post(item, position), at) for position, at in rows]
