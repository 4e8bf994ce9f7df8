"""When a post goes out of sight, so do its words where other posts quote them; both come back together."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from hub.content import actions
from hub.content.actions import rendering
from hub.content.models import Item, Post, Revision
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.markup import quote
from hub.discussions.actions import reply
from tests.budget import queries
from tests.conftest import DATABASES
from tests.factories.content import discussion, fresh
from tests.factories.people import sign_in
from tests.factories.races import race

SECRET = "4 High Street"
GONE = "The quoted post was withdrawn."

both_databases = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture
def talk(world):
    """Bob's discussion; Cat's reply (#2); Bob's reply that quotes it (#3); one that quotes that (#4)."""
    item = discussion(world.bob, world.group)
    with unit_of_work():
        first = reply(world.as_cat, item, f"Ask Jean Smith of {SECRET}.")
        second = reply(world.as_bob, item, quote("cat", 2, first.source) + "Thank you, @cat.")
        nested = "\n".join(f"> {line}" for line in second.source.splitlines())
        third = reply(world.as_ann, item, f"> **@bob** wrote in #3:\n>\n{nested}\n\nSo do we.")
    return SimpleNamespace(item=item, quoted=first, quoting=second, again=third)


def withdraw(world, post):
    with unit_of_work():
        actions.withdraw(world.as_ann, db.session.get_one(Post, post.id), "Reported")


def restore(world, post):
    with unit_of_work():
        actions.restore(world.as_ann, db.session.get_one(Post, post.id), "It stands")


def posts(item: Item) -> list[Post]:
    db.session.rollback()
    query = select(Post).where(Post.item_id == item.id).order_by(Post.position)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


@both_databases
class TestWithdrawing:
    def test_every_post_that_quotes_it_loses_its_words_and_nothing_else(self, world, talk):
        withdraw(world, talk.quoted)
        _opening, _quoted, quoting, again = posts(talk.item)
        for post, own in ((quoting, "Thank you"), (again, "So do we.")):
            assert SECRET not in post.html and GONE in post.html and own in post.html
        assert 'href="/people/cat"' in quoting.html

    def test_what_was_typed_stays_as_it_was(self, world, talk):
        withdraw(world, talk.quoted)
        assert fresh(talk.quoting).source == talk.quoting.source and SECRET in talk.quoting.source
        assert fresh(talk.quoting).revision_number == 1 and fresh(talk.quoting).edited_at is None

    def test_putting_back_gives_exactly_what_stood_there(self, world, talk):
        before = [post.html for post in posts(talk.item)]
        withdraw(world, talk.quoted)
        restore(world, talk.quoted)
        assert [post.html for post in posts(talk.item)] == before

    def test_two_withdrawn_posts_come_back_one_by_one(self, world, talk):
        withdraw(world, talk.quoted)
        withdraw(world, talk.quoting)
        assert "Thank you" not in fresh(talk.again).html
        restore(world, talk.quoting)
        assert "Thank you" in fresh(talk.again).html and SECRET not in fresh(talk.again).html
        restore(world, talk.quoted)
        assert SECRET in fresh(talk.again).html

    def test_who_quotes_it_afterwards_shows_no_more(self, world, talk):
        withdraw(world, talk.quoted)
        with unit_of_work():
            item = db.session.get_one(Item, talk.item.id)
            late = reply(world.as_bob, item, quote("cat", 2, talk.quoted.source) + "Late.")
            post = db.session.get_one(Post, talk.quoting.id)
            actions.edit_post(world.as_bob, post, talk.quoting.source + "\n\nEdited.")
        for post in (fresh(late), fresh(talk.quoting)):
            assert SECRET not in post.html and GONE in post.html
        restore(world, talk.quoted)
        assert SECRET in fresh(late).html and SECRET in fresh(talk.quoting).html

    def test_the_lines_of_lists_follow(self, world, talk):
        with unit_of_work():
            opening = posts(talk.item)[0]
            actions.edit_post(world.as_bob, opening, quote("cat", 2, talk.quoted.source) + "See above.")
        assert SECRET in fresh(talk.item).summary
        withdraw(world, talk.quoted)
        assert SECRET not in fresh(talk.item).summary and "See above." in fresh(talk.item).summary

    def test_a_withdrawal_meets_a_reply_and_an_edit_that_quote_it(self, app, world, talk):
        words = quote("cat", 2, talk.quoted.source)

        def load(row):
            return lambda: db.session.get_one(type(row), row.id)

        results = race(
            app,
            (load(talk.quoted), lambda post: actions.withdraw(world.as_ann, post)),
            (load(talk.item), lambda item: reply(world.as_bob, item, words + "Just now").position),
            (
                load(posts(talk.item)[0]),
                lambda post: actions.edit_post(world.as_bob, post, words + "In the opening").position,
            ),
            (load(talk.quoting), lambda post: actions.set_vote(world.as_cat, post, True)),
        )
        assert not [result for result in results if isinstance(result, Exception)]
        found = posts(talk.item)
        assert len(found) == 5
        assert all(SECRET not in post.html for post in found if post.position != 2)


class TestWhereItWasShown:
    def test_the_page_that_was_kept_for_readers(self, client, world, talk):
        assert client.get(talk.item.path).text.count(SECRET) == 3
        withdraw(world, talk.quoted)
        shown = client.get(talk.item.path).text
        assert SECRET not in shown and GONE in shown
        restore(world, talk.quoted)
        assert client.get(talk.item.path).text.count(SECRET) == 3

    def test_the_search(self, client, world, talk):
        def found():
            drain()
            return f'href="{talk.item.path}?post=' in client.get("/search?q=High+Street").text

        assert found()
        withdraw(world, talk.quoted)
        assert not found()
        restore(world, talk.quoted)
        assert found()

    def test_the_history_of_who_quotes_it_is_closed_to_others(self, client, world, talk):
        with unit_of_work():
            actions.edit_post(world.as_bob, db.session.get_one(Post, talk.quoting.id), "Never mind.")
        path = f"{talk.item.path}/posts/3/history"
        sign_in(client, world.cat)
        assert SECRET in client.get(path).text
        withdraw(world, talk.quoted)
        shown = client.get(path)
        assert shown.status_code == 200 and SECRET not in shown.text
        assert "quotes one that was withdrawn" in shown.text
        assert SECRET in sign_in(client, world.bob).get(path).text  # what they typed themselves
        restore(world, talk.quoted)
        assert SECRET in sign_in(client, world.cat).get(path).text

    def test_the_box_to_write_in_is_not_filled_with_it(self, client, world, talk):
        sign_in(client, world.cat)
        assert SECRET in client.get(f"{talk.item.path}?quote=2").text.split("<textarea")[1]
        withdraw(world, talk.quoted)
        assert SECRET not in client.get(f"{talk.item.path}?quote=2").text.split("<textarea")[1]

    def test_revisions_keep_what_was_shown_then(self, world, talk):
        withdraw(world, talk.quoted)
        kept = db.session.scalars(select(Revision.source).where(Revision.post_id == talk.quoting.id)).all()
        assert kept == [talk.quoting.source]


class TestWhatItCosts:
    def test_reading_renders_nothing(self, client, world, talk, monkeypatch):
        withdraw(world, talk.quoted)
        monkeypatch.setattr("hub.content.actions.rendering.render", None)
        assert client.get(talk.item.path).status_code == 200

    def test_a_reply_that_quotes_nobody_asks_nothing_more(self, world, talk):
        def sent(text):
            with queries() as sent, unit_of_work():
                reply(world.as_bob, db.session.get_one(Item, talk.item.id), text)
            return sent.count

        assert sent("Plain #2.") == sent("Plain.") == sent(quote("nobody", 2, "x")) - 2  # who, and whether

    def test_many_quotes_cost_a_withdrawal_no_query_each(self, world, talk):
        def asked():
            with queries() as sent:
                withdraw(world, talk.quoted)
            restore(world, talk.quoted)
            return sent

        few = asked()
        with unit_of_work():
            item = db.session.get_one(Item, talk.item.id)
            for _each in range(10):
                reply(world.as_bob, item, quote("cat", 2, talk.quoted.source) + "Me too.")
        many = asked()
        assert many.count - few.count <= 10 * 4, many


@both_databases
def test_more_quotes_than_one_request_renders_follow_in_the_worker(client, world, talk, monkeypatch):
    monkeypatch.setattr(rendering, "AT_ONCE", 3)
    with unit_of_work():
        item = db.session.get_one(Item, talk.item.id)
        for _each in range(6):
            reply(world.as_bob, item, quote("cat", 2, talk.quoted.source) + "Me too.")
    drain()
    for turn, still in ((withdraw, [2]), (restore, list(range(2, 11)))):
        turn(world, talk.quoted)
        client.get(talk.item.path)  # a page that was kept meanwhile is not kept for long
        drain()
        assert [post.position for post in posts(talk.item) if SECRET in post.html] == still
        assert client.get(talk.item.path).text.count(SECRET) == (0 if turn is withdraw else 9)


def test_a_number_that_only_begins_alike_is_left_alone(world, talk, monkeypatch):
    with unit_of_work():
        item = db.session.get_one(Item, talk.item.id)
        reply(world.as_bob, item, quote("cat", 22, "Another post") + "Yes.")
        reply(world.as_bob, item, "#2 is right.")
    rendered = []
    real = rendering.render_post
    monkeypatch.setattr(rendering, "render_post", lambda *given: rendered.append(given[2]) or real(*given))
    withdraw(world, talk.quoted)
    assert rendered == [3, 4]
