"""Leaving digests, and stopping posts at once, by mail."""

from hub.core.addressing import signed_address
from hub.core.carrying import drain
from hub.core.database import unit_of_work
from hub.inbox.models import LMTP
from hub.inbox.receiving import keep
from hub.questions.actions import answer
from hub.subscriptions.actions import choose, own_subscriber, renew_links
from tests.digests.telling import again, asked
from tests.factories.groups import group
from tests.inbox.messages import message, rows
from tests.inbox.test_bounces import frequencies
from tests.mail import sent_mail, the_mail


def subscribed(world) -> str:
    """The address at which bob leaves."""
    with unit_of_work():
        subscriber = own_subscriber(world.bob)
        choose(subscriber, world.group, "daily")
    return signed_address("leave", subscriber.token)


def test_a_message_to_the_address_in_a_digest_ends_digests(incoming, world):
    to = subscribed(world)
    keep(message(to=to, text="", Precedence="bulk"), LMTP, recipient=to.upper(), sender="")
    drain()
    assert frequencies() in (["never"], ["mentions"])
    assert rows()[0].kind == "leave"


def test_addresses_that_were_not_mailed_end_nothing(incoming, world):
    to = subscribed(world)
    with unit_of_work():
        renew_links(own_subscriber(world.bob))
    keep(message(to=to), LMTP, recipient=to, sender="")
    keep(message(to="x"), LMTP, recipient="hub+leave-bcdfghjkmnpq-2345@hub.example.org", sender="x@y")
    drain()
    assert frequencies() == ["daily"]
    assert [row.state for row in rows()] == ["refused", "refused"]


def stops_at(world) -> str:
    """The address in a post that bob was mailed at once."""
    another = group("Another")
    with unit_of_work():
        subscriber = own_subscriber(world.bob)
        choose(subscriber, world.group, "at_once")
        choose(subscriber, again(another), "daily")
    asked(world.as_cat, world.group)
    drain()
    way = the_mail(world.bob.email)["List-Unsubscribe"].split(", ")[1]
    return way.removeprefix("<mailto:").rstrip(">")


def test_a_message_to_the_address_in_a_post_stops_that_choice_alone(incoming, world):
    to = stops_at(world)
    keep(message(to=to, text="", Precedence="bulk"), LMTP, recipient=to.upper(), sender="")
    drain()
    assert frequencies() == ["mentions", "daily"]
    assert rows()[0].kind == "stop"
    keep(message(to=to, text="again"), LMTP, recipient=to, sender="")
    drain()
    assert frequencies() == ["mentions", "daily"]


def test_a_message_to_the_address_in_a_notice_ends_such_mail(incoming, world):
    with unit_of_work():
        choose(own_subscriber(world.bob), world.group, "daily")
    page = asked(world.as_bob, world.group)
    with unit_of_work():
        answer(world.as_cat, again(page), "The archive keeps it for six years.")
    drain()
    way = the_mail(world.bob.email)["List-Unsubscribe"].split(", ")[1]
    to = way.removeprefix("<mailto:").rstrip(">")
    keep(message(to=to, text="", Precedence="bulk"), LMTP, recipient=to, sender="")
    drain()
    assert rows()[0].kind == "quiet"
    with unit_of_work():
        answer(world.as_cat, again(page), "And the web team for one more.")
    assert [one for _token, one in sent_mail() if one["To"] == world.bob.email] == []
    assert frequencies() == ["daily"]


def test_an_address_in_a_post_is_of_no_use_once_links_are_new(incoming, world):
    to = stops_at(world)
    with unit_of_work():
        renew_links(own_subscriber(world.bob))
    keep(message(to=to), LMTP, recipient=to, sender="")
    drain()
    assert frequencies() == ["at_once", "daily"]
    assert rows()[0].state == "refused"
