"""Anything at all can be typed or written: it is text, it finds itself or nothing, it costs little."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.core.search import CannotSearch
from hub.search.analysis import terms
from hub.search.parsing import MOST_CLAUSES, parse
from tests.patience import does_not_hang

from .conftest import Shelf, document
from .naughty import naughty_strings

HOSTILE = [
    "\x00",
    "tweets\x00letters",
    '"',
    '"""',
    "'; DROP TABLE hub_search.document; --",
    "a' | 'b & !c <-> (d:*",
    "\\",
    "%s %(x)s {0} :name $1",
    "*" * 500,
    "((((((((((",
    "NOT AND OR NOT (",
    "title:[a TO z] AND *:*",
    "tweets~2 ^99 {a TO b}",
    "-" * 300,
    "\ud800 lone",
    "\u202eright to left",
    "e" + "\u0301" * 5_000,
    "x" * 10_000,
    "word " * 2_000,
    '"' + "word " * 2_000 + '"',
    "a* " * 200,
    "-a " * 200,
    "a.b" * 3_000,
    "@" * 5_000,
    "\u00ad" * 5_000,
    "ﷺ" * 500,
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_queries_are_only_text(shelf: Shelf, typed: str) -> None:
    shelf.put(document(1, "tweets and letters"))
    for how in ({}, {"any_word": True}, {"as_you_type": True}):
        with does_not_hang(), suppress(CannotSearch):
            shelf.search(typed, **how)


@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_indexed_beside_others(shelf: Shelf, written: str) -> None:
    shelf.put(
        document(1, f"tweets {written}", title=f"tweets {written}", people=written),
        document(2, "tweets", kind=written, topics=frozenset({written}), applies_to=written)
        if "\x00" not in written and "\ud800" not in written
        else document(2, "tweets"),
    )
    assert sorted(shelf.find("tweets")) == ["1", "2"]


def test_naughty_strings_find_themselves_or_nothing(shelf: Shelf) -> None:
    strings = naughty_strings()
    if not strings:
        pytest.skip("The corpus is not beside the project.")
    shelf.put(*(document(number, text) for number, text in enumerate(strings)))
    missed = []
    for number, text in enumerate(strings):
        try:
            # Words typed with a minus before them are left out: without the sign they must be found.
            found = shelf.find(text.replace("-", " ").replace("\u2013", " ").replace("\u2212", " "), limit=50)
        except CannotSearch:
            continue
        if str(number) not in found:
            missed.append(text)
    assert not missed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), query=st.text(max_size=60))
@example(text="0\x1f0", query="0\x1f0")
def test_whatever_is_typed_nothing_breaks(shelf: Shelf, text: str, query: str) -> None:
    shelf.put(document(1, text, title=text, people=text))
    try:
        shelf.search(query)
        shelf.search(query, as_you_type=True, any_word=True)
    except CannotSearch:
        pass


@given(st.text(max_size=300))
def test_parsing_is_bounded_and_total(typed: str) -> None:
    try:
        parsed = parse(typed)
    except CannotSearch:
        return
    assert 1 <= len(parsed.wanted) + len(parsed.unwanted) <= MOST_CLAUSES


@given(st.text(max_size=300))
def test_a_text_has_the_same_terms_as_its_pieces_between_spaces(text: str) -> None:
    assert [term.stem for term in terms(text)] == [
        term.stem for piece in text.split() for term in terms(piece)
    ]


def test_words_beyond_the_bound_are_left_out_and_named(shelf: Shelf) -> None:
    shelf.put(document(1, " ".join(f"word{number}" for number in range(16))))
    results = shelf.search(" ".join(f"word{number}" for number in range(40)))
    assert [hit.key for hit in results.hits] == ["post:1"]
    assert results.left_out == tuple(f"word{number}" for number in range(16, 40))


def test_reading_a_long_text_takes_time_in_proportion() -> None:
    for piece in ("word ", "a.", "-", "@a", "e\u0301", "\u00ad", "a'"):
        with does_not_hang():
            terms(piece * 20_000)
