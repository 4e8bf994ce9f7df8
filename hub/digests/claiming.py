"""Claiming windows: each subscriber's due groups become one digest, once, whoever else is at it.

A claim is one transaction: the row of the window, its ranges, the watermarks and the queued mail, or nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Person
from hub.core.database import db, unit_of_work
from hub.core.mail import QUEUED, SENDING, Mail, post_mail
from hub.subscriptions.actions import newest_number
from hub.subscriptions.models import Subscriber, Subscription
from hub.subscriptions.rules import next_due, window_at
from hub.subscriptions.telling import is_being_told

from .gathering import has_news
from .models import Digest, DigestPart
from .ranges import range_of
from .telling import told_since

PURPOSE = "digest"

# What a claim came to.
POSTED, NOTHING_NEW, HELD_BACK, NOT_DUE = "posted", "nothing new", "held back", "not due"


@dataclass(frozen=True)
class Claim:
    outcome: str
    mail_ids: tuple[int, ...] = ()


def due_subscribers(at: datetime) -> list[int]:
    """The ids of everybody for whom a window has opened by `at` and was not covered, longest due first."""
    due = (
        select(Subscription.subscriber_id)
        .join(Subscription.subscriber)
        .outerjoin(Person, Person.id == Subscriber.person_id)
        .where(Subscription.next_due_at <= at)
        .where(or_(and_(Person.active, Person.confirmed_at.is_not(None)), _is_confirmed_address()))
        .distinct()
        .order_by(Subscription.subscriber_id)
    )
    found = list(db.session.scalars(due))
    db.session.rollback()
    return found


def claim_due(at: datetime) -> Iterator[Claim]:
    """Claim what is due at `at`, one subscriber after another."""
    for subscriber_id in due_subscribers(at):
        yield claim(subscriber_id, at)


def claim(subscriber_id: int, at: datetime) -> Claim:
    """Claim one subscriber's window that is due at `at`. What has nothing new moves on without a mail."""
    with unit_of_work() as session:
        subscriber = session.scalars(
            select(Subscriber)
            .where(Subscriber.id == subscriber_id)
            .options(joinedload(Subscriber.person).selectinload(Person.memberships))
            .with_for_update(of=Subscriber)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if subscriber is None or not subscriber.may_be_mailed:
            return Claim(NOT_DUE)
        due = _due_subscriptions(subscriber, at)
        if not due:
            return Claim(NOT_DUE)
        if _earlier_mail_is_under_way(subscriber) or is_being_told(
            subscriber.id, min(each.last_number for each in due)
        ):
            return Claim(HELD_BACK)
        for subscription in due:
            subscription.next_due_at = next_due(subscriber, subscription.frequency, at)
        window = window_at(at, subscriber.zone, subscriber.digest_hour)
        parts = [part for part in _parts(subscriber, due) if not _is_claimed(subscriber, window, part[0])]
        if not parts:
            return Claim(NOT_DUE)
        mails = [_claim(subscriber, window, some, part_of) for part_of, some in parts]
        claimed = tuple(mail_id for mail_id in mails if mail_id is not None)
        return Claim(POSTED if claimed else NOTHING_NEW, claimed)


def _parts(subscriber: Subscriber, due: list[Subscription]) -> list[tuple[str, list[Subscription]]]:
    """What is told in one message, and what that is called."""
    if subscriber.separate:
        return [(str(subscription.id), [subscription]) for subscription in due]
    return [("", due)]


def _claim(subscriber: Subscriber, window: date, due: list[Subscription], part_of: str) -> int | None:
    """The id of the mail; None when there is nothing new."""
    upto = newest_number()
    actor = subscriber.as_actor()
    ranges = [range_of(actor, each, each.last_number, upto) for each in due]
    told = told_since(subscriber.id, min(each.last_number for each in due))
    if not has_news(actor, ranges, told):
        if not has_news(actor, ranges, told, alone=True):
            _move_on(due, upto)
        return None
    digest = Digest(subscriber=subscriber, due_on=window, part_of=part_of)
    digest.parts = [DigestPart(subscription_id=each.id, after=each.last_number, upto=upto) for each in due]
    _move_on(due, upto)
    db.session.add(digest)
    db.session.flush()
    digest.mail_id = post_mail(
        PURPOSE,
        subscriber.sent_to,
        key=f"digest:{digest.window}",
        person_id=subscriber.person_id,
        digest_id=digest.id,
    )
    return digest.mail_id


def _move_on(due: list[Subscription], upto: int) -> None:
    for subscription in due:
        subscription.last_number = upto


def take_back(digest: Digest) -> None:
    """Its mail was certainly not sent: the next window covers what this one did."""
    digest.told = []
    for part in digest.parts:
        if part.subscription.last_number == part.upto:
            part.subscription.last_number = part.after


def _is_confirmed_address():
    return and_(Subscriber.person_id.is_(None), Subscriber.confirmed_at.is_not(None))


def _due_subscriptions(subscriber: Subscriber, at: datetime) -> list[Subscription]:
    return list(
        db.session.scalars(
            select(Subscription)
            .where(Subscription.subscriber_id == subscriber.id, Subscription.next_due_at <= at)
            .order_by(Subscription.id)
            .execution_options(populate_existing=True)
        )
    )


def _is_claimed(subscriber: Subscriber, window: date, part_of: str) -> bool:
    claimed = select(Digest.id).where(
        Digest.subscriber_id == subscriber.id, Digest.due_on == window, Digest.part_of == part_of
    )
    return db.session.scalar(claimed) is not None


def _earlier_mail_is_under_way(subscriber: Subscriber) -> bool:
    """While the mail server is away, windows wait: else one that fails could not be covered by the next."""
    under_way = (
        select(Digest.id)
        .join(Mail, Mail.id == Digest.mail_id)
        .where(Digest.subscriber_id == subscriber.id, Mail.state.in_((QUEUED, SENDING)))
    )
    return db.session.scalar(under_way.limit(1)) is not None
