"""What a reader may not see changes nothing of what they see: not score, order, excerpt or presence."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.search import OPEN, Document

from .conftest import Shelf, document

HIDDEN = frozenset({"group:666"})
MEMBER = frozenset({OPEN, "group:1"})


def _open_documents() -> list[Document]:
    """Two documents whose order turns when the rarity of their words does."""
    return [
        document(1, "alpha alpha beta filler words of the first"),
        document(2, "alpha beta beta filler words of the second"),
        *(document(number, f"beta padding {number}") for number in range(3, 8)),
        *(document(number, f"alphabet soup {number}") for number in range(8, 10)),
        document(20, "alpha beta, said among members", audiences=frozenset({"group:1"})),
        document(21, "beta only, said among members", audiences=frozenset({"group:1"})),
    ]


def _seen(shelf: Shelf, audiences: frozenset[str]) -> list[object]:
    return [
        shelf.search(text, audiences=audiences, **how)
        for text, how in (
            ("alpha beta", {}),
            ("alpha beta", {"any_word": True, "limit": 3}),
            ("beta -alpha", {}),
            ("alph*", {}),
            ("bet", {"as_you_type": True}),
            ('"alpha beta"', {}),
        )
    ]


@pytest.mark.parametrize("audiences", [frozenset({OPEN}), MEMBER], ids=["visitor", "member"])
def test_hidden_documents_do_not_turn_the_order(shelf: Shelf, audiences: frozenset[str]) -> None:
    shelf.put(*_open_documents())
    before = _seen(shelf, audiences)
    hidden = [document(number, "alpha " * 5, audiences=HIDDEN) for number in range(100, 150)]
    hidden += [
        document(number, f"alpha{number} beta{number}", audiences=HIDDEN) for number in range(150, 260)
    ]
    shelf.put(*hidden)
    assert _seen(shelf, audiences) == before
    shelf.engine.remove([one.key for one in hidden[::2]])
    assert _seen(shelf, audiences) == before


def test_without_the_rule_the_order_would_turn(shelf: Shelf) -> None:
    """The same documents, open, do change the ranking: the test above tests something."""
    shelf.put(*_open_documents())
    before = [hit.score for hit in shelf.search("alpha beta").hits]
    shelf.put(*(document(number, "alpha " * 5) for number in range(100, 150)))
    assert [hit.score for hit in shelf.search("alpha beta").hits if hit.key in {"post:1", "post:2"}] != before


_words = st.lists(st.sampled_from(["alpha", "beta", "gamma", "alphas", "delta"]), min_size=1, max_size=6)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hidden=st.lists(_words, max_size=12), among=st.integers(0, 11), query=_words, any_word=st.booleans())
def test_no_hidden_text_changes_what_a_visitor_gets(
    shelf: Shelf, hidden: list[list[str]], among: int, query: list[str], any_word: bool
) -> None:
    """Whatever the hidden texts are, and wherever in the writing they come."""
    shelf.engine.clear()
    shelf.now.clear()
    for one in _open_documents():
        shelf.put(one)
    before = shelf.search(" ".join(query), any_word=any_word)
    shelf.engine.clear()
    secret = [
        document(1000 + number, " ".join(words), audiences=HIDDEN) for number, words in enumerate(hidden)
    ]
    shelf.put(*_open_documents()[:among], *secret)
    shelf.put(*_open_documents()[among:])
    assert shelf.search(" ".join(query), any_word=any_word) == before


def test_the_cursor_tells_only_of_what_was_shown(shelf: Shelf) -> None:
    """The same bytes, whether or not something went dark between."""
    shelf.put(*(document(number, "tweets") for number in range(10)))
    before = shelf.search("tweets", limit=4, audiences=MEMBER).next
    shelf.put(document("7b", "tweets", audiences=frozenset({"group:1"}), created_at=document(7).created_at))
    shelf.hidden.add("post:7b")
    assert shelf.search("tweets", limit=4, audiences=MEMBER).next == before


def test_what_was_open_and_is_closed_counts_no_more(shelf: Shelf) -> None:
    shelf.put(*_open_documents())
    before = _seen(shelf, frozenset({OPEN}))
    moved = [document(number, "alpha " * 5) for number in range(100, 120)]
    shelf.put(*moved)
    assert _seen(shelf, frozenset({OPEN})) != before
    shelf.put(*(replace(one, audiences=HIDDEN) for one in moved))
    assert _seen(shelf, frozenset({OPEN})) == before
