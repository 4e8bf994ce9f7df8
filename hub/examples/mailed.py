"""Worked examples in mail: shown whole, so that one learns from the message itself, as far as that is short.

What a card shows, and of whom, is decided as for pages. Only what is out is mailed: it cannot
be taken back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from hub.content.models import Post
from hub.core.database import db
from hub.core.policy import Actor, visible

from .cards import Card, cards_of, with_all_that_cards_show
from .models import Example

# With its styles set in, a post of an example takes 3 kB of a mail.
POSTS_OF_AN_EXAMPLE = 3

# Whatever platforms take by default is shown whole; of longer texts the rest is on the evidence page.
LONGEST_TEXT = 600
MOST_LINES = 12

# Nothing that anybody reads, but something that a terminal may obey.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class ShownPost:
    """One archived post: its card, and as much of its text as a mail has room for."""

    card: Card
    text: str
    whole: bool


@dataclass(frozen=True)
class ShownExample:
    """One example. further: how many of its archived posts are only on its evidence page."""

    post: Post
    caption: str
    path: str
    shows: Sequence[ShownPost]
    further: int


def is_out(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Example`: seen, shown, and with something to show."""
    return and_(visible(Example, actor), Example.withdrawn_at.is_(None), Example.shows.any())


def shown_in_mail(ids: Sequence[int]) -> dict[int, ShownExample]:
    """Of the examples with these ids, those that have something to show, by id."""
    if not ids:
        return {}
    found = db.session.scalars(
        select(Example)
        .where(Example.id.in_(ids))
        .options(*with_all_that_cards_show(), joinedload(Example.post))
    ).all()
    cards = cards_of(found)
    # What is gone, or kept back until a second person agrees, is not mailed: a mail cannot be taken back.
    told = {key: [card for card in some if not (card.gone or card.kept_back)] for key, some in cards.items()}
    return {example.id: _as_shown(example, told[example.id]) for example in found if told[example.id]}


def _as_shown(example: Example, cards: Sequence[Card]) -> ShownExample:
    posts = [ShownPost(card, *beginning(card.text)) for card in cards[:POSTS_OF_AN_EXAMPLE]]
    return ShownExample(example.post, example.caption, example.path, posts, len(cards) - len(posts))


def beginning(text: str) -> tuple[str, bool]:
    """The text as it was written, line for line, and whether that is the whole of it."""
    lines = _CONTROLS.sub("", text).strip().splitlines()
    kept = "\n".join(lines[:MOST_LINES])
    if len(kept) <= LONGEST_TEXT:
        return (kept, True) if len(lines) <= MOST_LINES else (f"{kept.rstrip()} …", False)
    cut = kept[:LONGEST_TEXT]
    words = re.sub(r"\s+\S*\Z", "", cut)
    return f"{words if len(words) > LONGEST_TEXT // 2 else cut} …", False
