"""Voting, editing, looking back, following, closing and refiling, from pages."""

import pytest
from sqlalchemy import select

from hub.content import actions
from hub.content.models import Post, Watch
from hub.core.database import db, unit_of_work
from hub.discussions.actions import reply
from tests.factories.content import discussion, form_on, fresh, topic
from tests.factories.groups import group, member
from tests.factories.people import sign_in


@pytest.fixture
def talk(world):
    return discussion(world.bob, world.group, "Shared drives", "Who owns them?")


@pytest.fixture
def post(world, talk):
    """Cat's reply, number 2."""
    with unit_of_work():
        return reply(world.as_cat, talk, "Keep it five years.\n\nThen ask.")


@pytest.fixture
def bob(client, world):
    return sign_in(client, world.bob)


class TestVoting:
    def test_a_member_finds_a_post_useful_and_takes_it_back(self, bob, talk, post):
        at = f"{talk.path}/posts/2/vote"
        for vote, score in (("1", 1), ("1", 1), ("0", 0), ("0", 0)):
            sent = bob.post(at, data={**form_on(bob.get(talk.path), at), "vote": vote})
            assert sent.location == f"{talk.path}?post=2#post-2"
            assert fresh(post).score == score

    def test_the_page_shows_ones_own_vote(self, bob, talk, post):
        at = f"{talk.path}/posts/2/vote"
        bob.post(at, data={**form_on(bob.get(talk.path), at), "vote": "1"})
        assert "You found this useful" in bob.get(talk.path).text

    def test_nobody_is_offered_a_vote_on_their_own(self, client, world, talk, post):
        page = sign_in(client, world.cat).get(talk.path).text
        assert f'action="{talk.path}/posts/2/vote"' not in page
        assert f'action="{talk.path}/posts/1/vote"' in page

    def test_visitors_see_the_count_and_no_button(self, client, world, talk, post):
        with unit_of_work():
            actions.set_vote(world.as_bob, post, True)
        page = client.get(talk.path).text
        assert "1 person found this useful" in page and "/vote" not in page


class TestEditing:
    def edit(self, browser, talk, **typed):
        at = f"{talk.path}/posts/2/edit"
        return browser.post(at, data={**form_on(browser.get(at), at), **typed})

    def test_an_edit_is_marked_and_everybody_can_look_back(self, client, world, talk, post):
        cat = sign_in(client, world.cat)
        sent = self.edit(cat, talk, text="Keep it six years.\n\nThen ask.", note="The law changed")
        assert sent.status_code == 303
        with client.session_transaction() as session:
            session.clear()
        assert f'href="{talk.path}/posts/2/history">Edited</a>' in client.get(talk.path).text
        history = client.get(f"{talk.path}/posts/2/history").text
        assert "<del>five </del><ins>six </ins>" in history and "The law changed" in history

    def test_an_edit_that_met_another_shows_both_and_saves_neither(self, client, world, talk, post):
        cat = sign_in(client, world.cat)
        at = f"{talk.path}/posts/2/edit"
        form = form_on(cat.get(at), at)
        with unit_of_work():
            actions.edit_post(world.as_ann, post, "Keep it nine years.\n\nThen ask.")
        page = cat.post(at, data={**form, "text": "Keep it six years.\n\nThen ask."})
        assert page.status_code == 409
        assert "nine years" in page.text and "six years" in page.text
        assert fresh(post).source.startswith("Keep it nine")
        sent = cat.post(at, data={**form_on(page, at), "text": "Keep it seven years.\n\nThen ask."})
        assert sent.status_code == 303
        assert fresh(post).source.startswith("Keep it seven")

    def test_a_preview_changes_nothing(self, client, world, talk, post):
        page = self.edit(sign_in(client, world.cat), talk, text="*New*", preview="1")
        assert "<em>New</em>" in page.text
        assert fresh(post).revision_number == 1

    def test_others_cannot(self, bob, talk, post):
        assert f'href="{talk.path}/posts/2/edit"' not in bob.get(talk.path).text
        assert bob.get(f"{talk.path}/posts/2/edit").status_code == 404

    def test_the_history_of_what_one_cannot_read_is_not_there(self, client, world):
        hidden = group("Hidden", slug="hidden", visibility="hidden")
        member(world.bob, hidden)
        secret = discussion(world.bob, hidden, "Secret")
        for path in ("", "/posts/1/history", "/posts/1/edit", "/edit"):
            assert client.get(secret.path + path).status_code == 404
            assert sign_in(client, world.dan).get(secret.path + path).status_code == 404


class TestFollowing:
    def test_one_follows_and_stops(self, client, world, talk):
        dan = sign_in(client, world.dan)
        for watch, there in (("1", True), ("0", False)):
            at = f"{talk.path}/watch"
            dan.post(at, data={**form_on(dan.get(talk.path), at), "watch": watch})
            assert (db.session.get(Watch, (world.dan.id, talk.id)) is not None) is there


class TestModerating:
    def test_a_moderator_closes_and_opens_again(self, client, world, talk):
        ann = sign_in(client, world.ann)
        at = f"{talk.path}/closure"
        for close, closed in (("1", True), ("0", False)):
            ann.post(at, data={**form_on(ann.get(talk.path), at), "close": close})
            assert fresh(talk).closed is closed

    def test_nobody_else(self, bob, talk):
        assert "For moderators" not in bob.get(talk.path).text
        sent = bob.post(f"{talk.path}/closure", data={**form_on(bob.get(talk.path)), "close": "1"})
        assert sent.status_code == 404 and not fresh(talk).closed

    def test_title_topics_and_place_can_be_mended(self, client, world, talk):
        topic("Social media", world.group)
        ann = sign_in(client, world.ann)
        at = f"{talk.path}/edit"
        form = form_on(ann.get(at), at)
        typed = {"title": "Shared folders", "topics": "social-media", "applies_to": "uk"}
        assert ann.post(at, data={**form, **typed}).location == talk.path
        page = ann.get(talk.path).text
        assert "<h1>Shared folders</h1>" in page and "Social media" in page and "the UK" in page


def test_no_form_is_carried_out_without_its_token(app, bob, talk, post):
    for at in ("posts/2/vote", "watch", "replies"):
        assert bob.post(f"{talk.path}/{at}", data={"vote": "1", "watch": "1", "text": "x"}).status_code == 400
    assert len(db.session.scalars(select(Post)).all()) == 2
