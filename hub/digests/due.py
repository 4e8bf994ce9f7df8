"""Who is due, and what must be known before their windows are claimed: read for many at once."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Person
from hub.core.database import db
from hub.core.mail import QUEUED, SENDING, Mail
from hub.subscriptions.models import Subscriber, Subscription
from hub.subscriptions.rules import of_an_account, of_an_address

from .models import Digest

# A window: whose it is, the day it fell due, and what it is a part of.
Window = tuple[int, date, str]


def due_subscribers(at: datetime) -> list[int]:
    """The ids of everybody for whom a window has opened by `at` and was not covered, longest due first."""
    due = (
        select(Subscription.subscriber_id)
        .join(Subscription.subscriber)
        .outerjoin(Person, Person.id == Subscriber.person_id)
        .where(Subscription.next_due_at <= at)
        .where(or_(of_an_account, of_an_address))
        .group_by(Subscription.subscriber_id)
        .order_by(func.min(Subscription.next_due_at), Subscription.subscriber_id)
    )
    found = list(db.session.scalars(due))
    db.session.rollback()
    return found


def held(ids: Collection[int]) -> dict[int, Subscriber]:
    """These subscribers, by id, as they are now; until this transaction ends nobody else claims for them."""
    subscribers = db.session.scalars(
        select(Subscriber)
        .where(Subscriber.id.in_(ids))
        .options(joinedload(Subscriber.person).selectinload(Person.memberships))
        .order_by(Subscriber.id)  # two workers that want some of the same must not wait for each other
        .with_for_update(of=Subscriber)
        .execution_options(populate_existing=True)
    )
    return {subscriber.id: subscriber for subscriber in subscribers}


def due_subscriptions(ids: Collection[int], at: datetime) -> dict[int, list[Subscription]]:
    """What is due by `at`, by the ids of whose it is; asked after they are held."""
    due = (
        select(Subscription)
        .where(Subscription.subscriber_id.in_(ids), Subscription.next_due_at <= at)
        .order_by(Subscription.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Subscription]] = {}
    for subscription in db.session.scalars(due):
        found.setdefault(subscription.subscriber_id, []).append(subscription)
    return found


def with_mail_under_way(ids: Collection[int]) -> set[int]:
    """While the mail server is away, windows wait: else one that fails could not be covered by the next."""
    under_way = (
        select(Digest.subscriber_id)
        .join(Mail, Mail.id == Digest.mail_id)
        .where(Digest.subscriber_id.in_(ids), Mail.state.in_((QUEUED, SENDING)))
    )
    return set(db.session.scalars(under_way))


def claimed_before(due_on: Mapping[int, date]) -> set[Window]:
    """The windows of these subscribers on these days that were claimed already."""
    claimed = select(Digest.subscriber_id, Digest.due_on, Digest.part_of).where(
        Digest.subscriber_id.in_(due_on), Digest.due_on.in_(set(due_on.values()))
    )
    return {tuple(row) for row in db.session.execute(claimed)}  # type: ignore[misc]
