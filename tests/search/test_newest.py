"""What matches by date, for lists that have an order of their own: nothing is ranked, nothing is left out."""

from datetime import timedelta

import pytest

from hub.core.search import CannotSearch, Query
from tests.search.conftest import BEGINNING, Shelf, document


@pytest.fixture
def dated(shelf: Shelf) -> Shelf:
    """Ten documents that say it, a day apart, the odd ones of another collection."""
    shelf.put(
        *(
            document(
                number,
                "The library is closed" + " closed" * (number % 3),
                created_at=BEGINNING + timedelta(days=number),
                audiences=frozenset({f"collection:{number % 2}"}),
            )
            for number in range(10)
        )
    )
    return shelf


def newest(shelf: Shelf, text: str, before=None, most: int = 100, of: str = "collection:0"):
    found = shelf.engine.newest(Query(text, audiences=frozenset({of})), before, most)
    return [key.removeprefix("post:") for key in found.keys], found.until


def test_the_newest_come_first_however_often_they_say_it(dated):
    assert newest(dated, "closed library") == (["8", "6", "4", "2", "0"], None)


def test_nothing_of_another_audience_is_told(dated):
    assert newest(dated, "library", of="collection:1")[0] == ["9", "7", "5", "3", "1"]
    assert newest(dated, "library", of="collection:7") == ([], None)


def test_where_there_may_be_more_it_says_until_when_it_looked_and_goes_on_from_there(dated):
    keys, until = newest(dated, "library", most=2)
    assert (keys, until) == (["8", "6"], BEGINNING + timedelta(days=6))
    assert newest(dated, "library", before=until, most=100) == (["6", "4", "2", "0"], None)


def test_unwanted_words_and_phrases_count_as_in_any_search(dated):
    assert newest(dated, "library -closed") == ([], None)
    assert newest(dated, '"library closed"')[0] == ["8", "6", "4", "2", "0"]


def test_a_document_that_was_indexed_again_is_found_once(dated):
    dated.put(document(8, "The library moved", created_at=BEGINNING, audiences=frozenset({"collection:0"})))
    assert newest(dated, "library")[0] == ["6", "4", "2", "8", "0"]


def test_with_nothing_to_look_for_it_says_so(dated):
    with pytest.raises(CannotSearch):
        newest(dated, "the")
