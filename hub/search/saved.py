"""Saved searches: which of some items one finds now, as its owner would on the search page.

The index is asked, about these items alone. What waits to be indexed is read from the database instead, so
that a digest that covers the last minute misses nothing; so is everything while the index is out of reach.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select

from hub.content.models import Item, Post, Topic
from hub.core.database import db
from hub.core.jobs import Job, is_open
from hub.core.policy import Actor, visible
from hub.core.search import CHANGED, CannotSearch, Query, SearchUnavailable, audiences_of_actor, register
from hub.examples.models import Example
from hub.groups.models import Group
from hub.subscriptions.models import SavedSearch

from .asking import Asked
from .engine import engine
from .index import current
from .parsing import Parsed, parse
from .queries import As, what_matters
from .reading import answers

# Items asked about at a time, documents found at a time, documents read at a time: a bound on memory and on
# the size of statements, not on what is found.
ITEMS_AT_ONCE, FOUND_AT_ONCE, READ_AT_ONCE = 500, 1000, 200
INDEXING = f"{CHANGED}>search.tasks.index_changed"


def find_saved(actor: Actor, search: SavedSearch, item_ids: Collection[int]) -> set[int]:
    """Of these items the ids of those that the search finds."""
    asked = Asked.of(search.asked)
    if not asked.words:
        return {one for some in _parts(item_ids) for one in _listed(actor, asked, some)}
    query = replace(asked.query(), audiences=audiences_of_actor(actor), cursor="")
    if query.any_word:
        query = replace(query, text=what_matters(query.text) or query.text)
    try:
        parsed = parse(query.text)
    except CannotSearch:
        return set()
    waiting = _waiting()
    return {one for some in _parts(item_ids) for one in _found(actor, query, parsed, some, waiting)}


def _parts(item_ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(item_ids)
    return (ordered[start : start + ITEMS_AT_ONCE] for start in range(0, len(ordered), ITEMS_AT_ONCE))


def _listed(actor: Actor, asked: Asked, item_ids: list[int]) -> Iterable[int]:
    """Without words a search lists what is of a kind, in a group, under a topic."""
    listed = select(Item.id).where(Item.id.in_(item_ids), visible(Item, actor))
    if asked.kind:
        listed = listed.where(Item.kind == asked.kind)
    if asked.group:
        listed = listed.join(Item.group).where(Group.slug == asked.group)
    if asked.topic:
        listed = listed.where(Item.topics.any(Topic.slug == asked.topic))
    return db.session.scalars(listed)


def _found(
    actor: Actor, query: Query, parsed: Parsed, item_ids: list[int], waiting: frozenset[str]
) -> set[int]:
    documents = _documents_of(item_ids)
    try:
        found, unsure = _by_index(actor, query, documents, waiting)
    except SearchUnavailable:
        found, unsure = set(), list(documents)
    left = [key for key in unsure if documents[key] not in found]
    return found | _by_reading(actor, query, parsed, left, documents)


def _documents_of(item_ids: list[int]) -> dict[str, int]:
    """The keys of everything that is found under these items, with the items' ids."""
    posts = select(Post.id, Post.item_id).where(Post.item_id.in_(item_ids))
    examples = select(Example.id, Post.item_id).join(Example.post).where(Post.item_id.in_(item_ids))
    return {f"post:{one}": item for one, item in db.session.execute(posts)} | {
        f"example:{one}": item for one, item in db.session.execute(examples)
    }


def _by_index(
    actor: Actor, query: Query, documents: Mapping[str, int], waiting: frozenset[str]
) -> tuple[set[int], list[str]]:
    """The items found, and the documents of which the index cannot tell."""
    unsure = [key for key in documents if key in waiting]
    names = {_belongs(key, item): item for key, item in documents.items()}
    found: set[int] = set()
    while names:
        newest = engine().newest(replace(query, items=frozenset(names)), None, FOUND_AT_ONCE)
        known = [key for key in newest.keys if key in documents and key not in waiting]
        now = {documents[key] for key in As(actor).permitted(known)}
        found |= now
        names = {name: item for name, item in names.items() if item not in found}
        if newest.until is None:
            break
        if not now:  # a thousand that they may not read any more: the rest is read one by one
            return found, [key for key, item in documents.items() if item not in found]
    return found, unsure


def _belongs(key: str, item_id: int) -> str:
    """What the index calls that which a document belongs to: an example is found beside its item."""
    return key if key.startswith("example:") else f"item:{item_id}"


def _by_reading(
    actor: Actor, query: Query, parsed: Parsed, keys: list[str], documents: Mapping[str, int]
) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(keys), READ_AT_ONCE):
        unknown = [key for key in keys[start : start + READ_AT_ONCE] if documents[key] not in found]
        read = current(list(As(actor).permitted(unknown)))
        found |= {documents[key] for key, one in read.items() if answers(one, parsed, query)}
    return found


def _waiting() -> frozenset[str]:
    """Documents that changed and are not indexed yet."""
    payloads = db.session.scalars(select(Job.payload).where(Job.kind == INDEXING, is_open))
    keys = {key for payload in payloads for key in payload["keys"]}
    return frozenset(register.with_followers(keys)) if keys else frozenset()
