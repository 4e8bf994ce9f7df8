"""Subscribing without an account: asking, confirming, keeping the choices as a member."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from hub.accounts.actions import confirm
from hub.accounts.models import Person
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.security import limiter
from hub.subscriptions import links
from hub.subscriptions.actions import choose, own_subscriber, subscriber_of_address, take_over
from hub.subscriptions.models import Subscriber
from hub.subscriptions.tasks import forget
from tests.conftest import DATABASES
from tests.digests.telling import again, asked, on, sent, subscribed, visitor
from tests.factories.content import topic
from tests.factories.groups import group, member
from tests.factories.people import actor_of, person, sign_in

from .choosing import frequencies, link_in_mail

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


@pytest.fixture(autouse=True)
def _no_limits(app):
    limiter.enabled = False
    yield
    limiter.enabled = True


def _ask(client, group, address="visitor@example.org", **more):
    fields = {"email": address, "frequency": "daily", "add": [f"group-{group.slug}"], **more}
    answer = client.submit(f"{group.path}/subscribe", fields, button="Ask for this mail")
    return client.get(answer.location) if answer.status_code == 303 else answer


def test_a_visitor_subscribes_confirms_and_gets_the_digest(app, client, world, folder):
    with on(20):
        assert "Subscribe by e-mail" in client.get(world.group.path).text
        assert "Look in your mailbox" in _ask(client, world.group).text
        drain()
        assert folder.messages()[0][1]["To"] == "visitor@example.org"
        assert folder.messages()[0][1]["Subject"] == "Confirm mail about Records"
        link = link_in_mail(folder, "confirm")
        for method in (client.get, client.head):  # mail scanners open links
            assert method(link).status_code == 200
        assert frequencies() == {}
        assert "You are subscribed" in client.post(link).text
        assert frequencies() == {"group-rims": "daily"}
        asked(world.as_cat, world.group)
    with on(21, 7):
        assert sent().sent == 1
    assert folder.messages()[0][1]["Subject"] == "1 question in Records"


@both
def test_several_things_are_asked_for_at_once(app, client, world, folder):
    topic("Retention", world.group)
    other = group("Digital", slug="digital")
    offered = client.get("/subscribe").text
    for code in ("group-rims", "guidance-digital", "topic-retention", "topic_guidance-retention"):
        assert f'value="{code}"' in offered
    _ask(client, world.group, add=["guidance-rims", "topic-retention", f"group-{other.slug}"])
    drain()
    link = link_in_mail(folder, "confirm")
    shown = client.get(link).text
    for name in ("Guidance of Records", "Retention", "Digital"):
        assert name in shown
        assert name in folder.messages()[0][1].get_body(("plain",)).get_content()
    client.post(link)
    assert frequencies() == {"guidance-rims": "daily", "topic-retention": "daily", "group-digital": "daily"}


def test_the_page_of_a_topic_leads_to_subscribing_to_it(app, client, world):
    topic("Retention", world.group)
    asked(world.as_cat, world.group)
    assert "/subscribe?add=topic-retention" in client.get("/search?topic=retention").text
    assert "/subscribe?add=guidance-rims" in client.get("/groups/rims/guidance").text
    shown = client.get("/subscribe?add=topic-retention&add=group-unknown").text
    assert 'value="topic-retention" checked' in shown


def test_at_least_one_thing_is_chosen(app, client, world):
    answer = client.submit("/subscribe", {"email": "a@example.org"}, button="Ask for this mail")
    assert answer.status_code == 422
    assert "Choose at least one thing" in answer.text


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


def test_nobody_fills_anothers_mailbox_by_asking_for_one_thing_after_another(app, client, world, folder):
    for number in range(8):
        topic(f"Topic {number}", world.group)
        _ask(client, world.group, add=[f"topic-topic-{number}"])
    drain()
    assert len(folder.messages()) == 5


@pytest.mark.parametrize("visibility", ["listed", "hidden"])
def test_groups_that_are_not_open_cannot_be_subscribed_to(app, client, world, folder, visibility):
    with unit_of_work():
        again(world.group).visibility = visibility
    topic("Retention", world.group)
    page = client.get(f"{world.group.path}/subscribe")
    assert page.status_code == 404
    assert "Records" not in page.text
    other = group("Digital", slug="digital")
    _ask(client, other, add=["group-rims", "guidance-rims", "group-digital"])
    drain()
    client.post(link_in_mail(folder, "confirm"))
    assert frequencies() == {"group-digital": "daily"}


def test_nobody_is_asked_to_confirm_a_group_that_has_closed_meanwhile(app, client, world, folder):
    _ask(client, world.group)
    with unit_of_work():
        again(world.group).visibility = "hidden"
    drain()
    assert folder.messages() == []


def test_a_link_to_confirm_is_good_for_some_days(app, client, world):
    with on(1):
        subscriber = visitor(world.group)
        path = links.confirm_link(subscriber.token, ["group-rims"], "daily").removeprefix("http://localhost")
    with on(20):
        assert "no longer works" in client.get(path).text
        assert client.post(path).status_code == 410


def test_bad_addresses_are_refused_beside_the_field_and_kept(app, client, world):
    page = _ask(client, world.group, "nobody")
    assert page.status_code == 422
    assert 'value="nobody"' in page.text
    assert 'value="group-rims" checked' in page.text


def test_addresses_that_nobody_confirmed_are_forgotten(app, client, world, folder):
    with on(1):
        _ask(client, world.group)
    with on(20), unit_of_work():
        forget()
    db.session.rollback()
    assert db.session.scalars(select(Subscriber)).all() == []


def test_an_address_that_headers_would_read_as_anothers_is_none(client, world, folder):
    answer = _ask(client, world.group, "=?utf-8?q?cat?=@example.org")
    assert answer.status_code == 422
    assert "not a whole e-mail address" in answer.text


def test_whoever_asks_again_has_seven_days_again(app, client, world, folder):
    with on(1):
        _ask(client, world.group)
    with on(7):
        _ask(client, world.group)
        drain()
    with on(10), unit_of_work():
        forget()
    with on(11):
        assert "You are subscribed" in client.post(link_in_mail(folder, "confirm")).text
    assert frequencies() == {"group-rims": "daily"}


def test_a_person_who_asks_as_a_visitor_keeps_one_set_of_choices(app, client, world, folder):
    _ask(client, world.group, world.bob.email)
    drain()
    client.post(link_in_mail(folder, "confirm"))
    db.session.rollback()
    assert db.session.scalars(select(Subscriber)).one().person_id == world.bob.id


def test_who_is_signed_in_chooses_on_their_own_page(app, client, world):
    sign_in(client, world.dan)
    for path in ("/subscribe", f"{world.group.path}/subscribe"):
        assert client.get(path).location == "/me/mail"


def test_becoming_a_member_keeps_the_choices_and_the_links(app, client, world, folder):
    earlier = visitor(world.group, "daily", "late@example.org")
    token = earlier.token
    late = person(email="late@example.org", confirmed_at=None)
    with unit_of_work():
        confirm(db.session.get(Person, late.id))
    drain()
    db.session.rollback()
    kept = db.session.scalars(select(Subscriber).execution_options(populate_existing=True)).one()
    assert (kept.person_id, kept.address, kept.token) == (late.id, None, token)
    assert frequencies() == {"group-rims": "daily"}
    sign_in(client, late)
    assert '<option value="daily" selected>' in client.get("/me/mail").text


def test_choices_kept_without_an_account_are_kept_when_one_chooses_with_one(app, world):
    visitor(world.group, "weekly", "late@example.org")
    late = person(email="late@example.org")
    subscriber = subscribed(actor_of(late), world.group, "weekly")
    assert subscriber.address is None
    assert db.session.scalar(select(Subscriber.id).where(Subscriber.address == "late@example.org")) is None


@both
def test_what_two_chose_that_are_one_is_joined_and_the_persons_own_stands(app, world):
    other = group("Digital", slug="digital")
    subscribed(world.as_bob, world.group, "weekly")
    visitor(world.group, "daily", "bob@new.example.org")
    with unit_of_work():
        choose(subscriber_of_address("bob@new.example.org"), again(other), "daily")
    with unit_of_work():
        bob = db.session.get(Person, world.bob.id)
        bob.email = "bob@new.example.org"
        take_over(bob)
        take_over(bob)  # twice is once
    with unit_of_work():
        assert own_subscriber(db.session.get(Person, world.bob.id)).address is None
    db.session.rollback()
    assert len(db.session.scalars(select(Subscriber)).all()) == 1
    assert frequencies() == {"group-rims": "weekly", "group-digital": "daily"}


# A search, without an account


def _offer(page) -> str:
    """Where the page of a search leads to subscribing to it."""
    return html.unescape(re.search(r'href="(/subscribe\?add=asked[^"]*)"', page.text).group(1))


def _ask_for(client, search: str, address="visitor@example.org", frequency="daily"):
    offer = _offer(client.get(search))
    code = parse_qs(urlsplit(offer).query)["add"][0]
    fields = {"email": address, "frequency": frequency, "add": [code]}
    return client.submit(offer, fields, button="Ask for this mail")


@both
def test_a_visitor_hears_of_what_a_search_finds_in_open_groups(app, client, world, folder):
    closed = group("Closed", slug="closed", visibility="listed")
    member(world.cat, closed)
    with on(20):
        assert _ask_for(client, "/search?q=herons&kind=question").status_code == 303
        drain()
        message = folder.messages()[0][1]
        assert message["Subject"] == "Confirm mail about Search: “herons”, questions"
        link = link_in_mail(folder, "confirm")
        assert "“herons”" in client.get(link).text
        assert frequencies() == {}
        assert "You are subscribed" in client.post(link).text
        asked(world.as_cat, world.group, "Where do herons nest?")
        asked(world.as_cat, world.group, "Where do gulls nest?")
        asked(actor_of(world.cat), closed, "Where do closed herons nest?")
        drain()
    with on(21, 7):
        assert sent().sent == 1
    told = folder.messages()[0][1].get_body(("plain",)).get_content()
    assert "Where do herons nest?" in told
    assert "gulls" not in told and "closed" not in told


def test_confirming_twice_saves_a_search_once_and_its_page_changes_it(app, client, world, folder):
    _ask_for(client, "/search?q=herons", frequency="at_once")
    drain()
    link = link_in_mail(folder, "confirm")
    client.post(link)
    client.post(link)
    [(code, frequency)] = frequencies().items()
    assert code.startswith("search-") and frequency == "at_once"
    subscriber = db.session.scalars(select(Subscriber)).one()
    page = client.get(links.choices_link(subscriber.token).removeprefix("http://localhost")).text
    assert "See what it finds now" in page and "/search?q=herons" in page


def test_a_message_that_somebody_else_caused_leads_nowhere_they_want(app, client, world, folder):
    _ask_for(client, "/search?q=Your+password+expired:+https://evil.example/reset")
    drain()
    message = folder.messages()[0][1]
    for body in (
        message["Subject"],
        *(message.get_body((kind,)).get_content() for kind in ("plain", "html")),
    ):
        assert "evil" not in body and "password" not in body
    assert "evil.example" in client.get(link_in_mail(folder, "confirm")).text


@pytest.mark.parametrize(
    "nothing", ["", "asked-", "asked-kind=archived&q=x", "asked-group=secret", "asked-q=%00"]
)
def test_what_is_no_search_cannot_be_asked_for(app, client, world, nothing):
    group("Secret", slug="secret", visibility="hidden")
    answer = client.get("/subscribe", query_string={"add": nothing})
    assert answer.status_code == 200
    assert "Search: " not in answer.text
