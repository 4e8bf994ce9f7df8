"""Posts that say some words, or that are at an address.

Words are looked for in the search's index, which is asked for one keeper's collections alone. Where it cannot
answer (it is away, what an import brought still waits for it, or it knows none of the words, being too
common), the database reads the texts themselves, newest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, or_, select

from hub.core import search
from hub.core.database import db
from hub.core.jobs import Job
from hub.core.search import CannotSearch, Query, SearchUnavailable

from .addresses import at_address, is_address
from .documents import KIND
from .models import ArchivedPost, PostVersion
from .rules import revealed

# Posts looked at for one page: the newest that have the words. Of more, the page says that there are.
MOST_LOOKED_AT = 2_000
# The same for what is done with all of them at once; databases take no more numbers in one statement.
MOST_AT_ONCE = 30_000
# Words that the database looks for; more make it slower and no better.
MOST_WORDS = 8


@dataclass(frozen=True)
class Saying:
    """A condition for posts that say the words. `until`: older ones were not looked at; None: all were."""

    condition: ColumnElement[bool]
    until: datetime | None = None


def saying(words: str, collection_ids: Iterable[int], before: datetime | None = None) -> Saying:
    """Posts of these collections that have all the words, as far back as `before` and one look go.

    The caller has seen that the collections are the actor's to search.
    """
    ids = sorted(collection_ids)
    if is_address(words):
        return Saying(at_address(words, ids))
    try:
        if still_indexing():
            return Saying(says(words))
        found = search.newest(_query(words, ids), before, MOST_LOOKED_AT)
    except (CannotSearch, SearchUnavailable):
        return Saying(says(words))
    until = found.until
    if until is not None and before is not None and until >= before:
        until = None  # a thousand posts of one instant: nothing is before them that was not looked at
    return Saying(ArchivedPost.id.in_(_ids(found.keys)), until)


def all_saying(words: str, collection_ids: Iterable[int]) -> ColumnElement[bool]:
    """All posts that say the words, for what is done with a whole search: what the texts hold letter by
    letter, and what the index finds beside that. Slow, and for such acts alone."""
    ids = list(collection_ids)
    if is_address(words):
        return at_address(words, ids)
    try:
        found = search.newest(_query(words, ids), None, MOST_AT_ONCE)
    except (CannotSearch, SearchUnavailable):
        return says(words)
    return or_(says(words), ArchivedPost.id.in_(_ids(found.keys)))


def _query(words: str, collection_ids: Iterable[int]) -> Query:
    audiences = frozenset(f"collection:{one}" for one in collection_ids)
    return Query(words, audiences=audiences, kinds=frozenset({KIND}))


def _ids(keys: Iterable[str]) -> list[int]:
    return [int(key.partition(":")[2]) for key in keys]


def still_indexing() -> bool:
    """Whether archived posts wait to be indexed. One light query: few jobs are open at a time."""
    waiting = select(Job.id).where(
        Job.finished_at.is_(None),
        Job.failed_at.is_(None),
        or_(
            Job.kind.startswith("archive.imported>"),
            Job.kind.startswith("search.changed>") & cast(Job.payload, String).contains(f'"{KIND}:'),
        ),
    )
    return db.session.scalar(waiting.limit(1)) is not None


def says(words: str) -> ColumnElement[bool]:
    """Posts whose texts hold each of the words, in any of their versions."""
    condition: ColumnElement[bool] | None = None
    for word in _words(words):
        holds = (
            select(PostVersion.id)
            .where(
                PostVersion.post_id == ArchivedPost.id,
                PostVersion.text.icontains(word, autoescape=True),
                revealed(PostVersion.import_id),
            )
            .correlate(ArchivedPost)
            .exists()
        )
        condition = holds if condition is None else condition & holds
    return ArchivedPost.id.is_not(None) if condition is None else condition


def _words(words: str) -> Sequence[str]:
    return words.replace("\x00", "").replace('"', " ").split()[:MOST_WORDS]
