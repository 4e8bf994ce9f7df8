"""The search page, and what other pages show of similar things."""

import json

import pytest
from flask import render_template_string
from sqlalchemy import select

from hub.cli import main
from hub.content import actions
from hub.content.models import DISCUSSION, REPLY
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.policy import ANYBODY
from hub.questions.actions import ask_question
from hub.search import ranking
from hub.search.engine import engine
from hub.search.models import RelatedItem
from hub.search.similar import related, similar
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.people import actor_of, sign_in

from .naughty import naughty_strings
from .test_hostile import HOSTILE


def test_a_visitor_finds_what_is_open(site, client):
    page = client.get("/search?q=tweets")
    assert page.status_code == 200
    assert "How long do we keep <mark>tweets</mark>?" in page.text
    assert f'href="{site.question.path}"' in page.text
    assert "CANARY" not in page.text and "secret" not in page.text.lower()


def test_a_hit_says_when_it_is_an_answer_or_a_reply_and_whose(site, client):
    with unit_of_work():
        talk = actions.start_item(site.as_bob, site.group, DISCUSSION, "Open drawers", "Who has them?")
        actions.add_post(site.as_ann, talk, REPLY, "Nobody has a **zither**.")
    drain()
    page = client.get("/search?q=seven+years").text
    assert f"Answer by {site.cat.name}" in page and ">Question<" in page
    assert f"Reply by {site.ann.name}" in client.get("/search?q=zither").text
    page = client.get("/search?q=drawers").text
    assert site.bob.name in page and f"by {site.bob.name}" not in page


def test_a_member_finds_what_their_groups_hold(site, client):
    assert "CANARY" in sign_in(client, site.cat).get("/search?q=tweets").text
    assert "CANARY" not in sign_in(client, site.bob).get("/search?q=tweets").text


def test_excerpts_are_escaped_and_marked(site, client):
    page = client.get("/search?q=ever").text
    assert "For &lt;b&gt;<mark>ever</mark>" in page


def test_it_is_narrowed_by_links(site, client):
    page = client.get("/search?q=keep").text
    assert "Shared drives" in page
    assert "/search?q=keep&amp;kind=question" in page
    assert f"/search?q=keep&amp;topic={site.foi.slug}" in page
    assert "/search?q=keep&amp;place=scotland" in page
    for narrowed in ("kind=question", f"topic={site.foi.slug}", "place=scotland"):
        page = client.get(f"/search?q=keep&{narrowed}").text
        assert "How long do we" in page and "Shared drives" not in page


def test_it_says_how_many_results_there_are(site, client, monkeypatch):
    assert "<h2>2 results</h2>" in client.get("/search?q=keep").text
    assert "<h2>1 result</h2>" in client.get("/search?q=keep&kind=question").text
    monkeypatch.setattr(ranking, "MOST_COUNTED", 1)
    assert "<h2>More than 1 result</h2>" in client.get("/search?q=keep").text


def test_what_narrows_comes_before_the_results_folded_and_says_what_is_chosen(site, client):
    page = client.get("/search?q=keep&kind=question&place=scotland").text
    folded = page.split('<details class="narrow">')[1].split("</details>")[0]
    assert "Questions · Scotland" in folded.split("</summary>")[0]
    assert [part.split(">")[1].split("<")[0] for part in folded.split('aria-current="true"')[1:]] == [
        "Questions",
        "Scotland",
        "All topics",
    ]
    assert page.index('<details class="narrow">') < page.index("<h2>1 result</h2>")


def test_a_filter_that_is_not_there_for_the_reader_is_as_if_not_given(site, client):
    """A hidden group cannot be asked about."""
    hidden, unknown = client.get("/search?q=keep&group=secret"), client.get("/search?q=keep&group=nowhere")
    assert hidden.text.replace("secret", "") == unknown.text.replace("nowhere", "")
    assert "How long do we" in hidden.text


def test_without_words_a_topic_lists_what_is_filed_under_it(site, client):
    page = client.get(f"/search?topic={site.foi.slug}").text
    assert "How long do we keep tweets?" in page
    assert "Shared drives" not in page


def test_without_anything_it_says_how_to_search(site, client):
    assert "How to search" in client.get("/search").text


def test_when_nothing_has_all_words_it_shows_what_has_some_and_says_so(site, client):
    page = client.get("/search?q=tweets+zeppelins").text
    assert "Nothing has all of these words" in page
    assert "How long do we keep" in page


def test_nothing_found_says_what_was_looked_for_and_offers_to_ask_it(site, client):
    page = client.get("/search?q=zeppelins&kind=question").text
    assert "Nothing found for “zeppelins”" in page
    assert "We looked for “zeppelins”" in page and "questions" in page
    assert 'href="/ask?q=zeppelins"' in page
    assert 'href="/search?q=zeppelins"' in page, "the way out of the filter"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("the+of", "in nearly everything"), ("-tweets", "also what to look for"), ("%21%3F", "no word in this")],
)
def test_a_query_without_a_word_gets_advice(site, client, typed, said):
    page = client.get(f"/search?q={typed}")
    assert page.status_code == 200
    assert said in page.text


def test_pages_of_results_follow_each_other(hub, world, client):
    with unit_of_work():
        for number in range(45):
            actions.start_item(world.as_bob, world.group, DISCUSSION, f"Tweets, part {number:02}", "Text")
    drain()
    seen, path = [], "/search?q=tweets"
    while path:
        page = client.get(path).text
        seen += [part[:2] for part in page.split("</mark>, part ")[1:]]
        path = (
            page.split('" rel="next"')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
            if 'rel="next"' in page
            else ""
        )
    assert seen == [f"{number:02}" for number in reversed(range(45))]


def test_when_the_index_cannot_be_read_the_page_says_so_and_keeps_the_words(site, client, monkeypatch):
    engine_type = type(site_engine(site))
    monkeypatch.setattr(engine_type, "candidates", unavailable)
    page = client.get("/search?q=tweets")
    assert page.status_code == 503
    assert "Search is not working just now" in page.text
    assert 'value="tweets"' in page.text


def site_engine(_site):
    return engine()


def unavailable(*_):
    from hub.core.search import SearchUnavailable

    raise SearchUnavailable("damaged")


def test_hostile_queries_get_a_page(site, client):
    for typed in [*HOSTILE, *naughty_strings()[::7]]:
        page = client.get(
            "/search",
            query_string={
                "q": typed.encode("utf-8", "replace"),
                "after": typed[:50].encode("utf-8", "replace"),
            },
        )
        assert page.status_code == 200, typed


@pytest.mark.parametrize("app", DATABASES, indirect=True)
def test_twenty_results_cost_as_many_queries_as_three(hub, world, client):
    def cost() -> int:
        with queries() as sent:
            assert client.get("/search?q=tweets").status_code == 200
        return sent.count

    counts = []
    for more in (3, 17):
        with unit_of_work():
            for number in range(more):
                actions.start_item(world.as_bob, world.group, DISCUSSION, f"Tweets {number}", "Text")
        drain()
        cost()
        counts.append(cost())
    assert counts[0] == counts[1] <= 12, counts


def test_what_was_asked_before_is_shown_while_one_asks(site, hub):
    hits = similar(ANYBODY, "How long should tweets be kep")
    assert [hit.document.title for hit in hits] == ["How long do we keep tweets?"]
    assert similar(ANYBODY, "how should we") == ()
    assert similar(ANYBODY, "Budget of zeppelins") == ()
    with hub.test_request_context():
        shown = render_template_string("{{ slot('question.similar', 'keeping tweets', none) }}")
    assert "<mark>keep</mark>" in shown and site.question.path in shown


def test_related_items_stand_beside_an_item_and_follow_the_policy(site, hub):
    with unit_of_work():
        other = ask_question(site.as_ann, site.group, "May we keep deleted tweets?", "It depends.")
    drain()
    with hub.test_request_context():
        shown = render_template_string("{{ slot('item.rail', item) }}", item=other)
    assert "How long do we keep tweets?" in shown and "secret" not in shown
    assert [item.title for item in related(ANYBODY, other)] == ["How long do we keep tweets?"]
    with queries() as sent:
        related(ANYBODY, other)
    assert sent.count == 1
    with unit_of_work():
        actions.withdraw(site.as_ann, site.question)
    assert related(ANYBODY, other) == []


def test_an_earlier_item_hears_of_a_later_one_that_is_like_it(site):
    assert related(ANYBODY, site.question) == []
    with unit_of_work():
        ask_question(site.as_ann, site.group, "May we keep deleted tweets?", "It depends.")
    drain()
    assert [item.title for item in related(ANYBODY, site.question)] == ["May we keep deleted tweets?"]


def test_what_members_see_as_related_moves_nothing_that_others_see(site):
    """Their group's items are among what is like an item of theirs, and are counted for nobody else."""
    with unit_of_work():
        hidden = ask_question(actor_of(site.cat), site.secret, "Should we keep tweets of ministers?", "Hm.")
    drain()
    assert [item.title for item in related(actor_of(site.cat), hidden)] == [
        "Where do we keep secret tweets?",
        "How long do we keep tweets?",
    ]
    assert related(actor_of(site.cat), site.question) == []
    stored = set(db.session.scalars(select(RelatedItem.audience).where(RelatedItem.item_id == hidden.id)))
    assert stored == {f"group:{site.secret.id}"}


def test_a_new_title_is_like_other_things(site):
    with unit_of_work():
        other = ask_question(site.as_ann, site.group, "May we keep deleted tweets?", "It depends.")
    drain()
    with unit_of_work():
        actions.edit_item(site.as_ann, other, title="Who orders the biscuits?", topics=[])
    drain()
    assert related(ANYBODY, other) == []


class TestCommand:
    def _run(self, hub, *arguments):
        return hub.test_cli_runner().invoke(main.get_command(None, "search"), arguments)

    def test_it_finds_as_a_visitor_or_as_somebody(self, site, hub):
        result = self._run(hub, "keep", "tweets", "--json")
        assert result.exit_code == 0
        told = json.loads(result.output)
        assert [hit["title"] for hit in told["hits"]] == ["How long do we keep tweets?"]
        assert told["as"] is None and told["number"] == 1
        result = self._run(hub, "keep", "tweets", "--as", "cat")
        assert "secret tweets" in result.output

    def test_it_says_as_whom_it_searches(self, site, hub):
        assert "As a visitor" in self._run(hub, "tweets").output
        assert "As Cat (@cat)" in self._run(hub, "tweets", "--as", "cat").output
        assert "As Cat (@cat)" in self._run(hub, "zeppelins", "--as", "cat").output
        assert json.loads(self._run(hub, "tweets", "--as", "cat", "--json").output)["as"] == "cat"

    def test_it_tells_what_else_it_looked_for(self, site, hub):
        told = json.loads(self._run(hub, "keep", "tweets", "--json").output)
        assert told["also"] == ["post"]
        assert "Looked for also: post" in self._run(hub, "keep", "tweets").output

    def test_it_says_what_is_an_answer(self, site, hub):
        assert json.loads(self._run(hub, "seven", "years", "--json").output)["hits"][0]["part"] == "answer"
        assert "[question: answer by Cat, Records]" in self._run(hub, "seven", "years").output

    def test_it_says_when_nothing_is_found_and_refuses_what_is_no_query(self, site, hub):
        assert "Nothing found for: zeppelins" in self._run(hub, "zeppelins").output
        assert self._run(hub, "the").exit_code == 1
        assert self._run(hub, "tweets", "--as", "nobody").exit_code == 1

    def test_it_rebuilds(self, site, hub):
        result = self._run(hub, "rebuild", "--json")
        assert result.exit_code == 0
        assert json.loads(result.output)["documents"] == 4
