"""Who hears of an item as soon as something is written there, and who wants to hear nothing of it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, true

from hub.content.models import GUIDANCE, Activity, Item, Post, item_topic
from hub.core import clock
from hub.core.database import db

from .matching import found_by
from .models import AT_ONCE, EVERYTHING, NEVER, Subscriber, Subscription
from .rules import is_away
from .telling import told_elsewhere


def is_about(item: Item) -> ColumnElement[bool]:
    """The condition on `Subscription`: its group or topic has this item. Searches are asked one by one."""
    topics = select(item_topic.c.topic_id).where(item_topic.c.item_id == item.id)
    subject = or_(Subscription.group_id == item.group_id, Subscription.topic_id.in_(topics))
    return subject & (true() if item.kind == GUIDANCE else Subscription.told == EVERYTHING)


def heard_through(subscriber: Subscriber, item: Item) -> Sequence[Subscription]:
    """The subscriber's choices by which they hear of the item at once: a group's first, then topics', then
    searches'."""
    chosen = db.session.scalars(
        select(Subscription)
        .where(Subscription.subscriber_id == subscriber.id, Subscription.frequency == AT_ONCE)
        .where(or_(is_about(item), Subscription.search_id.is_not(None)))
        .order_by(Subscription.group_id.is_(None), Subscription.topic_id.is_(None), Subscription.id)
    ).all()
    return [each for each in chosen if each.search is None or finds(each, item)]


def finds(subscription: Subscription, item: Item) -> bool:
    """Whether the saved search finds the item now, as its owner would."""
    assert subscription.search is not None
    return bool(found_by(subscription.subscriber.as_actor(), subscription.search, [item.id]))


def is_left_in_peace(subscriber: Subscriber | None, group_id: int) -> bool:
    """Whether somebody wants no mail about a group now, whatever it is: they are away, or chose nothing."""
    if subscriber is None:
        return False
    chosen = db.session.scalar(
        select(Subscription.frequency).where(
            Subscription.subscriber_id == subscriber.id,
            Subscription.group_id == group_id,
            Subscription.told == EVERYTHING,
        )
    )
    return chosen == NEVER or is_away(subscriber, clock.now())


def hears_of_post(subscriber: Subscriber | None, post: Post) -> bool:
    """Whether somebody is mailed a post at once, so that a notice of it would be a second mail. Needs `item`
    loaded."""
    if subscriber is None:
        return False
    numbers = set(db.session.scalars(select(Activity.number).where(Activity.post_id == post.id))) - {None}
    if numbers and numbers & told_elsewhere({subscriber.id: min(numbers) - 1})[subscriber.id]:
        return True
    return any(each.chosen_at <= post.created_at for each in heard_through(subscriber, post.item))
