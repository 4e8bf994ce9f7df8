"""Claiming windows: each subscriber's due groups become one digest, once, whoever else is at it.

A claim is one transaction: the row of the window, its ranges, the watermarks and the queued mail, or nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Person
from hub.core.database import db, unit_of_work
from hub.core.mail import QUEUED, SENDING, Mail, post_mail

from .actions import newest_number
from .gathering import groups_with_news
from .models import DAILY, WEEKLY, Digest, DigestPart, Subscriber, Subscription
from .rules import week_of, window_at

PURPOSE = "digest"

# What a claim came to.
POSTED, NOTHING_NEW, HELD_BACK, NOT_DUE = "posted", "nothing new", "held back", "not due"


@dataclass(frozen=True)
class Claim:
    outcome: str
    mail_id: int | None = None


def due_subscribers(at: datetime) -> list[int]:
    """The ids of everybody for whom a window has fallen due at `at` and was not covered."""
    found: list[int] = []
    for zone in _zones():
        window = window_at(at, zone)
        found += db.session.scalars(
            select(Subscriber.id)
            .join(Subscriber.subscriptions)
            .outerjoin(Person, Person.id == Subscriber.person_id)
            .where(func.coalesce(Person.time_zone, Subscriber.time_zone) == zone)
            .where(or_(and_(Person.active, Person.confirmed_at.is_not(None)), _is_confirmed_address()))
            .where(_is_due(window))
            .distinct()
            .order_by(Subscriber.id)
        )
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
        window = window_at(at, subscriber.zone)
        due = _due_subscriptions(subscriber, window)
        if not due or _is_claimed(subscriber, window):
            return Claim(NOT_DUE)
        if _earlier_mail_is_under_way(subscriber):
            return Claim(HELD_BACK)
        return _claim(subscriber, window, due)


def _claim(subscriber: Subscriber, window: date, due: list[Subscription]) -> Claim:
    upto = newest_number()
    ranges = {each.group_id: (each.last_number, upto) for each in due}
    news = groups_with_news(subscriber.as_actor(), ranges)
    for subscription in due:
        subscription.last_window = window
        subscription.last_number = upto
    if not news:
        return Claim(NOTHING_NEW)
    digest = Digest(subscriber_id=subscriber.id, due_on=window)
    digest.parts = [DigestPart(group_id=group_id, after=ranges[group_id][0], upto=upto) for group_id in news]
    db.session.add(digest)
    db.session.flush()
    digest.mail_id = post_mail(
        PURPOSE,
        subscriber.sent_to,
        key=f"digest:{subscriber.token}:{window.isoformat()}",
        person_id=subscriber.person_id,
        digest_id=digest.id,
    )
    return Claim(POSTED, digest.mail_id)


def take_back(digest: Digest) -> None:
    """Its mail was certainly not sent: the next window covers what this one did."""
    for part in digest.parts:
        subscription = db.session.get(Subscription, (digest.subscriber_id, part.group_id))
        if subscription is not None and subscription.last_number == part.upto:
            subscription.last_number = part.after


def _zones() -> list[str]:
    return list(
        db.session.scalars(
            select(func.coalesce(Person.time_zone, Subscriber.time_zone))
            .select_from(Subscriber)
            .outerjoin(Person, Person.id == Subscriber.person_id)
            .distinct()
        )
    )


def _is_confirmed_address():
    return and_(Subscriber.person_id.is_(None), Subscriber.confirmed_at.is_not(None))


def _is_due(window: date):
    return or_(
        and_(Subscription.frequency == DAILY, Subscription.last_window < window),
        and_(Subscription.frequency == WEEKLY, Subscription.last_window < week_of(window)),
    )


def _due_subscriptions(subscriber: Subscriber, window: date) -> list[Subscription]:
    return list(
        db.session.scalars(
            select(Subscription)
            .where(Subscription.subscriber_id == subscriber.id, _is_due(window))
            .execution_options(populate_existing=True)
        )
    )


def _is_claimed(subscriber: Subscriber, window: date) -> bool:
    claimed = select(Digest.id).where(Digest.subscriber_id == subscriber.id, Digest.due_on == window)
    return db.session.scalar(claimed) is not None


def _earlier_mail_is_under_way(subscriber: Subscriber) -> bool:
    """While the mail server is away, windows wait: else one that fails could not be covered by the next."""
    under_way = (
        select(Digest.id)
        .join(Mail, Mail.id == Digest.mail_id)
        .where(Digest.subscriber_id == subscriber.id, Mail.state.in_((QUEUED, SENDING)))
    )
    return db.session.scalar(under_way.limit(1)) is not None
