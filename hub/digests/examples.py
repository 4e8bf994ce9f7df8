"""Worked examples in a digest: shown whole, so that one learns from the mail itself, as far as that is short.

What a card shows, and of whom, is decided by the examples' room, as for pages.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, or_, select

from hub.content.models import Activity, Post
from hub.core.database import db
from hub.core.policy import Actor
from hub.examples.mailed import ShownExample, is_out, shown_in_mail
from hub.examples.models import Example

from .ranges import tells_of_example
from .readers import made_for, reader_of

# Mail programs cut what is longer than 100 kB; the examples of a digest take half of that at most. What is
# not shown is counted and linked.
EXAMPLES_OF_AN_ITEM = 3
EXAMPLES_OF_A_DIGEST = 6


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


@dataclass(frozen=True)
class ToldOfExamples:
    """Which examples a digest tells: those that these activities tell of, and those that stood (by the number
    `upto`) with posts that it tells for the first time."""

    numbers: Collection[int]
    post_ids: Collection[int]
    upto: int


def examples_in(
    actor: Actor, told: ToldOfExamples, item_ids: Collection[int], beside: Actor | None = None
) -> dict[int, ExamplesOfItem]:
    """What is new of examples under these items, in the language of whoever reads; the first of `item_ids`
    are shown first. Bounded work and, however many there are, as many queries."""
    found = _told(actor, told, item_ids, beside)
    chosen = _chosen(found)
    shown = shown_in_mail([example_id for ids in chosen.values() for example_id in ids])
    return {
        item_id: ExamplesOfItem(
            [shown[example_id] for example_id in chosen[item_id] if example_id in shown],
            len(ids) - len(chosen[item_id]),
        )
        for item_id, ids in found.items()
    }


def _told(
    actor: Actor, told: ToldOfExamples, item_ids: Collection[int], beside: Actor | None
) -> dict[int, list[int]]:
    """The ids of the examples that may be told, by item, in the order of the page."""
    statement = made_for(actor, _telling) if beside is None else _telling(actor, (), beside)
    given = {
        "numbers": list(told.numbers),
        "posts": list(told.post_ids),
        "items": list(item_ids),
        "upto": told.upto,
    }
    found: dict[int, list[int]] = {}
    for item_id, example_id in db.session.execute(statement, {**given, **reader_of(actor)}):
        found.setdefault(item_id, []).append(example_id)
    return {item_id: found[item_id] for item_id in item_ids if item_id in found}


def _telling(reader: Actor, _shape: tuple, beside: Actor | None = None) -> Select[tuple[int, int]]:
    happened = or_(
        Activity.number.in_(bindparam("numbers", expanding=True)),
        and_(
            Activity.post_id.in_(bindparam("posts", expanding=True)),
            Activity.number <= bindparam("upto"),
        ),
    )
    attached = select(Activity.id).where(tells_of_example(Activity), happened).correlate(Example)
    return (
        select(Post.item_id, Example.id)
        .join(Example, Example.post_id == Post.id)
        .where(Post.item_id.in_(bindparam("items", expanding=True)), Post.withdrawn_at.is_(None))
        .where(is_out(reader), is_out(beside or reader), attached.exists())
        .order_by(Post.position, Example.position, Example.id)
    )


def _chosen(told: Mapping[int, list[int]]) -> dict[int, list[int]]:
    left = EXAMPLES_OF_A_DIGEST
    chosen = {}
    for item_id, ids in told.items():
        chosen[item_id] = ids[: min(EXAMPLES_OF_AN_ITEM, left)]
        left -= len(chosen[item_id])
    return chosen
