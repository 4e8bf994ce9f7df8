"""Running a query over Whoosh's segments and keeping the best.

Whoosh's own filters and collectors are not used: its RequireMatcher and AndNotMatcher fail when blocks
are skipped, and its collectors let the order of segments decide between equals.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from heapq import heappush, heappushpop, nlargest
from weakref import WeakKeyDictionary

from whoosh import query as wq
from whoosh.matching import Matcher
from whoosh.reading import IndexReader, TermNotFound
from whoosh.searching import Searcher

from hub.core.search import Query
from hub.search.engines.whoosh_query import Compiler, OpenStatistics, filters
from hub.search.parsing import Parsed
from hub.search.ranking import Candidate

MOST_SCORED = 100_000  # documents that one query may score
MOST_TAGS = 50  # whose documents a reader remembers: one byte a document each
PRUNE_EVERY = 200  # documents scored between looks at which parts of the query can still reach the page

_having: WeakKeyDictionary[IndexReader, OrderedDict[str, int]] = WeakKeyDictionary()
"""Tags already looked up, by the reader of a segment. Each reader serves one thread at a time."""
_dates: WeakKeyDictionary[IndexReader, array[int]] = WeakKeyDictionary()
"""When the documents of a segment were created: eight bytes each."""
_belonging: WeakKeyDictionary[IndexReader, list[bytes]] = WeakKeyDictionary()
"""What the documents of a segment belong to, where a query named items."""


class Best:
    """The best candidates seen so far, at most ``depth``, over any number of indexes."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._heap: list[tuple[tuple[float, int, _Backwards], str]] = []
        self._scored = 0

    def collect(
        self,
        searcher: Searcher,
        statistics: OpenStatistics,
        parsed: Parsed,
        query: Query,
        audiences: frozenset[str],
    ) -> None:
        """Score what matches in one index, as far as it can still be among the best."""
        if not searcher.doc_count():
            return
        masked, compiler = _masked(searcher, statistics, query, audiences)
        alike = query.any_word and query.first_only and len(parsed.wanted) > 1
        wanted = compiler.rarest_first(parsed) if alike else compiler.wanted(parsed, query.any_word)
        context = searcher.context(needs_current=False, limit=self._depth, weighting=statistics)
        for leaf, left in _left(masked, compiler.unwanted(parsed)):
            self._leaf(leaf.reader(), wanted.matcher(leaf, context), left)

    def _leaf(self, reader: IndexReader, matcher: Matcher, mask: bytes | None) -> None:
        created = reader.column_reader("created")
        keys, items = reader.column_reader("key"), reader.column_reader("item")
        crossed = True
        while matcher.is_active() and self._scored < MOST_SCORED:
            if crossed and self._threshold > 0 and matcher.supports_block_quality():
                matcher.skip_to_quality(self._threshold)
                if not matcher.is_active():
                    break
            number = matcher.id()
            if mask is None or mask[number]:
                self._scored += 1
                score = round(matcher.score(), 6)
                if score > self._threshold:
                    self._keep((score, created[number], _Backwards(keys[number])), items[number].decode())
                if self._scored % PRUNE_EVERY == 0 and self._threshold > 0:
                    matcher = matcher.replace(self._threshold)
                    if not matcher.is_active():
                        break
            crossed = matcher.next()

    @property
    def _threshold(self) -> float:
        """The least score that still counts, less the rounding, so that equals are compared."""
        return self._heap[0][0][0] - 2e-6 if len(self._heap) == self._depth else 0.0

    def _keep(self, rank: tuple[float, int, _Backwards], item: str) -> None:
        if len(self._heap) < self._depth:
            heappush(self._heap, (rank, item))
        else:
            heappushpop(self._heap, (rank, item))

    def candidates(self) -> list[Candidate]:
        """Best first, each key once."""
        best: dict[str, Candidate] = {}
        for (score, created, key), item in sorted(self._heap, reverse=True):
            best.setdefault(key.text, Candidate(key.text, item, score, created))
        return list(best.values())


class ByDate:
    """The newest that match, at most ``most`` and none newer than ``before``, over any number of indexes;
    nothing is scored."""

    def __init__(self, before: int | None, most: int) -> None:
        self._before = before
        self._most = most
        self._found: list[tuple[int, str]] = []

    def collect(
        self,
        searcher: Searcher,
        statistics: OpenStatistics,
        parsed: Parsed,
        query: Query,
        audiences: frozenset[str],
    ) -> None:
        """Take what matches in one index."""
        if not searcher.doc_count():
            return
        masked, compiler = _masked(searcher, statistics, query, audiences)
        wanted = compiler.wanted(parsed, query.any_word)
        for leaf, left in _left(masked, compiler.unwanted(parsed)):
            self._leaf(leaf, wanted, left)

    def _leaf(self, leaf: Searcher, wanted: wq.Query, mask: bytes | None) -> None:
        created = _created(leaf.reader())
        numbers = wanted.matcher(leaf, leaf.boolean_context()).all_ids()
        dated = [(created[number], number) for number in numbers if mask is None or mask[number]]
        # Nearly in order as they come, and sorted in one piece: a heap takes three times as long.
        dated.sort(reverse=True)
        first = 0 if self._before is None else bisect_left(dated, -self._before, key=lambda one: -one[0])
        keys = leaf.reader().column_reader("key")
        self._found += [(at, keys[number]) for at, number in dated[first : first + self._most]]

    def newest(self) -> list[tuple[int, str]]:
        """(created, key), newest first."""
        return nlargest(self._most, self._found)


def _created(reader: IndexReader) -> array[int]:
    """When each document of a segment was created: read one by one, a common word's take a second."""
    if reader not in _dates:
        column = reader.column_reader("created")
        _dates[reader] = array("q", (column[number] for number in range(reader.doc_count_all())))
    return _dates[reader]


def _items(reader: IndexReader) -> list[bytes]:
    """What each document of a segment belongs to; the name of an item once, however many documents it has."""
    if reader not in _belonging:
        column, names = reader.column_reader("item"), dict[bytes, bytes]()
        every = (column[number] for number in range(reader.doc_count_all()))
        _belonging[reader] = [names.setdefault(name, name) for name in every]
    return _belonging[reader]


# A segment, and which of its documents may be found; None: all.
Masked = tuple[Searcher, bytes | None]


def _masked(
    searcher: Searcher, statistics: OpenStatistics, query: Query, audiences: frozenset[str]
) -> tuple[list[Masked], Compiler]:
    """The segments of an index with what may be found in each, and what makes queries of them."""
    sets = list(filters(query, audiences))
    masked = [(leaf, _mask(leaf.reader(), sets, query.items)) for leaf, _ in searcher.leaf_searchers()]
    return masked, Compiler(searcher, statistics, [mask for _leaf, mask in masked])


def _left(masked: list[Masked], unwanted: wq.Query) -> Iterator[Masked]:
    """The same without the documents that are not wanted."""
    for leaf, mask in masked:
        yield leaf, mask if unwanted is wq.NullQuery else _without(leaf, mask, unwanted)


def _mask(reader: IndexReader, sets: Iterable[frozenset[str]], items: frozenset[str]) -> bytes | None:
    """Which documents of a segment have a tag of each set, and are of one of the items where some are named;
    None when nothing is asked."""
    size = reader.doc_count_all()
    mask: int | None = None
    if items:
        wanted = {item.encode() for item in items}
        mask = int.from_bytes(bytes(map(wanted.__contains__, _items(reader))), "little")
    for tags in sets:
        either = 0
        for tag in tags:
            either |= _having_tag(reader, tag)
        mask = either if mask is None else mask & either
    return None if mask is None else mask.to_bytes(size, "little")


def _without(leaf: Searcher, mask: bytes | None, unwanted: wq.Query) -> bytes:
    size = leaf.doc_count_all()
    out = _bits(size, unwanted.matcher(leaf, leaf.boolean_context()).all_ids())
    left = int.from_bytes(mask if mask is not None else b"\x01" * size, "little") & ~out
    return left.to_bytes(size, "little")


def _having_tag(reader: IndexReader, tag: str) -> int:
    """Which documents have a tag, one byte each. A reader sees one commit and no other: it stays as it is."""
    known = _having.setdefault(reader, OrderedDict())
    if tag in known:
        known.move_to_end(tag)
        return known[tag]
    try:
        numbers: Iterable[int] = reader.postings("tags", tag).all_ids()
    except TermNotFound:
        numbers = ()
    known[tag] = _bits(reader.doc_count_all(), numbers)
    if len(known) > MOST_TAGS:
        known.popitem(last=False)
    return known[tag]


def _bits(size: int, numbers: Iterable[int]) -> int:
    marks = bytearray(size)
    for number in numbers:
        marks[number] = 1
    return int.from_bytes(marks, "little")


class _Backwards:
    """A text that sorts the other way round, so that among equals the lesser key is the better."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def __lt__(self, other: _Backwards) -> bool:
        return other.text < self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)
