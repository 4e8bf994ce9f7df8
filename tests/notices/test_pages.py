"""The page of notices, marking as read, and the way out that stands in the mail."""

import pytest

from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.notices.queries import preference_of, unread_count
from hub.questions.actions import answer
from tests.budget import queries
from tests.factories.content import form_on, question
from tests.factories.people import actor_of, sign_in
from tests.notices.test_telling import _again


@pytest.fixture
def told(app, world, folder):
    """Bob has been told of two answers."""
    item = question(world.bob, world.group, "How long?")
    for text in ("Six years.", "Seven years."):
        with unit_of_work():
            answer(world.as_cat, _again(item), text)
    drain()
    return world


def test_notices_are_listed_newest_first_and_counted_at_the_top(client, told):
    page = sign_in(client, told.bob).get("/notices").text
    assert page.index("Seven years.") < page.index("Six years.")
    assert "Cat answered your question: How long?" in page
    assert '<b class="waiting">2<span' in page
    assert '<b class="waiting">' not in sign_in(client, told.cat).get("/notices").text


def test_one_and_then_all_are_marked_as_read_by_a_button(client, told):
    sign_in(client, told.bob)
    page = client.get("/notices")
    action = page.text.split('action="/notices/')[2].split('"')[0]
    client.post(f"/notices/{action}", data=form_on(page, f"/notices/{action}"))
    assert unread_count(actor_of(told.bob)) == 1
    client.post("/notices/reading", data=form_on(client.get("/notices"), "/notices/reading"))
    assert unread_count(actor_of(told.bob)) == 0
    assert "Mark all as read" not in client.get("/notices").text


def test_looking_at_the_page_marks_nothing(client, told):
    sign_in(client, told.bob).get("/notices")
    assert unread_count(actor_of(told.bob)) == 2


def test_others_notices_do_not_exist(client, told):
    page = sign_in(client, told.bob).get("/notices").text
    action = page.split('action="/notices/')[2].split('"')[0]
    sign_in(client, told.cat)
    fields = form_on(client.get("/me/mail"), "/me/mail/notices")
    assert client.post(f"/notices/{action}", data=fields).status_code == 404
    assert unread_count(actor_of(told.bob)) == 2


def test_visitors_have_none(client, told):
    assert client.get("/notices").status_code == 404
    assert "/notices" not in client.get("/").text


def test_mail_is_chosen_beside_the_digests(client, told):
    sign_in(client, told.bob)
    fields = form_on(client.get("/me/mail"), "/me/mail/notices")
    client.post("/me/mail/notices", data={**fields, "mentions": "1"})
    chosen = preference_of(told.bob.id)
    assert (chosen.answers, chosen.mentions, chosen.watched) == (False, True, False)


def test_one_click_in_the_mail_stops_it_and_a_look_changes_nothing(app, client, told, folder):
    message = folder.messages()[0][1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    for method in (client.get, client.head):
        assert method(link).status_code == 200
    assert preference_of(told.bob.id).answers
    answered = app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})
    assert answered.status_code == 200
    assert "Set-Cookie" not in answered.headers
    assert not preference_of(told.bob.id).answers
    assert client.get(link[:-2]).status_code == 404


def test_the_page_costs_the_same_for_many(client, told):
    sign_in(client, told.bob)
    with queries() as two:
        client.get("/notices")
    item = question(told.bob, told.group)
    for number in range(12):
        with unit_of_work():
            answer(told.as_cat, _again(item), f"Answer {number}")
    drain()
    with queries() as many:
        client.get("/notices")
    assert many.count == two.count <= 4, many
