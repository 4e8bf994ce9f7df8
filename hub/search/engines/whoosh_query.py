"""From parsed queries to Whoosh's, scored with what everybody may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from whoosh import query as wq
from whoosh.matching import Matcher
from whoosh.query.compound import DefaultOr
from whoosh.reading import IndexReader, TermNotFound
from whoosh.scoring import BaseScorer, WeightingModel
from whoosh.searching import Searcher

from hub.core.search import OPEN, Query
from hub.search.analysis import unfinished
from hub.search.parsing import Clause, Parsed
from hub.search.weighing import ALSO, BEGINNING_RARITY, rarity

# Stems tried for one beginning: the shortest in documents that the reader may see. A beginning with more
# is not yet a search.
MOST_EXPANDED = 50
MOST_VISITED = 5_000  # stems looked at for that: more than share two letters among 200,000
# Open documents with the rarest words, looked at to find the most alike: some tens of milliseconds.
MOST_ALIKE = 300

Masks = Sequence[bytes | None]
"""For each segment one byte a document, 1 where the reader may see it and no filter is against; None: all."""


class OpenStatistics(WeightingModel):
    """What a word is worth in a document (its weight) times its rarity in open documents alone, without
    deleted ones.

    ``beginnings`` are stems that stand for an unfinished word: one rarity for all, whichever is found.
    """

    def __init__(self, opened: Searcher):
        self._opened = opened
        self._documents = opened.doc_count()
        self._having: dict[bytes, int] = {}
        self.beginnings: set[bytes] = set()

    def rarity(self, text: bytes) -> float:
        """How rare a stem is in open documents."""
        if text in self.beginnings:
            return BEGINNING_RARITY
        return rarity(self._documents, self.having(text))

    def having(self, text: bytes) -> int:
        """In how many open documents a stem is."""
        if text not in self._having:
            self._having[text] = sum(
                _having(leaf.reader(), text) for leaf, _ in self._opened.leaf_searchers()
            )
        return self._having[text]

    def scorer(self, searcher: Searcher, fieldname: str, text: bytes, qf: int = 1) -> BaseScorer:
        """Whoosh asks for one scorer a term and segment."""
        return _Scorer(searcher.term_info(fieldname, text).max_weight(), self.rarity(text))


class _Scorer(BaseScorer):
    def __init__(self, heaviest: float, rare: float):
        self._heaviest, self._rare = heaviest, rare

    def supports_block_quality(self) -> bool:
        return True

    def score(self, matcher: Matcher) -> float:
        return self._rare * matcher.weight()

    def max_quality(self) -> float:
        return self._rare * self._heaviest

    def block_quality(self, matcher: Matcher) -> float:
        return self._rare * matcher.block_max_weight()


def _having(reader: IndexReader, text: bytes) -> int:
    """Live documents with the stem. Whoosh's own count has deleted ones in it until they are merged."""
    count = reader.doc_frequency("text", text)
    if not count or not reader.has_deletions():
        return count
    matcher = reader.postings("text", text).child
    matcher.reset()  # it came wound on to the first live document
    for number in sorted(reader.deleted_docs_set):
        if matcher.is_active() and matcher.id() < number:
            matcher.skip_to(number)
        if not matcher.is_active():
            break
        count -= matcher.id() == number
    return count


class Compiler:
    """Turns the clauses of one query into Whoosh queries for one index."""

    def __init__(self, searcher: Searcher, statistics: OpenStatistics, masks: Masks):
        self._searcher = searcher
        self._statistics = statistics
        self._masks = masks

    def wanted(self, parsed: Parsed, any_word: bool) -> wq.Query:
        """What is scored."""
        clauses = [self._clause(clause) for clause in parsed.wanted]
        return (wq.Or if any_word else wq.And)(clauses).normalize()

    def rarest_first(self, parsed: Parsed) -> wq.Query:
        """What is scored when only the most alike are looked for: documents with one of the rarest words, the
        other words only adding to their scores. Whatever is common is in most documents, and says little."""
        clauses = sorted(parsed.wanted, key=self._open_documents)
        looked_at = accumulate(map(self._open_documents, clauses))
        rare = max(1, sum(documents <= MOST_ALIKE for documents in looked_at))
        ways = [self._clause(clause) for clause in clauses]
        wanted = wq.Or(ways[:rare])
        if rare == len(ways):
            return wanted.normalize()
        # Whoosh's own choice for small segments is to score every document with a common word beforehand.
        return wq.AndMaybe(wanted, DefaultOr(ways[rare:])).normalize()

    def _open_documents(self, clause: Clause) -> int:
        stems = {*clause.stems, *(stem for other in clause.also for stem in other)}
        return sum(self._statistics.having(stem.encode()) for stem in stems)

    def unwanted(self, parsed: Parsed) -> wq.Query:
        """What excludes a document."""
        return wq.Or([self._clause(clause) for clause in parsed.unwanted]).normalize()

    def _clause(self, clause: Clause) -> wq.Query:
        ways: list[wq.Query] = [wq.Term("text", stem) for stem in clause.stems]
        if clause.phrase:
            ways.append(wq.Phrase("text", list(clause.phrase)))
        if clause.prefix:
            ways += [wq.Term("text", stem) for stem in self._beginning(clause)]
        ways += [_name(stems) for stems in clause.also]
        return ways[0] if len(ways) == 1 else wq.Or(ways)

    def _beginning(self, clause: Clause) -> list[str]:
        visited = islice(self._searcher.reader().expand_prefix("text", clause.prefix), MOST_VISITED)
        listed = {stem.decode() for stem in visited} | set(unfinished(clause.prefix))
        ordered = sorted(listed - set(clause.stems), key=lambda stem: (len(stem), stem))
        stems = list(islice((stem for stem in ordered if self._seen(stem)), MOST_EXPANDED))
        self._statistics.beginnings.update(stem.encode() for stem in stems)
        return stems

    def _seen(self, stem: str) -> bool:
        """Whether a document has the stem that the reader may see."""
        leaves = [leaf.reader() for leaf, _ in self._searcher.leaf_searchers()]
        return any(map(_passes, leaves, self._masks, [stem] * len(leaves)))


def _name(stems: tuple[str, ...]) -> wq.Query:
    """Another name of what is looked for."""
    if len(stems) == 1:
        return wq.Term("text", stems[0], boost=ALSO)
    return wq.Phrase("text", list(stems), boost=ALSO)


def _passes(reader: IndexReader, mask: bytes | None, stem: str) -> bool:
    if mask is None and not reader.has_deletions():
        return ("text", stem) in reader
    try:
        numbers = reader.postings("text", stem).all_ids()
    except TermNotFound:
        return False
    return any(mask is None or mask[number] for number in numbers)


def filters(query: Query, audiences: frozenset[str]) -> Iterator[frozenset[str]]:
    """Sets of tags; a document needs one tag of each set. ``audiences`` are those of one index."""
    for name, values in (
        ("audience", audiences - {OPEN}),
        ("kind", query.kinds),
        ("topic", query.topics),
        ("applies", query.applies_to),
        ("group", query.groups),
    ):
        if values:
            yield frozenset(f"{name}:{value}" for value in values)


def split(audiences: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The audiences of the open index, and those of the closed one."""
    everything = frozenset(audiences)
    return everything & {OPEN}, everything - {OPEN}
