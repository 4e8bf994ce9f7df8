"""Worked examples in a digest: shown whole, so that one learns from the mail itself, as far as that is short.

What a card shows, and of whom, is decided by the examples' room, as for pages.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from hub.content.models import Activity, Post
from hub.core.database import db
from hub.core.policy import Actor
from hub.examples.cards import Card, cards_of, with_all_that_cards_show
from hub.examples.models import Example

from .ranges import Ranges, example_is_out, example_is_told

# Mail programs cut what is longer than 100 kB. With its styles set in, a post of an example takes 3 kB, so
# the examples of a digest take half of that at most; what is not shown is counted and linked.
POSTS_OF_AN_EXAMPLE = 3
EXAMPLES_OF_AN_ITEM = 3
EXAMPLES_OF_A_DIGEST = 6

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


@dataclass(frozen=True)
class ExamplesOfItem:
    """What a digest tells of the examples of one item. further: how many of them it only counts."""

    shown: Sequence[ShownExample] = ()
    further: int = 0

    @property
    def of_its_text(self) -> list[ShownExample]:
        return [example for example in self.shown if example.post.position == 1]

    @property
    def of_what_followed(self) -> list[ShownExample]:
        return [example for example in self.shown if example.post.position != 1]


NO_EXAMPLES = ExamplesOfItem()


def examples_in(actor: Actor, ranges: Ranges, item_ids: Collection[int]) -> dict[int, ExamplesOfItem]:
    """What is new of examples under these items, in the language of whoever reads; the first of `item_ids`
    are shown first. Bounded work and, however many there are, as many queries."""
    told = _told(actor, ranges, item_ids)
    chosen = _chosen(told)
    shown = _shown([example_id for ids in chosen.values() for example_id in ids])
    return {
        item_id: ExamplesOfItem(
            [shown[example_id] for example_id in chosen[item_id] if example_id in shown],
            len(ids) - len(chosen[item_id]),
        )
        for item_id, ids in told.items()
    }


def _told(actor: Actor, ranges: Ranges, item_ids: Collection[int]) -> dict[int, list[int]]:
    """The ids of the examples that may be told, by item, in the order of the page."""
    rows = db.session.execute(
        select(Post.item_id, Example.id)
        .join(Example, Example.post_id == Post.id)
        .where(Post.item_id.in_(item_ids), Post.withdrawn_at.is_(None))
        .where(example_is_out(actor), example_is_told(ranges, aliased(Activity), aliased(Activity)))
        .order_by(Post.position, Example.position, Example.id)
    )
    told: dict[int, list[int]] = {}
    for item_id, example_id in rows:
        told.setdefault(item_id, []).append(example_id)
    return {item_id: told[item_id] for item_id in item_ids if item_id in told}


def _chosen(told: Mapping[int, list[int]]) -> dict[int, list[int]]:
    left = EXAMPLES_OF_A_DIGEST
    chosen = {}
    for item_id, ids in told.items():
        chosen[item_id] = ids[: min(EXAMPLES_OF_AN_ITEM, left)]
        left -= len(chosen[item_id])
    return chosen


def _shown(ids: Sequence[int]) -> dict[int, ShownExample]:
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
