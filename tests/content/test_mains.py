"""What is kept of a page is the same for all whose rights are the same, and holds nobody's secrets."""

import re

import pytest

from hub.content import actions
from hub.content.mains import CSRF_MARK, SENT_MARK
from hub.core.database import unit_of_work
from hub.discussions.actions import reply
from hub.questions.actions import answer
from tests.factories.content import discussion, form_on, question
from tests.factories.groups import member
from tests.factories.people import person, sign_in


@pytest.fixture(params=["discussion", "question"])
def item(request, world):
    """An item by Bob with a post by Cat."""
    make, add = {"discussion": (discussion, reply), "question": (question, answer)}[request.param]
    made = make(world.bob, world.group, "Shared drives", "Who owns them?")
    with unit_of_work():
        add(world.as_cat, made, "The head of service.")
    return made


@pytest.fixture
def two(app, world):
    """Two members with the same rights, each in a browser of their own."""
    return [sign_in(app.test_client(), member(person(), world.group)) for _ in range(2)]


def test_each_reader_gets_tokens_of_their_own_each_time(two, item):
    pages = [browser.get(item.path) for browser in (*two, *two)]
    for page in pages:
        assert CSRF_MARK not in page.text and SENT_MARK not in page.text
    sent = [form_on(page, pages[0].request.path + _place(item))["sent_token"] for page in pages]
    assert len(set(sent)) == 4
    csrf = [re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1) for page in pages]
    assert csrf[0] != csrf[1]


def _place(item):
    return "/replies" if item.kind == "discussion" else "/answers"


def test_a_form_from_a_kept_page_can_be_sent(two, item):
    for browser in two:
        form = form_on(browser.get(item.path), item.path + _place(item))
        assert browser.post(item.path + _place(item), data={**form, "text": "Me too"}).status_code == 303


def test_ones_vote_draft_and_following_are_ones_own(two, item):
    first, second = two
    second.get(item.path)
    at = f"{item.path}/posts/2/vote"
    first.post(at, data={**form_on(first.get(item.path), at), "vote": "1"})
    form = form_on(first.get(item.path), item.path + _place(item))
    first.post(item.path + _place(item), data={**form, "text": "My unfinished words", "keep": "1"})
    at = f"{item.path}/watch"
    first.post(at, data={**form_on(first.get(item.path), at), "watch": "1"})
    mine, theirs = first.get(item.path).text, second.get(item.path).text
    for words in ("You found this useful", "My unfinished words", "Stop following"):
        assert words in mine and words not in theirs


def test_rights_that_change_change_the_page(client, world, item):
    browser = sign_in(client, world.dan)
    assert _place(item) not in browser.get(item.path).text
    member(world.dan, world.group)
    assert f'action="{item.path}{_place(item)}"' in browser.get(item.path).text
    assert f'href="{item.path}/posts/2/edit"' not in browser.get(item.path).text
    assert f'href="{item.path}/posts/2/edit"' in sign_in(client, world.ann).get(item.path).text
    with unit_of_work():
        actions.close_item(world.as_ann, item)
    assert f'action="{item.path}{_place(item)}"' not in sign_in(client, world.dan).get(item.path).text


def test_a_visitor_gets_no_session_from_reading(app, two, item):
    two[0].get(item.path)
    for _ in range(2):
        page = app.test_client().get(item.path)
        assert "Set-Cookie" not in page.headers and "csrf_token" not in page.text
        assert page.headers["ETag"]


def test_a_group_that_is_renamed_is_renamed_on_kept_pages(client, world, item):
    client.get(item.path)
    with unit_of_work() as session:
        session.get_one(type(world.group), world.group.id).name = "Records and archives"
    assert "Records and archives" in client.get(item.path).text
