"""What the field calls by several names is found by each of them."""

import pytest

from .conftest import Shelf, document


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("FOI", "A request under freedom of information law"),
        ("foi", "The FOISA deadline"),
        ("FOI(S)A", "freedom of information"),
        ("freedom of information", "An FOI came in"),
        ("PRSA", "under the Public Records (Scotland) Act 2011"),
        ("Public Records (Scotland) Act", "our PRSA plan"),
        ("GDPR", "data protection officers"),
        ("data-protection", "GDPR officers"),
        ("RM", "records management"),
        ("RRS", "a retention schedule"),
        ("EIR", "environmental information regulations"),
        ("SAR", "a subject access request"),
        ("tweet", "a post of ours"),
        ("Twitter", "said on X"),
        ("X", "said on Twitter"),
    ],
)
def test_one_name_finds_the_other(shelf: Shelf, asked: str, said: str) -> None:
    shelf.put(document(1, said), document(2, "something else, with information and records"))
    results = shelf.search(asked)
    assert [hit.key for hit in results.hits] == ["post:1"]
    assert "<mark>" in results.hits[0].excerpt
    assert results.also


def test_what_says_the_word_itself_comes_first(shelf: Shelf) -> None:
    shelf.put(document(1, "an FOI request"), document(2, "a freedom of information request"))
    assert shelf.find("FOI") == ["1", "2"]
    assert shelf.find("freedom of information") == ["2", "1"]


def test_other_words_are_still_needed(shelf: Shelf) -> None:
    shelf.put(document(1, "freedom of information and fees"), document(2, "freedom of information"))
    assert shelf.find("foi fees") == ["1"]


def test_what_is_quoted_is_taken_as_written(shelf: Shelf) -> None:
    shelf.put(document(1, "FOI"), document(2, "freedom of information"))
    assert shelf.find('"FOI"') == ["1"]
    assert shelf.find('"freedom of information"') == ["2"]
    assert shelf.search('"FOI"').also == ()


def test_what_is_left_out_is_taken_as_written(shelf: Shelf) -> None:
    shelf.put(document(1, "fees, FOI"), document(2, "fees, freedom of information"))
    assert shelf.find("fees -FOI") == ["2"]


def test_a_name_is_marked_whole_and_its_words_alone_are_not(shelf: Shelf) -> None:
    shelf.put(document(1, "Information about freedom of information"))
    (hit,) = shelf.search("FOI").hits
    assert hit.excerpt == "Information about <mark>freedom of information</mark>"


def test_a_word_of_a_name_alone_is_only_itself(shelf: Shelf) -> None:
    shelf.put(document(1, "FOI"), document(2, "freedom"))
    assert shelf.find("freedom") == ["2"]
