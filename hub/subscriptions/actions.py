"""Choosing what to be told, confirming an address, and leaving."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.accounts.models import Person
from hub.content.models import Numbering, Topic
from hub.core import clock
from hub.core.database import db, new_token
from hub.core.mail import post_mail
from hub.core.policy import Actor
from hub.groups.models import Group

from .models import (
    EVERYTHING,
    FREQUENCIES,
    IN_DIGESTS,
    NEVER,
    SavedSearch,
    Subscriber,
    Subscription,
)
from .rules import CONFIRM_WITHIN, next_due

# Whoever asks for others' addresses fills their mailboxes with one message a group and hour, at most.
ASKED_AGAIN_AFTER = timedelta(hours=1)


def newest_number() -> int:
    """The number of the newest activity that has one."""
    return db.session.scalar(select(Numbering.last_number)) or 0


def own_subscriber(person: Person) -> Subscriber:
    """The person as a subscriber. What they chose with this address before they had an account is kept."""
    found = db.session.scalar(select(Subscriber).where(Subscriber.person_id == person.id))
    if found is not None:
        return found
    if person.confirmed_at is not None:
        earlier = db.session.scalar(select(Subscriber).where(Subscriber.address == person.email.lower()))
        if earlier is not None:
            earlier.person, earlier.address = person, None
            db.session.flush()
            return earlier
    return _added(person_id=person.id)


def subscribe(actor: Actor, group: Group, frequency: str) -> Subscription:
    """A signed-in person's choice for one group."""
    person = db.session.get_one(Person, actor.person_id)
    return choose(own_subscriber(person), group, frequency)


def ask_to_subscribe(email: str, group: Group, frequency: str) -> None:
    """Somebody without an account asks for a group's digest: its owner is asked to confirm, by mail. The
    answer is the same whether the address is known or not."""
    subscriber = subscriber_of_address(email.strip().lower())
    hour = int(clock.now().timestamp() // ASKED_AGAIN_AFTER.total_seconds())
    post_mail(
        "digest.confirm",
        subscriber.sent_to,
        key=f"digest.confirm:{subscriber.token}:{group.slug}:{frequency}:{hour}",
        person_id=subscriber.person_id,
        subscriber_id=subscriber.id,
        group_id=group.id,
        frequency=frequency,
    )


def subscriber_of_address(email: str) -> Subscriber:
    """Whoever owns the address: a person's own subscriber, or one that is made, unconfirmed."""
    person = db.session.scalar(select(Person).where(Person.email == email, Person.confirmed_at.is_not(None)))
    if person is not None:
        return own_subscriber(person)
    found = db.session.scalar(select(Subscriber).where(Subscriber.address == email))
    return found or _added(address=email)


def confirm_subscription(subscriber: Subscriber, group: Group, frequency: str) -> Subscription:
    """The address is theirs, and they want this group's digest."""
    subscriber.confirmed_at = subscriber.confirmed_at or clock.now()
    return choose(subscriber, group, frequency)


def choose(
    subscriber: Subscriber, subject: Group | Topic | SavedSearch, frequency: str, told: str = EVERYTHING
) -> Subscription:
    """Set how often somebody hears of a subject. It begins with what happens from now on, unless it was
    running."""
    if frequency not in FREQUENCIES:
        raise ValueError(frequency)
    kept = _kept(subscriber, subject, told) or _begun(subscriber, subject, told)
    if kept.frequency == frequency:
        return kept
    if kept.frequency not in IN_DIGESTS:
        kept.last_number = newest_number()
    kept.frequency = frequency
    kept.chosen_at = clock.now()
    kept.next_due_at = next_due(subscriber, frequency, clock.now())
    db.session.flush()
    return kept


def choose_times(subscriber: Subscriber, **chosen: object) -> None:
    """Set the hour, the day, the length, being away, or one mail for each subject: columns by their names.
    What is due next follows from it."""
    for name, value in chosen.items():
        setattr(subscriber, name, value)
    fall_due_anew(subscriber)


def fall_due_anew(subscriber: Subscriber) -> None:
    """The subscriber's clock was changed: what is due next, by the new one."""
    for kept in subscriptions_of(subscriber):
        kept.next_due_at = next_due(subscriber, kept.frequency, clock.now())
    db.session.flush()


def _kept(subscriber: Subscriber, subject: Group | Topic | SavedSearch, told: str) -> Subscription | None:
    return db.session.scalar(
        select(Subscription).where(
            Subscription.subscriber_id == subscriber.id,
            Subscription.told == told,
            getattr(Subscription, f"{_name_of(subject)}_id") == subject.id,
        )
    )


def _begun(subscriber: Subscriber, subject: Group | Topic | SavedSearch, told: str) -> Subscription:
    kept = Subscription(
        subscriber_id=subscriber.id, told=told, frequency=NEVER, **{_name_of(subject): subject}
    )
    db.session.add(kept)
    return kept


def _name_of(subject: Group | Topic | SavedSearch) -> str:
    return {Group: "group", Topic: "topic", SavedSearch: "search"}[type(subject)]


def leave(subscriber: Subscriber) -> None:
    """No digests from now on. Doing it twice is doing it once."""
    for subscription in subscriptions_of(subscriber):
        choose(subscriber, subscription.subject, NEVER, subscription.told)


def subscriptions_of(subscriber: Subscriber) -> list[Subscription]:
    """Theirs, in the order in which they were begun."""
    return list(
        db.session.scalars(
            select(Subscription).where(Subscription.subscriber_id == subscriber.id).order_by(Subscription.id)
        )
    )


def forget_unconfirmed() -> None:
    """Addresses that nobody confirmed are not kept: the link that was mailed has expired."""
    db.session.execute(
        delete(Subscriber.__table__).where(  # type: ignore[arg-type]
            Subscriber.person_id.is_(None),
            Subscriber.confirmed_at.is_(None),
            Subscriber.created_at < clock.now() - CONFIRM_WITHIN,
        )
    )


def _added(**who: object) -> Subscriber:
    """A new subscriber, or the one that somebody else added at the same instant."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"token": new_token(), "created_at": clock.now(), **who}
    db.session.execute(dialect.insert(Subscriber).values(values).on_conflict_do_nothing())
    criteria: Iterable = (getattr(Subscriber, name) == value for name, value in who.items())
    return db.session.scalars(select(Subscriber).where(or_(*criteria))).one()
