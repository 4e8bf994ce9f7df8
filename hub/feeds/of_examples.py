"""Entries of worked examples: what the cards on their pages say, in plain HTML."""

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from hub.content.models import Item, Post
from hub.core.database import db
from hub.core.markup import excerpt
from hub.core.policy import Actor
from hub.core.site import address
from hub.examples.cards import Card, cards_of
from hub.examples.models import Example
from hub.examples.shelves import library

from .changes import Changes, changes_of, latest
from .content import elsewhere
from .entries import Entry, Gone
from .filed import tags_of
from .naming import post_address, tag
from .of_items import Found, was_read
from .rules import ENTRIES
from .subjects import Subject

LONGEST_TITLE = 120


def found_examples(actor: Actor, subject: Subject, cursor: str | None) -> Found:
    """Examples with what became of the posts they show, the last attached first."""
    listed = library(actor, group=subject.group, cursor=cursor, size=ENTRIES)
    cards = cards_of(listed)
    ids = [example.id for example in listed]
    changes = changes_of(example=ids)
    entries = [
        _entry(example, cards[example.id], changes)
        for example in listed
        if _stands(example) and _shown(cards[example.id])
    ]
    return entries, _withdrawn(actor, subject), listed.older or ""


def _stands(example: Example) -> bool:
    """Whether it stands under what readers read: moderators see more, but no feed tells it."""
    post, item = example.post, example.post.item
    return post.withdrawn_at is None and item.is_out


def _shown(cards: list[Card]) -> list[Card]:
    """What is gone, or kept back until a second person agrees, is not handed on."""
    return [card for card in cards if not (card.gone or card.kept_back)]


def _entry(example: Example, cards: list[Card], changes: Changes) -> Entry:
    item, post = example.post.item, example.post
    url = address(example.path)
    html = render_template(
        "feeds/_example.html",
        cards=_shown(cards),
        caption=example.caption,
        item=item,
        stands_at=post_address(item, post.position),
    )
    return Entry(
        id=tag(example.path, example.attached_at),
        url=url,
        title=_("Example: %(caption)s", caption=excerpt(example.caption, LONGEST_TITLE)),
        author=item.group.name,
        published=example.attached_at,
        updated=latest(example.attached_at, changes.get(("example", example.id))),
        html=elsewhere(html, url, open_to_all=False),
        tags=[("example", _("Example")), *tags_of(item)[1:]],
    )


def _withdrawn(actor: Actor, subject: Subject) -> list[Gone]:
    """Lately withdrawn from under what the actor reads: only that they are gone is told."""
    statement = (
        select(Example)
        .join(Example.post)
        .join(Post.item)
        .options(contains_eager(Example.post).contains_eager(Post.item))
        .where(Example.withdrawn_at.is_not(None), Item.published_at.is_not(None), was_read(actor))
        .order_by(Example.withdrawn_at.desc(), Example.token)
        .limit(ENTRIES)
    )
    if subject.group is not None:
        statement = statement.where(Item.group_id == subject.group.id)
    found = db.session.scalars(statement)
    return [
        Gone(tag(example.path, example.attached_at), example.withdrawn_at)
        for example in found
        if example.withdrawn_at is not None
    ]
