"""Queueing messages, in pieces; and what was told, so that no digest tells it again."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import CompoundSelect, Select, delete, func, or_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Person
from hub.content.models import Activity, Item, item_topic
from hub.core import clock
from hub.core.addressees import closed_to_lists
from hub.core.database import db
from hub.core.jobs import enqueue
from hub.core.mail import QUEUED, SENDING, Mail, post_mail
from hub.subscriptions.hearing import finds, is_about
from hub.subscriptions.models import AT_ONCE, EVERYTHING, IN_DIGESTS, Subscriber, Subscription
from hub.subscriptions.rules import is_away
from hub.subscriptions.telling import Told, beyond, is_beyond

from .models import Instant
from .rules import (
    A_PIECE,
    A_PIECE_OF_SEARCHES,
    KEPT,
    SEARCHED_AFTER,
    TOLD,
    TOLD_WITHIN,
    chose,
    may_hear,
)

PURPOSE = "instant"
TELL = "instants.tell"


def begin(first: int, last: int) -> None:
    """Activities were given these numbers: each that is told at once gets a job of its own, and one for those
    who hear of it through a saved search, when it can be found."""
    chosen = select(Subscription.search_id.is_not(None)).where(Subscription.frequency == AT_ONCE).distinct()
    ways = sorted(db.session.scalars(chosen))
    news = select(Activity.id).where(
        Activity.number.between(first, last),
        Activity.kind.in_(TOLD),
        Activity.item_id.is_not(None),
        Activity.post_id.is_not(None),
        Activity.happened_at > clock.now() - TOLD_WITHIN,
    )
    for activity_id in db.session.scalars(news.order_by(Activity.number)).all() if ways else []:
        for searches in ways:
            enqueue(
                TELL,
                key=f"{TELL}:{activity_id}{':searches' if searches else ''}",
                run_at=clock.now() + SEARCHED_AFTER if searches else None,
                activity_id=activity_id,
                searches=bool(searches),
            )


def tell_some(activity_id: int, after: int, *, searches: bool) -> int | None:
    """Queue messages for the next subscribers, by their ids; the last of them, while there may be more.

    Nobody is told twice, however often this is done: there is one message for a subscriber and an activity.
    """
    activity = db.session.get(Activity, activity_id)
    item = db.session.get(Item, activity.item_id) if activity is not None else None
    if activity is None or item is None or not item.is_out:
        return None
    most = A_PIECE_OF_SEARCHES if searches else A_PIECE
    ids = db.session.scalars(_next_ids(activity, item, after, most, searches=searches)).all()
    told = [one for one in _held(ids) if _is_told_now(one, activity, item, searches=searches)]
    closed = closed_to_lists(one.sent_to for one in told)  # the digest tells it when the address works again
    _queue([one for one in told if one.sent_to.strip().lower() not in closed], activity)
    return ids[-1] if len(ids) == most else None


def _queue(subscribers: Sequence[Subscriber], activity: Activity) -> None:
    rows = []
    for subscriber in subscribers:
        mail_id = post_mail(
            PURPOSE,
            subscriber.sent_to,
            key=f"{PURPOSE}:{subscriber.id}:{activity.id}",
            person_id=subscriber.person_id,
            subscriber_id=subscriber.id,
            activity_id=activity.id,
        )
        if mail_id is not None:
            rows.append({"subscriber_id": subscriber.id, "number": activity.number, "mail_id": mail_id})
    if rows:
        dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(Instant).values(rows).on_conflict_do_nothing())


def _next_ids(activity: Activity, item: Item, after: int, most: int, *, searches: bool) -> Select[tuple[int]]:
    subject = Subscription.search_id.is_not(None) if searches else is_about(item)
    chosen = select(Subscription.id).where(
        Subscription.subscriber_id == Subscriber.id, chose(activity, subject)
    )
    return (
        select(Subscriber.id)
        .outerjoin(Person, Person.id == Subscriber.person_id)
        .where(Subscriber.id > after, may_hear(activity, item), chosen.exists())
        .order_by(Subscriber.id)
        .limit(most)
    )


def _held(ids: Sequence[int]) -> Sequence[Subscriber]:
    """These subscribers, and nobody claims a digest for them until they are told. What they chose is read
    after they are held: a digest that was being claimed meanwhile has taken it up."""
    held = select(Subscriber.id).where(Subscriber.id.in_(ids)).order_by(Subscriber.id)
    db.session.execute(held.with_for_update(of=Subscriber))
    return db.session.scalars(
        select(Subscriber)
        .where(Subscriber.id.in_(ids))
        .options(
            selectinload(Subscriber.subscriptions).joinedload(Subscription.search),
            joinedload(Subscriber.person).selectinload(Person.memberships),
        )
        .order_by(Subscriber.id)
        .execution_options(populate_existing=True)
    ).all()


def _is_told_now(subscriber: Subscriber, activity: Activity, item: Item, *, searches: bool) -> bool:
    if not subscriber.may_be_mailed or is_away(subscriber, clock.now()):
        return False
    open_ones = [
        each
        for each in subscriber.subscriptions
        if each.frequency == AT_ONCE and each.last_number < (activity.number or 0)
    ]
    if searches:
        return any(each.search is not None and finds(each, item) for each in open_ones)
    return any(each.search is None for each in open_ones)


def keep_that_it_is_told(mail_id: int) -> None:
    """In the transaction in which it is handed over: whatever becomes of it, it was told."""
    db.session.execute(update(Instant).where(Instant.mail_id == mail_id).values(told_at=clock.now()))


def take_back(mail_id: int) -> None:
    """The message was certainly not sent: the digest tells it, if it may be told then."""
    db.session.execute(delete(Instant).where(Instant.mail_id == mail_id))


def told_at_once(after: Mapping[int, int]) -> Told:
    """The numbers of what subscribers were told at once; and of what they wrote themselves where they are
    told everything else at once: it is no news to them. after: by their ids, the number from which on."""
    those, found = beyond(after), {}
    for subscriber_id, number in db.session.execute(_told(those.size), those.given):
        found.setdefault(subscriber_id, set()).add(number)
    return found


# Statements about so many different numbers are kept: of whoever is as far as others.
SIZES_KEPT = 16


@lru_cache(maxsize=SIZES_KEPT)
def _told(size: int) -> CompoundSelect:
    told = select(Instant.subscriber_id, Instant.number).where(
        is_beyond(Instant.subscriber_id, Instant.number, size), Instant.told_at.is_not(None)
    )
    return union_all(told, _own(size))


def _own(size: int) -> Select[tuple[int, int | None]]:
    """Numbers of what they wrote, beside their ids."""
    heard = select(Subscription.id).where(
        Subscription.subscriber_id == Subscriber.id,
        Subscription.frequency == AT_ONCE,
        Subscription.told == EVERYTHING,
        or_(
            Subscription.group_id == Activity.group_id,
            Subscription.topic_id.in_(
                select(item_topic.c.topic_id)
                .where(item_topic.c.item_id == Activity.item_id)
                .correlate(Activity)
            ),
        ),
    )
    return (
        select(Subscriber.id, Activity.number)
        .join(Activity, Activity.person_id == Subscriber.person_id)
        .where(
            is_beyond(Subscriber.id, Activity.number, size),
            Activity.kind.in_(TOLD),
            heard.correlate(Subscriber, Activity).exists(),
        )
    )


def are_under_way(after: Mapping[int, int]) -> set[int]:
    """Of these subscribers those for whom a message about something beyond their number waits to be sent."""
    those = beyond(after)
    return set(db.session.scalars(_waiting(those.size), those.given))


@lru_cache(maxsize=SIZES_KEPT)
def _waiting(size: int) -> Select[tuple[int]]:
    return (
        select(Instant.subscriber_id)
        .join(Mail, Mail.id == Instant.mail_id)
        .where(
            is_beyond(Instant.subscriber_id, Instant.number, size),
            Mail.state.in_((QUEUED, SENDING)),
        )
    )


def forget() -> None:
    """What is old, and behind everything that a digest may still cover."""
    covered = (
        select(func.min(Subscription.last_number))
        .where(Subscription.subscriber_id == Instant.subscriber_id, Subscription.frequency.in_(IN_DIGESTS))
        .correlate(Instant)
        .scalar_subquery()
    )
    db.session.execute(
        delete(Instant)
        .where(Instant.told_at < clock.now() - KEPT, or_(covered.is_(None), Instant.number <= covered))
        .execution_options(synchronize_session=False)
    )
