"""What these tests say often, in a word each."""

from email.message import EmailMessage

from sqlalchemy import select

from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.core.mail import Mail
from hub.subscriptions.actions import choose, choose_times, subscribe
from hub.subscriptions.models import AT_ONCE, EVERYTHING, Subscriber
from tests.digests.telling import again, visitor

FANNED_OUT = (
    "activity>content.tasks.number_activities",
    "activities.numbered>instants.tasks.begin",
    "instants.tell",
)


def at_once(actor, subject, told: str = EVERYTHING) -> Subscriber:
    """Somebody with an account chooses to be told of a subject at once."""
    with unit_of_work():
        subscriber = subscribe(actor, again(subject), AT_ONCE).subscriber if told == EVERYTHING else None
        return subscriber or choose(_own(actor), again(subject), AT_ONCE, told).subscriber


def _own(actor) -> Subscriber:
    return db.session.scalars(select(Subscriber).where(Subscriber.person_id == actor.person_id)).one()


def visitor_at_once(group, address: str = "visitor@example.org") -> Subscriber:
    return visitor(group, AT_ONCE, address)


def set_times(subscriber, **chosen) -> None:
    with unit_of_work():
        choose_times(again(subscriber), **chosen)


def queued() -> None:
    """Everything up to the messages' rows is done; none is composed yet."""
    for kind in FANNED_OUT:
        drain(kinds=[kind])


def instants(folder, to: str | None = None) -> list[EmailMessage]:
    """The messages of posts, oldest first: to an address, or all."""
    purposes = {row.token: row.purpose for row in db.session.scalars(select(Mail))}
    found = [message for token, message in reversed(folder.messages()) if purposes.get(token) == "instant"]
    db.session.rollback()
    return [message for message in found if to is None or message["To"] == to]


def told(folder, to: str) -> list[str]:
    """What the messages to an address say happened, oldest first."""
    texts = [text_of(message).split("\n") for message in instants(folder, to)]
    return [lines[3] for lines in texts]


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def now():
    return clock.now()
