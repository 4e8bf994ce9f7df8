"""Between queueing and sending much may happen. Nothing leaks: access is checked when it is composed."""

import pytest
from sqlalchemy import delete, select, update

from hub.accounts.models import Person
from hub.content import actions as content
from hub.content.models import Item, Post
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.mail import DROPPED, Mail
from hub.groups.models import Group, Membership
from hub.instants.models import Instant
from hub.subscriptions.models import Subscriber
from tests.conftest import DATABASES
from tests.digests.telling import again, answered, asked
from tests.factories.groups import group as a_group
from tests.instants.story import at_once, instants, queued, text_of, visitor_at_once

both = pytest.mark.parametrize("app", DATABASES, indirect=True)


def removed_from_the_group(world, item, post):
    again(world.group).visibility = "listed"
    db.session.execute(delete(Membership).where(Membership.person_id == world.bob.id))


def suspended(world, item, post):
    db.session.execute(update(Person).where(Person.id == world.bob.id).values(active=False))


def not_confirmed(world, item, post):
    db.session.execute(update(Person).where(Person.id == world.bob.id).values(confirmed_at=None))


def address_changed(world, item, post):
    db.session.execute(update(Person).where(Person.id == world.bob.id).values(email="else@example.org"))


def moved_to_a_hidden_group(world, item, post):
    hidden = select(Group.id).where(Group.visibility == "hidden")
    item.group_id, item.number = db.session.scalars(hidden).one(), 1


def made_hidden(world, item, post):
    again(world.group).visibility = "hidden"
    db.session.execute(delete(Membership).where(Membership.person_id == world.bob.id))


def withdrawn_post(world, item, post):
    content.withdraw(world.as_ann, post)


def withdrawn_item(world, item, post):
    content.withdraw(world.as_ann, item)


def unpublished(world, item, post):
    item.published_at = None


def deleted_post(world, item, post):
    db.session.execute(delete(Post).where(Post.id == post.id))


def deleted_item(world, item, post):
    db.session.execute(delete(Item).where(Item.id == item.id))


def left_altogether(world, item, post):
    db.session.execute(delete(Subscriber))


CHANGES = (
    removed_from_the_group,
    suspended,
    not_confirmed,
    address_changed,
    moved_to_a_hidden_group,
    made_hidden,
    withdrawn_post,
    withdrawn_item,
    unpublished,
    deleted_post,
    deleted_item,
    left_altogether,
)


@both
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_may_not_be_seen_when_it_is_sent_is_not_sent(app, world, folder, change):
    a_group("The hidden one", visibility="hidden")
    item = asked(world.as_cat, world.group, "A question")
    drain()
    at_once(world.as_bob, world.group)
    made = answered(world.as_cat, item, "A canary sings.")
    queued()
    assert db.session.scalars(select(Mail.purpose).where(Mail.purpose == "instant")).all() == ["instant"]
    with unit_of_work():
        change(world, again(item), again(made))
    drain()
    assert instants(folder) == []
    states = db.session.scalars(select(Mail.state).where(Mail.purpose == "instant")).all()
    assert states == [DROPPED]
    assert db.session.scalars(select(Instant)).all() == []  # so that what is seen again is told then


@pytest.mark.parametrize("visibility", ["listed", "hidden", "part_open"])
def test_a_visitor_is_told_nothing_of_a_group_that_was_closed(app, world, folder, visibility):
    visitor_at_once(world.group)
    asked(world.as_cat, world.group, "A canary sings?")
    queued()
    with unit_of_work():
        again(world.group).visibility = visibility
    drain()
    asked(world.as_cat, world.group, "And another?")
    drain()
    assert instants(folder) == []


def test_moderators_are_not_mailed_what_was_withdrawn(app, world, folder):
    at_once(world.as_ann, world.group)
    item = asked(world.as_cat, world.group)
    queued()
    with unit_of_work():
        content.withdraw(world.as_ann, again(item))
    drain()
    assert instants(folder) == []


def test_what_was_edited_meanwhile_is_told_as_it_is_now(app, world, folder):
    at_once(world.as_bob, world.group)
    item = asked(world.as_cat, world.group, "How long?", "Ask Jean Smith of 4 High Street.")
    queued()
    with unit_of_work():
        post = db.session.scalars(select(Post).where(Post.item_id == item.id)).one()
        content.edit_post(world.as_cat, post, "Ask the office.")
    drain()
    assert "Ask the office." in text_of(instants(folder)[0])
    assert "High Street" not in text_of(instants(folder)[0])


def test_what_is_quoted_from_a_post_that_was_withdrawn_is_not_carried_along(app, world, folder):
    item = asked(world.as_bob, world.group)
    secret = answered(world.as_ann, item, "Ask Jean Smith of 4 High Street.")
    drain()
    at_once(world.as_bob, world.group)
    answered(world.as_cat, item, f"> **@ann** wrote in #{secret.position}:\n> {secret.source}\n\nNo.")
    with unit_of_work():
        content.withdraw(world.as_ann, again(secret))
    drain()
    (message,) = instants(folder)
    assert "High Street" not in text_of(message)
    assert "The quoted post was withdrawn." in text_of(message)
