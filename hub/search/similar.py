"""What is like something: earlier questions while one is asked, related items beside an item.

Asking the index takes long beside the rest of a page. What an item is like is therefore looked for when it
changes, by the worker, and kept; so is what those are like in turn, for which it is new. It is looked for
as each audience would: what somebody may not read changes nothing of what they are shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, insert, select

from hub.content.models import Item, Post, path_of
from hub.content.rules import is_open_to_all
from hub.core.database import db, unit_of_work
from hub.core.jobs import heartbeat
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


def similar(
    actor: Actor, words: str, *, group: str = "", leave_out: str = "", most: int = MOST_SHOWN
) -> tuple[Hit, ...]:
    """Items like these words, the best first; none when nothing is, or while the search is not working.

    leave_out: an item, as documents name it ("item:3"); without one the last word may be unfinished.
    """
    try:
        return _found(actor, words, group, leave_out, most)
    except (CannotSearch, SearchUnavailable):
        return ()


def _found(actor: Actor, words: str, group: str, leave_out: str, most: int) -> tuple[Hit, ...]:
    query = Query(
        what_matters(words),
        audiences=audiences_of_actor(actor),
        kinds=ITEMS,
        groups=frozenset({group} if group else ()),
        any_word=True,
        as_you_type=not leave_out,
        leave_out=frozenset({leave_out}),
        first_only=True,
        limit=most * 2,
    )
    results = engine().search(query, As(actor))
    number = len(results.words)
    least = max(min(LEAST_WORDS, number), round(number * LEAST_SHARE))
    return tuple(hit for hit in results.hits if hit.found >= least)[:most]


class Related(NamedTuple):
    """What a page says of an item like its own."""

    title: str
    kind: str
    path: str


def related(actor: Actor, item: Item) -> Sequence[Related]:
    """Items like an item, the best first. One query."""
    reads_more = item.group.visibility != PUBLIC and item.group_id in actor.read_groups
    audience = _members_of(item.group_id) if reads_more else OPEN
    rows = db.session.execute(_related_statement(actor), {"item": item.id, "as_found_by": audience})
    return [Related(row.title, row.kind, path_of(row.slug, row.kind, row.number)) for row in rows]


def _members_of(group_id: int) -> str:
    return f"group:{group_id}"


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
                Item.published_at.is_not(None),
                Item.withdrawn_at.is_(None),
                visible(Item, actor),
            )
            .order_by(RelatedItem.place)
            .limit(MOST_SHOWN)
        ),
    )
    return statement


def items_opened_by(keys: Iterable[str]) -> list[int]:
    """Of documents of posts, the items whose first posts they are: only these say what an item is about."""
    posts = [int(key.removeprefix("post:")) for key in keys if key.startswith("post:")]
    return list(db.session.scalars(select(Post.item_id).where(Post.id.in_(posts), Post.position == 1)))


def relate(item_ids: Iterable[int]) -> None:
    """Look for what these items are like, and for what those are like in turn. A long job's work."""
    told = set()
    found: set[tuple[int, str]] = set()
    for item_id in item_ids:
        for audience, reader in _readers(item_id):
            told.add((item_id, audience))
            found.update((other, audience) for other in _relate(item_id, audience, reader))
            heartbeat()
    for item_id, audience in sorted(found - told):
        for theirs, reader in _readers(item_id):
            if theirs == audience:
                _relate(item_id, audience, reader)
                heartbeat()


def _readers(item_id: int) -> Iterator[tuple[str, Actor]]:
    """Who reads the item: each audience with somebody who belongs to it and to no other."""
    item = db.session.get(Item, item_id)
    readers = []
    if item is not None and is_open_to_all(item):
        readers.append((OPEN, ANYBODY))
    if item is not None and item.group.visibility != PUBLIC:
        readers.append((_members_of(item.group_id), Actor(reads=frozenset({item.group_id}))))
    db.session.rollback()
    yield from readers


def _relate(item_id: int, audience: str, reader: Actor) -> list[int]:
    """Keep what the item is like for this audience; what was not so before."""
    item = db.session.get(Item, item_id)
    if item is None:
        return []
    try:
        hits = _found(reader, item.title, "", f"item:{item_id}", MOST_KEPT)
    except CannotSearch:  # no word in its title says anything
        hits = ()
    ids = [int(hit.document.item.removeprefix("item:")) for hit in hits]
    db.session.rollback()  # nobody waits for a search
    with unit_of_work() as session:
        own = (RelatedItem.item_id == item_id, RelatedItem.audience == audience)
        before = session.scalars(select(RelatedItem.other_id).where(*own).order_by(RelatedItem.place)).all()
        there = set(session.scalars(select(Item.id).where(Item.id.in_([item_id, *ids]))))
        after = [other for other in ids if other in there] if item_id in there else []
        if after != list(before):
            session.execute(delete(RelatedItem).where(*own))
        if after and after != list(before):
            rows = [
                {"item_id": item_id, "audience": audience, "place": place, "other_id": other}
                for place, other in enumerate(after)
            ]
            session.execute(insert(RelatedItem), rows)
    return [other for other in after if other not in before]
