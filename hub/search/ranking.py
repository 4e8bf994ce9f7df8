"""What both engines share: turning ranked keys into a page of hits that the actor may see."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from hub.core.search import Hit, Newest, Query, Results, Source
from hub.search.highlight import Highlighter
from hub.search.indexing import moment_of, since_1970
from hub.search.parsing import Parsed, parse

DEEPEST = 500  # ranked documents that a query is read to; who has not found it by then asks differently
SHALLOW = 60  # the same where only the first few are shown
CHUNK = 250  # keys checked at a time: nearly always all that there are, so one query for each kind
MOST_COUNTED = 100  # results told by number; of more it is only said that there are more
MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked document. ``score`` is rounded, so that the order of additions cannot show; ``created`` is in
    microseconds since 1970."""

    key: str
    item: str
    score: float
    created: int

    @property
    def rank(self) -> tuple[float, int, str]:
        """Sorts best first: score, then newest, then key."""
        return (-self.score, -self.created, self.key)


def depth(query: Query) -> int:
    """How many ranked documents the query is read to."""
    return SHALLOW if query.first_only else DEEPEST


class RankedSearch:
    """An engine that can rank: subclasses give ``candidates``, this makes pages of them."""

    def candidates(self, parsed: Parsed, query: Query) -> list[Candidate]:
        """At most ``depth(query)`` documents that match and that its audiences may find, best first."""
        raise NotImplementedError

    def by_date(self, parsed: Parsed, query: Query, before: int | None, most: int) -> list[tuple[int, str]]:
        """(created, key) of the newest ``most`` documents that match and are not newer than ``before``."""
        raise NotImplementedError

    def newest(self, query: Query, before: datetime | None, most: int) -> Newest:
        """See ``hub.core.search.Engine``."""
        parsed = parse(query.text, query.as_you_type)
        limit = since_1970(before) if before else None
        found = self.by_date(parsed, query, limit, most + 1) if query.audiences else []
        keys = tuple(dict.fromkeys(key for _created, key in found[:most]))
        return Newest(keys, moment_of(found[most - 1][0]) if len(found) > most else None)

    def search(self, query: Query, source: Source) -> Results:
        """See ``hub.core.search.Engine``."""
        parsed = parse(query.text, query.as_you_type)
        read = self.candidates(parsed, query) if query.audiences else []
        ranked = [candidate for candidate in read if candidate.item not in query.leave_out]
        limit = max(1, min(query.limit, MOST_HITS))
        cursor = _Cursor.read(query.cursor)
        items = _one_an_item(_permitted(ranked, source))
        # Counted is only what was just permitted: a number from the index would tell of what is hidden.
        counted = list(islice(items, MOST_COUNTED + 1))
        page = list(islice(_after(chain(counted, items), cursor), limit + 1))
        shown = page[:limit]
        return Results(
            hits=tuple(_hits(shown, parsed, source)),
            next=_Cursor.following(shown, cursor).write() if len(page) > limit else "",
            words=tuple(clause.text for clause in parsed.wanted),
            without=tuple(clause.text for clause in parsed.unwanted),
            left_out=parsed.left_out,
            also=parsed.also,
            number=min(len(counted), MOST_COUNTED),
            uncounted=len(counted) > MOST_COUNTED or len(read) >= depth(query),
        )


def _permitted(ranked: Sequence[Candidate], source: Source) -> Iterator[Candidate]:
    for start in range(0, len(ranked), CHUNK):
        chunk = ranked[start : start + CHUNK]
        permitted = set(source.permitted([candidate.key for candidate in chunk]))
        yield from (candidate for candidate in chunk if candidate.key in permitted)


def _one_an_item(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    seen: set[str] = set()
    for candidate in candidates:
        item = candidate.item or candidate.key
        if item not in seen:
            seen.add(item)
            yield candidate


@dataclass(frozen=True)
class _Cursor:
    """Where the page before ended: the last hit's score and date, and how many with both equal were shown.

    It holds nothing but what the reader has seen: no key, no count of what they may not see.
    """

    score: float
    created: int
    shown: int

    @classmethod
    def read(cls, written: str) -> _Cursor | None:
        """None for the first page, and for anything that we did not write."""
        try:
            score, created, shown = json.loads(base64.urlsafe_b64decode(written.encode()))
            return cls(float(score), int(created), int(shown))
        except (ValueError, TypeError, OverflowError, RecursionError):
            return None

    @classmethod
    def following(cls, shown: Sequence[Candidate], before: _Cursor | None) -> _Cursor:
        last = shown[-1]
        equal = sum((one.score, one.created) == (last.score, last.created) for one in shown)
        if before and (before.score, before.created) == (last.score, last.created):
            equal += before.shown
        return cls(last.score, last.created, equal)

    def write(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.score, self.created, self.shown]).encode()).decode()


def _after(candidates: Iterable[Candidate], cursor: _Cursor | None) -> Iterator[Candidate]:
    if cursor is None:
        yield from candidates
        return
    equal = 0
    for candidate in candidates:
        place = (-candidate.score, -candidate.created)
        if place == (-cursor.score, -cursor.created):
            equal += 1
            if equal > cursor.shown:
                yield candidate
        elif place > (-cursor.score, -cursor.created):
            yield candidate


def _hits(shown: Sequence[Candidate], parsed: Parsed, source: Source) -> Iterator[Hit]:
    highlighter = Highlighter(parsed.wanted)
    documents = source.load([candidate.key for candidate in shown])
    for candidate in shown:
        document = documents.get(candidate.key)
        if document is not None:
            excerpt, in_text = highlighter.excerpt(document.text)
            title, in_title = highlighter.mark(document.title)
            yield Hit(candidate.key, candidate.score, document, title, excerpt, len(in_text | in_title))
