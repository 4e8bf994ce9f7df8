"""Subscribing without an account, choosing, leaving with one click, and what administrators see."""

import re

import pytest
from sqlalchemy import select

from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.security import limiter
from hub.subscriptions import links
from hub.subscriptions.models import Subscriber, Subscription
from hub.subscriptions.tasks import forget
from tests.digests.telling import again, asked, on, sent, subscribed, visitor
from tests.factories.content import form_on
from tests.factories.groups import group, member
from tests.factories.people import actor_of, person, sign_in


@pytest.fixture(autouse=True)
def _no_limits(app):
    limiter.enabled = False
    yield
    limiter.enabled = True


def _link(folder, part: str, number: int = 0) -> str:
    text = folder.messages()[number][1].get_body(("plain",)).get_content()
    return re.search(rf"http://localhost(/mail/{part}/\S+)", text).group(1)


def _frequencies() -> dict[str, str]:
    db.session.rollback()
    rows = db.session.scalars(select(Subscription).execution_options(populate_existing=True))
    return {row.group.slug: row.frequency for row in rows}


def _ask(client, group, address="visitor@example.org"):
    page = client.get(f"{group.path}/subscribe")
    fields = form_on(page, f"{group.path}/subscribe")
    return client.post(
        f"{group.path}/subscribe",
        data={**fields, "email": address, "frequency": "daily"},
        follow_redirects=True,
    )


def test_a_visitor_subscribes_confirms_and_gets_the_digest(app, client, world, folder):
    with on(20):
        assert "Look in your mailbox" in _ask(client, world.group).text
        drain()
        assert folder.messages()[0][1]["To"] == "visitor@example.org"
        link = _link(folder, "confirm")
        for method in (client.get, client.head):  # mail scanners open links
            assert method(link).status_code == 200
        assert _frequencies() == {}
        assert "You are subscribed" in client.post(link).text
        assert _frequencies() == {"rims": "daily"}
        asked(world.as_cat, world.group)
    with on(21, 7):
        assert sent().sent == 1
    assert folder.messages()[0][1]["Subject"] == "1 question in Records"


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(app, client, world, folder):
    visitor(world.group, address="known@example.org")
    answers = {
        _ask(client, world.group, address).text
        for address in ("known@example.org", world.bob.email, "unknown@example.org")
    }
    assert len(answers) == 1


def test_asking_again_and_again_sends_one_message_an_hour(app, client, world, folder):
    for _ in range(4):
        _ask(client, world.group)
    drain()
    assert len(folder.messages()) == 1


def test_a_person_who_asks_as_a_visitor_keeps_one_set_of_choices(app, client, world, folder):
    _ask(client, world.group, world.bob.email)
    drain()
    client.post(_link(folder, "confirm"))
    db.session.rollback()
    assert db.session.scalars(select(Subscriber)).one().person_id == world.bob.id


@pytest.mark.parametrize("visibility", ["listed", "hidden"])
def test_groups_that_are_not_open_cannot_be_subscribed_to(app, client, world, visibility):
    with unit_of_work():
        again(world.group).visibility = visibility
    page = client.get(f"{world.group.path}/subscribe")
    assert page.status_code == 404
    assert "Records" not in page.text


def test_a_link_is_no_good_when_it_is_old_changed_or_of_another_purpose(app, client, world):
    with on(1):
        subscriber = visitor(world.group)
        confirm = links.confirm_link(subscriber.token, world.group.slug, "daily").removeprefix(
            "http://localhost"
        )
    with on(20):
        assert "no longer works" in client.get(confirm).text
        assert client.post(confirm).status_code == 410
    leaving = links.leave_link(subscriber.token).rsplit("/", 1)[1]
    assert client.get(f"/mail/choices/{leaving}").status_code == 404
    assert client.get(f"/mail/leave/{leaving[:-1]}").status_code == 404
    assert client.get("/mail/leave/%00").status_code == 404


def test_bad_addresses_are_refused_beside_the_field_and_kept(app, client, world):
    page = _ask(client, world.group, "nobody")
    assert page.status_code == 422
    assert 'value="nobody"' in page.text


def test_one_click_leaves_without_a_session_and_a_look_changes_nothing(app, client, world, folder):
    with on(20):
        visitor(world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        sent()
    message = folder.messages()[0][1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<digest.localhost>"
    url = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    for method in (client.get, client.head):
        assert method(url).status_code == 200
    assert _frequencies() == {"rims": "daily"}
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post(url, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert _frequencies() == {"rims": "never"}
    with on(22, 7):
        asked(world.as_cat, world.group)
        assert sent().subscribers == 0


def test_a_visitor_changes_their_choices_by_the_link_in_the_mail(app, client, world, folder):
    with on(20):
        visitor(world.group)
        asked(world.as_cat, world.group)
    with on(21, 7):
        sent()
    url = _link(folder, "choices")
    assert 'value="daily" checked' in client.get(url).text
    page = client.post(url, data={"group-rims": "weekly", "group-none": "daily"})
    assert "Your choices are kept" in page.text
    assert _frequencies() == {"rims": "weekly"}


def test_a_member_sees_and_changes_everything_on_one_page(app, client, world):
    sign_in(client, world.bob)
    page = client.get("/me/mail")
    assert 'id="group-rims-never" name="group-rims" value="never" checked' in page.text
    fields = form_on(page, "/me/mail")
    client.post("/me/mail", data={**fields, "group-rims": "weekly"})
    assert _frequencies() == {"rims": "weekly"}
    assert 'href="/me/mail"' in client.get(world.group.path).text


def test_a_member_cannot_choose_what_they_do_not_see(app, client, world):
    with unit_of_work():
        again(world.group).visibility = "hidden"
    member(world.dan, group())
    sign_in(client, world.dan)
    fields = form_on(client.get("/me/mail"), "/me/mail")
    client.post("/me/mail", data={**fields, "group-rims": "daily"})
    assert _frequencies() == {}


def test_choices_kept_without_an_account_are_kept_with_one(app, world):
    visitor(world.group, "weekly", "late@example.org")
    late = person(email="late@example.org")
    subscriber = subscribed(actor_of(late), world.group, "weekly")
    assert subscriber.address is None
    assert db.session.scalar(select(Subscriber.id).where(Subscriber.address == "late@example.org")) is None


def test_addresses_that_nobody_confirmed_are_forgotten(app, client, world, folder):
    with on(1):
        _ask(client, world.group)
    with on(20), unit_of_work():
        forget()
    db.session.rollback()
    assert db.session.scalars(select(Subscriber)).all() == []


def test_nobody_is_asked_to_confirm_a_group_that_has_closed_meanwhile(app, client, world, folder):
    _ask(client, world.group)
    with unit_of_work():
        again(world.group).visibility = "hidden"
    drain()
    assert folder.messages() == []
