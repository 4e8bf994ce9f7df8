"""Whether one document answers a query, read here and not in an index: for what is not indexed yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from hub.core.search import Document, Query

from .analysis import unfinished
from .indexing import placed_terms
from .parsing import Clause, Parsed

Places = Mapping[str, set[int]]
"""Where each stem stands."""


def answers(document: Document, parsed: Parsed, query: Query) -> bool:
    """The same answer as both engines give, whoever asks: audiences are not looked at."""
    if not _passes(document, query):
        return False
    places: dict[str, set[int]] = defaultdict(set)
    for term in placed_terms(document):
        places[term.stem].add(term.position)
    if any(_has(places, clause) for clause in parsed.unwanted):
        return False
    enough = any if query.any_word else all
    return enough(_has(places, clause) for clause in parsed.wanted)


def _passes(document: Document, query: Query) -> bool:
    filters = (
        (query.kinds, {document.kind}),
        (query.topics, document.topics),
        (query.applies_to, {document.applies_to}),
        (query.groups, {document.group}),
        (query.items, {document.item}),
    )
    return all(not wanted or not wanted.isdisjoint(has) for wanted, has in filters)


def _has(places: Places, clause: Clause) -> bool:
    return (
        any(stem in places for stem in clause.stems)
        or (bool(clause.phrase) and _in_a_row(places, clause.phrase))
        or (bool(clause.prefix) and _begins(places, clause.prefix))
        or any(_in_a_row(places, stems) for stems in clause.also)
    )


def _in_a_row(places: Places, stems: tuple[str, ...]) -> bool:
    firsts = places.get(stems[0], set())
    return any(
        all(first + further in places.get(stem, ()) for further, stem in enumerate(stems)) for first in firsts
    )


def _begins(places: Places, prefix: str) -> bool:
    return any(stem.startswith(prefix) for stem in places) or any(
        stem in places for stem in unfinished(prefix)
    )
