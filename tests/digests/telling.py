"""What these tests say often, in a word each."""

from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import select

from hub.content import actions as content
from hub.content.models import Activity, Item
from hub.core import clock
from hub.core.carrying import drain
from hub.core.database import db, unit_of_work
from hub.digests.sending import Sending, send_due_now
from hub.discussions.actions import reply, start_discussion
from hub.groups.actions import join
from hub.questions.actions import accept_answer, answer, ask_question
from hub.subscriptions.actions import choose, confirm_subscription, subscribe, subscriber_of_address
from hub.subscriptions.models import EVERYTHING, Subscriber, Subscription


@contextmanager
def on(day: int, hour: int = 12, minute: int = 0, month: int = 11):
    """The clock stands at a moment of November 2026 (UTC); the 20th is a Friday."""
    with clock.at(datetime(2026, month, day, hour, minute, tzinfo=UTC)):
        yield


def asked(actor, group, title="How long do we keep posts?", text="We run one account.", **more) -> Item:
    with unit_of_work():
        return ask_question(actor, group, title, text, **more)


def answered(actor, item, text="Six years, in our schedule."):
    with unit_of_work():
        return answer(actor, again(item), text)


def accepted(actor, post):
    with unit_of_work():
        accept_answer(actor, db.session.get(type(post), post.id))


def discussed(actor, group, title="Naming of channels", text="Shall we agree on names?") -> Item:
    with unit_of_work():
        return start_discussion(actor, group, title, text)


def replied(actor, item, text="We use the office's name."):
    with unit_of_work():
        return reply(actor, again(item), text)


def withdrawn(actor, subject):
    with unit_of_work():
        content.withdraw(actor, again(subject))


def joined(actor, group):
    with unit_of_work():
        join(actor, again(group))
    drain(kinds=["group.joined>content.tasks.tell_who_joined"])


def again(row):
    """The row in the present session."""
    return db.session.get(type(row), row.id)


def subscribed(actor, group, frequency="daily") -> Subscriber:
    with unit_of_work():
        return subscribe(actor, group, frequency).subscriber


def visitor(group, frequency="daily", address="visitor@example.org") -> Subscriber:
    """Somebody without an account who has confirmed their address."""
    with unit_of_work():
        subscriber = subscriber_of_address(address)
        confirm_subscription(subscriber, group, frequency)
        return subscriber


def chosen(subscriber, group, frequency, told=EVERYTHING) -> None:
    with unit_of_work():
        choose(db.session.get(Subscriber, subscriber.id), again(group), frequency, told)


def sent() -> Sending:
    """Send what is due by the clock."""
    drain(kinds=["activity>content.tasks.number_activities"])
    return send_due_now(clock.now())


def digest_of(folder, address: str) -> tuple[str, str]:
    """The plain text and the HTML of the newest digest that went to an address."""
    message = next(
        message for _token, message in folder.messages() if message["List-Id"] and message["To"] == address
    )
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return text.replace("\r\n", "\n"), html.replace("\r\n", "\n")


def numbers() -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Activity.number)))


def watermark(subscriber, group) -> int:
    db.session.rollback()
    return db.session.scalars(
        select(Subscription.last_number).where(
            Subscription.subscriber_id == subscriber.id, Subscription.group_id == group.id
        )
    ).one()
