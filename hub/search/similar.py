"""What is like something: earlier questions while one is asked, related items beside an item.

Asking the index takes long beside the rest of a page, and what is related changes slowly; so what was
found for an item is kept in the process for some hours. Kept are only ids, for readers with the same
audiences, and each is read again through the policy whenever it is shown.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select

from hub.content.models import Item, path_of
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.core.search import CannotSearch, Hit, Query, SearchUnavailable, audiences_of_actor
from hub.groups.models import Group

from .engine import engine
from .queries import As, what_matters

MOST_SHOWN = 5  # a glance's worth
# Of the words that matter so many must be found: half of them, and two at least.
LEAST_WORDS, LEAST_SHARE = 2, 0.5
ITEMS = frozenset({"question", "guidance", "discussion"})

KEPT_SECONDS = 6 * 3600
MOST_KEPT = 5_000  # items; some 200 bytes each


def similar(actor: Actor, words: str, *, group: str = "", leave_out: str = "") -> tuple[Hit, ...]:
    """Items like these words, the best first; none when nothing is, or while the search is not working.

    leave_out: an item, as documents name it ("item:3"); without one the last word may be unfinished.
    """
    query = Query(
        what_matters(words),
        audiences=audiences_of_actor(actor),
        kinds=ITEMS,
        groups=frozenset({group} if group else ()),
        any_word=True,
        as_you_type=not leave_out,
        leave_out=frozenset({leave_out}),
        first_only=True,
        limit=MOST_SHOWN * 2,
    )
    try:
        results = engine().search(query, As(actor))
    except (CannotSearch, SearchUnavailable):
        return ()
    number = len(results.words)
    least = max(min(LEAST_WORDS, number), round(number * LEAST_SHARE))
    return tuple(hit for hit in results.hits if hit.found >= least)[:MOST_SHOWN]


class _Kept:
    """Ids of related items by what they are related to. Safe from threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[float, list[int]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[object, ...]) -> list[int] | None:
        with self._lock:
            until, ids = self._kept.get(key, (0.0, []))
        return ids if until > time.monotonic() else None

    def put(self, key: tuple[object, ...], ids: list[int]) -> None:
        with self._lock:
            self._kept[key] = (time.monotonic() + KEPT_SECONDS, ids)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


kept = _Kept()


class Related(NamedTuple):
    """What a page says of an item like its own."""

    title: str
    kind: str
    path: str


def related(actor: Actor, item: Item) -> Sequence[Related]:
    """Items like an item, the best first: one query once they are known, none when there are none."""
    # What they may read of groups decides; nothing else that one reads is an item.
    key = (item.id, item.created_at, item.title, tuple(actor.read_groups))
    ids = kept.get(key)
    if ids is None:
        hits = similar(actor, item.title, leave_out=f"item:{item.id}")
        ids = [int(hit.document.item.removeprefix("item:")) for hit in hits]
        kept.put(key, ids)
    if not ids:
        return []
    rows = db.session.execute(_related_statement(actor), {"ids": ids})
    found = {row.id: Related(row.title, row.kind, path_of(row.slug, row.kind, row.number)) for row in rows}
    return [found[item_id] for item_id in ids if item_id in found]


def _related_statement(actor: Actor) -> Select[Any]:
    """Built once for each actor: it is asked for on every page of an item. To be given `ids`."""
    statement: Select[Any] = actor.once(
        related,
        lambda: (
            select(Item.id, Item.title, Item.kind, Item.number, Group.slug)
            .join(Group, Group.id == Item.group_id)
            .where(
                Item.id.in_(bindparam("ids", expanding=True)),
                Item.published_at.is_not(None),
                Item.withdrawn_at.is_(None),
                visible(Item, actor),
            )
        ),
    )
    return statement
