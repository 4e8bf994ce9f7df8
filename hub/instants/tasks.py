"""What follows when activities have their numbers: jobs that queue messages, in pieces; composing each."""

from datetime import timedelta

from hub.core.jobs import enqueue, job, scheduled
from hub.core.mail import DROPPED, FAILED, Email, Mail, composer, when_not_sent
from hub.core.outbox import on
from hub.subscriptions.telling import may_still_tell, tells

from . import composing, telling

tells(telling.told_at_once)
may_still_tell(telling.are_under_way)


@on("activities.numbered")
def begin(first: int, last: int) -> None:
    telling.begin(first, last)


@job(telling.TELL)
def tell(activity_id: int, after: int = 0, searches: bool = False) -> None:
    """The next subscribers; whoever comes after them is another job's, written in the same transaction."""
    reached = telling.tell_some(activity_id, after, searches=searches)
    if reached is not None:
        enqueue(telling.TELL, activity_id=activity_id, after=reached, searches=searches)


@composer(telling.PURPOSE, to_many=True)
def compose(mail: Mail) -> Email | None:
    return composing.compose_instant(mail)


@when_not_sent(telling.PURPOSE)
def follow(mail: Mail) -> None:
    if mail.state in {FAILED, DROPPED}:
        telling.take_back(mail.id)


@job("instants.forget")
def forget() -> None:
    telling.forget()


scheduled("instants.forget", timedelta(days=1))
