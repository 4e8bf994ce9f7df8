"""What is like something: earlier questions while one is asked, related items beside an item.

Asking the index takes long beside the rest of a page. What an item is like is therefore looked for when it
changes, by the worker, and kept; so is what those are like in turn, for which it is new. It is looked for
as each audience would: what somebody may not read changes nothing of what they are shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, select

from hub.content.documents import readers_of
from hub.content.models import Item, path_of
from hub.content.rules import is_open_to_all
from hub.core.carrying import heartbeat
from hub.core.database import db, unit_of_work
from hub.core.policy import ANYBODY, Actor, visible
from hub.core.search import OPEN, CannotSearch, Hit, Query, SearchUnavailable, audiences_of_actor
from hub.groups.models import PUBLIC, Group

from .engine import engine
from .models import RelatedItem
from .queries import As, what_matters

MOST_SHOWN = 5  # a glance's worth
MOST_KEPT = 10  # some are withdrawn later
# Of the words that matter so many must be found: half of them, and two at least.
LEAST_WORDS, LEAST_SHARE = 2, 0.5
ITEMS = frozenset({"question", "guidance", "discussion"})


def similar(actor: Actor, words: str, *, group: str = "") -> tuple[Hit, ...]:
    """Items like these words, of which the last may be unfinished, the best first; none when nothing is, or
    while the search is not working."""
    groups = frozenset({group} if group else ())
    query = Query(words, groups=groups, as_you_type=True, limit=MOST_SHOWN)
    try:
        return _alike(actor, query)
    except (CannotSearch, SearchUnavailable):
        return ()


def _alike(actor: Actor, query: Query) -> tuple[Hit, ...]:
    """Items with enough of the query's words, at most its limit."""
    asked = replace(
        query,
        text=what_matters(query.text),
        audiences=audiences_of_actor(actor),
        kinds=ITEMS,
        any_word=True,
        first_only=True,
        limit=query.limit * 2,  # some have too few of the words
    )
    results = engine().search(asked, As(actor))
    number = len(results.words)
    least = max(min(LEAST_WORDS, number), round(number * LEAST_SHARE))
    return tuple(hit for hit in results.hits if hit.found >= least)[: query.limit]


class Related(NamedTuple):
    """What a page says of an item like its own."""

    title: str
    kind: str
    path: str


def related(actor: Actor, item: Item) -> Sequence[Related]:
    """Items like an item, the best first. One query."""
    reads_more = item.group.visibility != PUBLIC and item.group_id in actor.read_groups
    audience = readers_of(item.group_id) if reads_more else OPEN
    rows = db.session.execute(_related_statement(actor), {"item": item.id, "as_found_by": audience})
    return [Related(row.title, row.kind, path_of(row.slug, row.kind, row.number)) for row in rows]


def _related_statement(actor: Actor) -> Select[Any]:
    """Built once for each actor: it is asked for on every page of an item."""
    statement: Select[Any] = actor.once(
        related,
        lambda: (
            select(Item.title, Item.kind, Item.number, Group.slug)
            .join(RelatedItem, RelatedItem.other_id == Item.id)
            .join(Group, Group.id == Item.group_id)
            .where(
                RelatedItem.item_id == bindparam("item"),
                RelatedItem.audience == bindparam("as_found_by"),
                Item.is_out,
                visible(Item, actor),
            )
            .order_by(RelatedItem.place)
            .limit(MOST_SHOWN)
        ),
    )
    return statement


def relate(item_ids: Iterable[int]) -> None:
    """Look for what these items are like, and for what those are like in turn. A long job's work."""
    told: set[tuple[int, str]] = set()
    found: set[tuple[int, str]] = set()
    for item_id in item_ids:
        for audience, reader in _readers(item_id).items():
            told.add((item_id, audience))
            found.update((other, audience) for other in _relate(item_id, audience, reader))
            heartbeat()
    for item_id, audience in sorted(found - told):
        if reader := _readers(item_id).get(audience):
            _relate(item_id, audience, reader)
            heartbeat()


def _readers(item_id: int) -> dict[str, Actor]:
    """Who reads the item: for each audience somebody who belongs to it and to no other."""
    item = db.session.get(Item, item_id)
    readers = {}
    if item is not None and is_open_to_all(item):
        readers[OPEN] = ANYBODY
    if item is not None and item.group.visibility != PUBLIC:
        readers[readers_of(item.group_id)] = Actor(reads=frozenset({item.group_id}))
    db.session.rollback()
    return readers


def _relate(item_id: int, audience: str, reader: Actor) -> list[int]:
    """Keep what the item is like for this audience; what was not so before."""
    ids = _found(item_id, reader)
    with unit_of_work() as session:
        own = (RelatedItem.item_id == item_id, RelatedItem.audience == audience)
        before = list(session.scalars(select(RelatedItem.other_id).where(*own).order_by(RelatedItem.place)))
        there = set(session.scalars(select(Item.id).where(Item.id.in_([item_id, *ids]))))
        after = [other for other in ids if other in there] if item_id in there else []
        if after != before:
            session.execute(delete(RelatedItem).where(*own))
            session.add_all(
                RelatedItem(item_id=item_id, audience=audience, place=place, other_id=other)
                for place, other in enumerate(after)
            )
    return [other for other in after if other not in before]


def _found(item_id: int, reader: Actor) -> list[int]:
    """The ids of items like an item, as the index has them; no transaction stays open."""
    item = db.session.get(Item, item_id)
    if item is None:
        return []
    query = Query(item.title, leave_out=frozenset({f"item:{item_id}"}), limit=MOST_KEPT)
    try:
        hits = _alike(reader, query)
    except CannotSearch:  # no word in its title says anything
        hits = ()
    db.session.rollback()
    return [int(hit.document.item.removeprefix("item:")) for hit in hits]
