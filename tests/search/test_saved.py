"""Saved searches: one is saved as it was asked, and says of new things which it finds, as its owner would."""

import pytest
from sqlalchemy import delete, select

from hub.content.actions import withdraw
from hub.content.models import Item
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.pacing import MailPace
from hub.core.policy import ANYBODY
from hub.core.search import Query, SearchUnavailable
from hub.questions.actions import answer, ask_question
from hub.search import saved
from hub.search.parsing import parse
from hub.search.reading import answers
from hub.subscriptions.actions import own_subscriber
from hub.subscriptions.matching import found_by
from hub.subscriptions.models import SavedSearch, Subscription
from tests.conftest import DATABASES
from tests.digests.telling import again, on, sent
from tests.factories.people import actor_of, sign_in
from tests.subscriptions.conftest import folder  # noqa: F401 (a fixture)

from .conftest import Shelf, document

both = pytest.mark.parametrize("app", DATABASES, indirect=True)

SAID = [
    document(1, "Tweets are kept for seven years", "Retention"),
    document(2, "Seven years is too long", "On tweets", kind="guidance", topics=frozenset({"foi"})),
    document(3, "Kept by nobody", people="Isla Rae @isla", applies_to="scotland"),
    document(4, "Freedom of information requests", group="records"),
    document(5, "What years seven are kept", own_title=False, title="Tweets"),
    document(6, "retained retaining", "Data-protection"),
]
ASKED = [
    "tweets",
    "seven years",
    '"seven years"',
    "kept -tweets",
    "reten*",
    "FOI",
    "@isla",
    "data protection",
]
FILTERS = [
    {},
    {"any_word": True},
    {"kinds": frozenset({"guidance"})},
    {"topics": frozenset({"foi"})},
    {"groups": frozenset({"records"})},
    {"applies_to": frozenset({"scotland"})},
]


@pytest.mark.parametrize("asked", ASKED)
def test_reading_a_document_gives_the_answer_that_the_index_gives(shelf: Shelf, asked: str) -> None:
    shelf.put(*SAID)
    for filters in FILTERS:
        query = Query(asked, **filters)
        found = set(shelf.engine.newest(query, None, 100).keys)
        assert found == {one.key for one in SAID if answers(one, parse(asked), query)}, filters


def test_the_index_is_asked_about_some_items_alone(shelf: Shelf) -> None:
    shelf.put(*SAID)
    few = Query("kept years", any_word=True, items=frozenset({"item:2", "item:3", "item:9"}))
    assert set(shelf.engine.newest(few, None, 100).keys) == {"post:2", "post:3"}
    assert {hit.key for hit in shelf.engine.search(few, shelf).hits} == {"post:2", "post:3"}
    shelf.put(document(7, "Years of tweets", item="item:2"))
    assert set(shelf.engine.newest(few, None, 100).keys) == {"post:2", "post:3", "post:7"}


def _search(site, **asked) -> SavedSearch:
    with unit_of_work():
        subscriber = own_subscriber(again(site.bob))
        search = SavedSearch(subscriber_id=subscriber.id, name="Mine", asked=asked)
        db.session.add(search)
        return search


def _found(actor, search) -> set[str]:
    """Titles of everything in the hub that the search finds."""
    db.session.rollback()
    titles = {row.id: row.title for row in db.session.execute(select(Item.id, Item.title))}
    return {titles[one] for one in found_by(actor, search, titles)}


@both
def test_it_finds_what_its_owner_would(site):
    for asked in ({"q": "tweets"}, {"q": "tweets microfilm", "any": "1"}, {"q": "seven years"}):
        assert _found(site.as_bob, _search(site, **asked)) == {"How long do we keep tweets?"}
    assert _found(ANYBODY, _search(site, q="tweets")) == {"How long do we keep tweets?"}
    assert len(_found(actor_of(again(site.cat)), _search(site, q="tweets"))) == 2


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"q": "tweets", "kind": "question"}, 1),
        ({"q": "tweets", "kind": "guidance"}, 0),
        ({"q": "tweets", "place": "scotland"}, 1),
        ({"q": "tweets", "place": "uk"}, 0),
        ({"q": "tweets", "topic": "foi"}, 0),
        ({"q": "tweets", "group": "rims"}, 1),
        ({"q": "tweets", "group": "secret"}, 0),
        ({"kind": "discussion"}, 1),
        ({"kind": "question", "group": "rims"}, 1),
        ({"group": "secret"}, 0),
        ({"q": "the"}, 0),
        ({}, 2),
    ],
)
def test_filters_narrow_it_as_they_do_on_the_page(site, asked, number):
    assert len(_found(site.as_bob, _search(site, **asked))) == number


@both
def test_what_waits_to_be_indexed_is_found_and_what_was_edited_is_not(site):
    search = _search(site, q="microfilm")
    with unit_of_work():
        asked = ask_question(site.as_bob, again(site.group), "Microfilm", "How?")
        answer(site.as_cat, again(site.question), "On microfilm, too.")
    assert _found(site.as_bob, search) == {"Microfilm", "How long do we keep tweets?"}
    drain()
    assert _found(site.as_bob, search) == {"Microfilm", "How long do we keep tweets?"}
    with unit_of_work():
        withdraw(site.as_ann, again(asked))
    assert _found(site.as_bob, search) == {"How long do we keep tweets?"}


def test_while_the_index_is_out_of_reach_nothing_is_missed(site, monkeypatch):
    class Gone:
        def newest(self, *_asked):
            raise SearchUnavailable("gone")

    search = _search(site, q="seven years")
    monkeypatch.setattr(saved, "engine", Gone)
    assert _found(site.as_bob, search) == {"How long do we keep tweets?"}


@both
def test_many_items_are_asked_about_some_at_a_time(site, monkeypatch):
    monkeypatch.setattr(saved, "ITEMS_AT_ONCE", 1)
    monkeypatch.setattr(saved, "FOUND_AT_ONCE", 1)
    assert len(_found(actor_of(again(site.cat)), _search(site, q="tweets"))) == 2


def test_a_search_is_saved_as_it_is_asked_and_chosen_anew_on_its_page(client, site):
    sign_in(client, site.bob)
    page = "/search?q=tweets&kind=question&group=rims"
    assert "Tell me of new results" in client.get(page).text
    answered = client.submit(page, {"often": "daily"}, button="Keep")
    assert answered.location == page
    kept = db.session.scalars(select(Subscription)).one()
    assert (kept.search.name, kept.frequency) == ("“tweets”, questions, in Records", "daily")
    assert kept.search.path == page
    assert '<span class="soft">Every day</span>' in client.get(page).text
    client.submit(page, {"often": "at_once"}, button="Keep")
    db.session.rollback()
    assert [one.frequency for one in db.session.scalars(select(Subscription))] == ["at_once"]
    client.submit(page, {"often": "never"}, button="Keep")
    db.session.rollback()
    assert db.session.scalars(select(SavedSearch)).all() == []


def test_it_is_renamed_and_removed_on_the_page_of_ones_mail(client, site):
    sign_in(client, site.bob)
    client.submit("/search?q=tweets", {"often": "daily"}, button="Keep")
    token = db.session.scalars(select(SavedSearch.token)).one()
    client.submit("/me/mail", {f"name-{token}": "Old tweets", f"search-{token}": "weekly"})
    page = client.get("/me/mail").text
    assert ">Old tweets</label>" in page
    assert 'href="/search?q=tweets"' in page
    client.submit("/me/mail", {f"remove-{token}": "1"})
    db.session.rollback()
    assert db.session.scalars(select(SavedSearch)).all() == []


@pytest.mark.parametrize("page", ["/search", "/search?q=tweets&kind=archived"])
def test_nothing_is_offered_where_there_is_nothing_to_hear_of(client, site, page):
    sign_in(client, site.bob)
    assert "Tell me of new results" not in client.get(page).text


def test_visitors_are_not_offered_what_needs_an_account(client, site):
    assert "Tell me of new results" not in client.get("/search?q=tweets").text


def test_new_results_come_in_the_digest(client, site, folder):  # noqa: F811
    with unit_of_work():
        db.session.execute(delete(MailPace))  # what the site sent, it sent today, and clocks never go back
    with on(20):
        sign_in(client, site.bob)
        client.submit("/search?q=microfilm", {"often": "daily"}, button="Keep")
        with unit_of_work():
            ask_question(site.as_cat, again(site.group), "Microfilm readers", "Who has one?")
            ask_question(site.as_cat, again(site.group), "Shelves", "Who has some?")
        drain()
    with on(21, 7):
        assert sent().sent == 1
    text = folder.messages()[0][1].get_body(("plain",)).get_content()
    assert "Microfilm readers" in text
    assert "Shelves" not in text
