"""In which order hits come, and how pages of them follow each other."""

from pathlib import Path
from random import Random

import pytest

from hub.core.search import OPEN, Results
from hub.search import ranking
from hub.search.engines import whoosh_query
from hub.search.engines.postgres import PostgresEngine
from hub.search.engines.whoosh import WhooshEngine

from .conftest import Shelf, document


def test_a_title_counts_for_more_than_a_text(shelf: Shelf) -> None:
    shelf.put(
        document(1, "About tweets and some other matter"), document(2, "Other matter", title="About tweets")
    )
    assert shelf.find("tweets") == ["2", "1"]


@pytest.mark.parametrize("typed", ["tweets", "twee*", "keep tweets", '"keep tweets"', "FOI(S)A tweets"])
def test_a_title_comes_before_a_text_that_says_it_over_and_over(shelf: Shelf, typed: str) -> None:
    """However long the text under the title is, and whoever wrote the other."""
    shelf.put(
        document(1, "other matter " * 900, title="How we keep tweets under FOI(S)A"),
        document(2, "Keep tweets, FOI(S)A. " * 30, kind="guidance", people="Tweets"),
    )
    assert shelf.find(typed) == ["1", "2"]


def test_guidance_comes_a_little_before_what_is_as_good(shelf: Shelf) -> None:
    shelf.put(
        document(1, "About tweets", kind="guidance"),
        document(2, "About tweets", kind="discussion"),
        document(3, "Tweets, tweets, tweets", kind="discussion"),
        document(4, "Other matter", title="Tweets", kind="discussion"),
    )
    assert shelf.find("tweets") == ["4", "3", "1", "2"]


def test_an_item_comes_before_an_example_that_is_named_after_it(shelf: Shelf) -> None:
    shelf.put(
        document(1, "Do we keep them? " * 300, title="Tweets of councils"),
        document(2, "Tweets, tweets, tweets", title="Example: Tweets of councils", kind="example"),
        document(3, "Tweets, tweets, tweets", title="Other matter"),
    )
    assert shelf.find("tweets") == ["1", "2", "3"]


def test_both_engines_order_alike(tmp_path: Path, search_url: str) -> None:
    """Titles, texts that say it more or less often, long and short ones, kinds and authors; some closed."""
    chance, engines = Random(7), [WhooshEngine(tmp_path / "index"), PostgresEngine(search_url)]
    words = ["tweets", "retention", "schedules", "vellum", *(f"word{number}" for number in range(40))]
    documents = [
        document(
            number,
            " ".join(chance.choices(words, k=chance.choice([5, 20, 100, 400]))),
            title=" ".join(chance.choices(words, k=4)),
            people=chance.choice(words),
            kind=chance.choice(["question", "discussion", "guidance", "example"]),
            own_title=chance.random() < 0.5,
            audiences=frozenset({chance.choice([OPEN, OPEN, "group:1"])}),
        )
        for number in range(150)
    ]
    for one in engines:
        one.clear()
    shelves = [Shelf(one) for one in engines]
    for one in shelves:
        one.put(*documents)
    for typed in ("tweets", "retention vellum", "vellum tweets schedules", "vellum -tweets"):
        for audiences in ({OPEN}, {OPEN, "group:1"}):
            orders = [
                one.find(typed, audiences=frozenset(audiences), limit=50, any_word=" " in typed)
                for one in shelves
            ]
            assert orders[0] == orders[1], typed
    for one in engines:
        one.close()


def test_the_rarer_word_counts_for_more(shelf: Shelf) -> None:
    shelf.put(
        *(document(number, "records of meetings") for number in range(1, 9)), document(9, "vellum rolls")
    )
    assert shelf.find("records vellum", any_word=True)[0] == "9"


def test_equals_come_newest_first(shelf: Shelf) -> None:
    shelf.put(*(document(number, "tweets") for number in (3, 1, 2)))
    assert shelf.find("tweets") == ["3", "2", "1"]


def test_an_item_is_shown_once_by_its_best_post(shelf: Shelf) -> None:
    shelf.put(
        document(1, "tweets, among very many other things that we need not go into here", item="item:1"),
        document(2, "tweets", item="item:1"),
        document(3, "tweets, and letters", item="item:2"),
    )
    assert shelf.find("tweets") == ["2", "3"]


def test_when_an_items_best_post_went_dark_its_next_is_shown(shelf: Shelf) -> None:
    shelf.put(document(1, "tweets and letters", item="item:1"), document(2, "tweets", item="item:1"))
    shelf.hidden.add("post:2")
    assert shelf.find("tweets") == ["1"]


def _pages(shelf: Shelf, limit: int) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        results: Results = shelf.search("tweets", limit=limit, cursor=cursor)
        pages.append([hit.key for hit in results.hits])
        cursor = results.next
        assert results.more == bool(cursor)
        if not cursor:
            return pages


@pytest.mark.parametrize("limit", [1, 4, 7, 50])
def test_pages_follow_each_other_without_gaps_or_repeats(shelf: Shelf, limit: int) -> None:
    """Also where many are equal, of the same moment even."""
    shelf.put(
        *(document(number, "tweets", created_at=document(0).created_at) for number in range(10)),
        *(document(number, "tweets " * (number % 3 + 1)) for number in range(10, 25)),
        *(document(number, "tweets", item="item:3") for number in range(30, 33)),
    )
    shelf.hidden |= {"post:4", "post:12", "post:13"}
    listed = [key for page in _pages(shelf, limit) for key in page]
    assert listed == [key for page in _pages(shelf, 50) for key in page]
    assert len(listed) == len(set(listed)) == 22
    assert all(len(page) == limit for page in _pages(shelf, limit)[:-1])


def test_it_tells_how_many_results_all_pages_have_together(shelf: Shelf) -> None:
    """Items, not posts; and none that the reader may not see."""
    shelf.put(
        *(document(number, "tweets") for number in range(30)),
        *(document(number, "tweets", item="item:3") for number in range(30, 33)),
    )
    shelf.hidden |= {"post:4", "post:5"}
    first = shelf.search("tweets", limit=20)
    second = shelf.search("tweets", limit=20, cursor=first.next)
    for results in (first, second):
        assert (results.number, results.uncounted) == (28, False)


def test_where_counting_stops_it_says_that_there_are_more(shelf: Shelf, monkeypatch) -> None:
    monkeypatch.setattr(ranking, "MOST_COUNTED", 10)
    shelf.put(*(document(number, "tweets") for number in range(10)))
    results = shelf.search("tweets", limit=5)
    assert (results.number, results.uncounted) == (10, False)
    shelf.put(document(10, "tweets"))
    results = shelf.search("tweets", limit=5)
    assert (results.number, results.uncounted) == (10, True)
    monkeypatch.setattr(ranking, "DEEPEST", 5)
    shelf.put(*(document(number, "tweets", item="item:1") for number in range(11)))
    results = shelf.search("tweets", limit=5)
    assert (results.number, results.uncounted) == (1, True), "what was not read is not known to be nothing"


@pytest.mark.parametrize(
    "cursor", ["x", "=", "é", "bnVsbA==", "WzEsMl0=", "W05hTixOYU4sTmFOXQ==", "A" * 9999]
)
def test_a_cursor_that_is_not_ours_is_no_error(shelf: Shelf, cursor: str) -> None:
    shelf.put(document(1, "tweets"))
    assert shelf.find("tweets", cursor=cursor) == ["1"]


def test_the_same_documents_give_the_same_results_however_they_were_indexed(shelf: Shelf) -> None:
    """Order and scores do not tell of batches, replacements and removals."""
    documents = [
        document(
            number, f"tweets {'letters ' * (number % 4)} {number % 7} plans", title="plans" * (number % 2)
        )
        for number in range(40)
    ]
    shelf.put(*documents)
    at_once = [
        (hit.key, hit.score) for hit in shelf.search("tweets letters plans", any_word=True, limit=50).hits
    ]
    for one in reversed(documents):
        shelf.put(document("gone", "tweets letters plans", audiences=frozenset({OPEN})))
        shelf.put(one)
    shelf.engine.remove(["post:gone"])
    del shelf.now["post:gone"]
    one_by_one = [
        (hit.key, hit.score) for hit in shelf.search("tweets letters plans", any_word=True, limit=50).hits
    ]
    assert one_by_one == at_once
    shelf.engine.tidy()
    tidied = [
        (hit.key, hit.score) for hit in shelf.search("tweets letters plans", any_word=True, limit=50).hits
    ]
    assert tidied == at_once


def test_what_is_most_alike_shares_a_rare_word_and_common_ones_only_add(shelf: Shelf, monkeypatch) -> None:
    """Common words are in most texts: to look at them all would take longer the more a hub holds."""
    monkeypatch.setattr(whoosh_query, "MOST_ALIKE", 5)
    shelf.put(
        *(document(number, "records of meetings") for number in range(1, 13)),
        document(20, "vellum records"),
        document(21, "vellum"),
    )
    found = shelf.find("vellum records", any_word=True, first_only=True)
    assert set(found[:2]) == {"20", "21"}
    if isinstance(shelf.engine, WhooshEngine):
        assert len(found) == 2
