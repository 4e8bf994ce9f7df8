"""Choosing what to be told, and when; confirming an address; leaving."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.accounts.models import Person
from hub.content.models import Numbering, Topic
from hub.core import clock
from hub.core.addressees import wants_mail_again, works
from hub.core.database import db, new_token
from hub.core.mail import Mail, post_mail
from hub.core.mail_days import ENDED, count
from hub.core.policy import Actor
from hub.groups.models import Group

from .models import (
    EVERYTHING,
    FREQUENCIES,
    IN_DIGESTS,
    MENTIONS,
    NEVER,
    SavedSearch,
    Subscriber,
    Subscription,
)
from .rules import CONFIRM_WITHIN, next_due
from .subjects import GROUP, Subject, subject_of

CONFIRMING, NEW_LINKS = "digest.confirm", "subscriptions.links"

# Whoever asks for others' addresses fills their mailboxes: with the same message once an hour at most, and
# with as many different ones as somebody needs who subscribes to one thing after another.
ASKED_AGAIN_AFTER = timedelta(hours=1)
MOST_ASKED = 5


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
            fall_due_anew(earlier)
            return earlier
    return _added(person_id=person.id)


def take_over(person: Person) -> None:
    """The person's address is confirmed: what was chosen with it, without an account, is theirs now. Where
    they chose something themselves, that stands."""
    earlier = db.session.scalar(select(Subscriber).where(Subscriber.address == person.email.lower()))
    if earlier is None:
        return
    own = own_subscriber(person)
    if own.id == earlier.id:
        return
    chosen = {subject_of(kept).key for kept in subscriptions_of(own)}
    for kept in subscriptions_of(earlier):
        if subject_of(kept).key not in chosen:
            kept.subscriber = own
        if kept.search is not None:
            kept.search.subscriber_id = own.id
    db.session.flush()
    db.session.expire(earlier, ["subscriptions"])
    db.session.delete(earlier)
    fall_due_anew(own)


def subscribe(actor: Actor, group: Group, frequency: str) -> Subscription:
    """A signed-in person's choice for one group."""
    person = db.session.get_one(Person, actor.person_id)
    return choose(own_subscriber(person), group, frequency)


def ask_to_subscribe(email: str, subjects: Sequence[Subject], frequency: str) -> None:
    """Somebody without an account asks to be told of these: the address's owner is asked to confirm, by mail.
    The answer is the same whether the address is known or not."""
    subscriber = subscriber_of_address(email.strip().lower())
    since = clock.now() - ASKED_AGAIN_AFTER
    asked = select(func.count()).where(
        Mail.purpose == CONFIRMING, Mail.to_address == subscriber.sent_to, Mail.queued_at > since
    )
    if (db.session.scalar(asked) or 0) >= MOST_ASKED:
        return
    if subscriber.person_id is None and subscriber.confirmed_at is None:
        subscriber.created_at = clock.now()  # it is kept as long as the newest link works
    codes = [subject.code for subject in subjects]
    same = sha256(" ".join([frequency, *sorted(codes)]).encode()).hexdigest()[:16]
    hour = int(clock.now().timestamp() // ASKED_AGAIN_AFTER.total_seconds())
    post_mail(
        CONFIRMING,
        subscriber.sent_to,
        key=f"{CONFIRMING}:{subscriber.token}:{same}:{hour}",
        person_id=subscriber.person_id,
        subscriber_id=subscriber.id,
        subjects=codes,
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
    return confirm_subjects(subscriber, [Subject(group)], frequency)[0]


def confirm_subjects(
    subscriber: Subscriber, subjects: Iterable[Subject], frequency: str
) -> list[Subscription]:
    """The address is theirs, and they want to be told of these."""
    subscriber.confirmed_at = subscriber.confirmed_at or clock.now()
    works(subscriber.sent_to)
    return choose_all(subscriber, dict.fromkeys(subjects, frequency))


def choose(
    subscriber: Subscriber, thing: Group | Topic | SavedSearch, frequency: str, told: str = EVERYTHING
) -> Subscription:
    """Set how often somebody hears of one thing."""
    return choose_all(subscriber, {Subject(thing, told): frequency})[0]


def choose_all(subscriber: Subscriber, chosen: Mapping[Subject, str]) -> list[Subscription]:
    """Set how often somebody hears of subjects. Each begins with what happens from now on, unless it was
    running. As many statements for much as for little."""
    if unknown := set(chosen.values()) - set(FREQUENCIES):
        raise ValueError(unknown)
    db.session.execute(select(Subscriber.id).where(Subscriber.id == subscriber.id).with_for_update())
    kept = {subject_of(one).key: one for one in subscriptions_of(subscriber)}
    newest = newest_number()
    found, ended, wanted = [], 0, False
    for subject, frequency in chosen.items():
        subscription = kept.get(subject.key) or _begun(subscriber, subject)
        before = subscription.frequency
        ended += before in IN_DIGESTS and frequency not in IN_DIGESTS
        wanted |= before != frequency and (frequency in IN_DIGESTS or before == NEVER)
        _set(subscription, subscriber, frequency, newest)
        found.append(subscription)
    db.session.flush()
    if ended:
        count(ENDED, subscriber.sent_to, ended)
    if wanted:
        wants_mail_again(subscriber.sent_to)
    return found


def _begun(subscriber: Subscriber, subject: Subject) -> Subscription:
    name = subject.column.removesuffix("_id")
    begun = Subscription(
        subscriber_id=subscriber.id, told=subject.told, frequency=NEVER, **{name: subject.thing}
    )
    db.session.add(begun)
    return begun


def _set(kept: Subscription, subscriber: Subscriber, frequency: str, newest: int) -> None:
    if kept.frequency == frequency and kept.id is not None:
        return
    if kept.frequency not in IN_DIGESTS:
        kept.last_number = newest
    kept.frequency = frequency
    kept.chosen_at = clock.now()
    kept.next_due_at = next_due(subscriber, frequency, clock.now())


def choose_times(subscriber: Subscriber, **chosen: object) -> None:
    """Set the hour, the day, the length, being away, or one mail for each subject: columns by their names.
    What is due next follows from it, where it changed."""
    changed = {name: value for name, value in chosen.items() if getattr(subscriber, name) != value}
    for name, value in changed.items():
        setattr(subscriber, name, value)
    if changed.keys() - {"separate", "length"}:
        fall_due_anew(subscriber)


def choose_zone(subscriber: Subscriber, zone: str) -> None:
    """Set the subscriber's clock: a person's is the one of their profile."""
    if zone == subscriber.zone:
        return
    if subscriber.person is not None:
        subscriber.person.time_zone = zone
    else:
        subscriber.time_zone = zone
    follow_clock(subscriber)


def follow_clock(subscriber: Subscriber) -> None:
    """The subscriber's time zone was changed. What is due already stays due."""
    at = clock.now()
    for kept in subscriptions_of(subscriber):
        if kept.next_due_at is None or kept.next_due_at > at:
            kept.next_due_at = next_due(subscriber, kept.frequency, at)
    db.session.flush()


def fall_due_anew(subscriber: Subscriber) -> None:
    """When the subscriber wants mail was changed: what is due next follows from it."""
    for kept in subscriptions_of(subscriber):
        kept.next_due_at = next_due(subscriber, kept.frequency, clock.now())
    db.session.flush()


def renew_links(subscriber: Subscriber) -> None:
    """Every link that was mailed before is useless from now on."""
    subscriber.token = new_token()
    db.session.flush()


def mail_new_links(subscriber: Subscriber) -> None:
    """The same for whoever came by such a link: the new one goes to the address, not to who holds the old."""
    renew_links(subscriber)
    post_mail(
        NEW_LINKS,
        subscriber.sent_to,
        key=f"{NEW_LINKS}:{subscriber.token}",
        person_id=subscriber.person_id,
        subscriber_id=subscriber.id,
    )


def leave(subscriber: Subscriber) -> None:
    """No digests from now on. Doing it twice is doing it once. Members are still told what concerns them:
    that mail has a link of its own that stops it."""
    actor = subscriber.as_actor()
    left = {}
    for kept in subscriptions_of(subscriber):
        subject = subject_of(kept)
        of_own_group = subject.kind == GROUP and actor.is_member(subject.thing.id)
        left[subject] = MENTIONS if of_own_group and kept.frequency != NEVER else NEVER
    choose_all(subscriber, left)


def leave_altogether(subscriber: Subscriber) -> None:
    """Nothing of any list from now on, not what concerns them either: they called it unwanted."""
    choose_all(subscriber, {subject_of(kept): NEVER for kept in subscriptions_of(subscriber)})


def end_subscriptions(subscriber: Subscriber, group: Group) -> None:
    """The group was left: nothing of it is chosen any more."""
    for kept in subscriptions_of(subscriber):
        if kept.group_id == group.id:
            db.session.delete(kept)
    db.session.flush()


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
