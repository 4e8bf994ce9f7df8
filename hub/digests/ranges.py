"""What of a range of activity may be told: in range, visible to this person now, and out.

Mail never carries drafts or what was withdrawn, also not to those who may still see it on the site, because
it cannot be taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from hub.content.models import GUIDANCE, Activity, Item, Post, item_topic
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.examples.mailed import is_out
from hub.examples.models import Example
from hub.subscriptions.matching import found_by
from hub.subscriptions.models import GUIDANCE_ONLY, Subscription


@dataclass(frozen=True)
class Range:
    """Activities after a number, up to and with another, of one subject: a group, a topic, or some items."""

    after: int
    upto: int
    group_id: int | None = None
    topic_id: int | None = None
    item_ids: frozenset[int] = frozenset()
    guidance_only: bool = False


Ranges = Sequence[Range]

ATTACHED = "attached"
# Kinds that bring a post to its readers for the first time.
WRITTEN = ("published", "answered", "replied")


def may_be_told(actor: Actor, ranges: Ranges) -> ColumnElement[bool]:
    """The condition on `Activity`."""
    item_is_out = (
        select(Item.id)
        .where(Item.id == Activity.item_id, Item.published_at.is_not(None), Item.withdrawn_at.is_(None))
        .exists()
    )
    post_is_out = select(Post.id).where(Post.id == Activity.post_id, Post.withdrawn_at.is_(None)).exists()
    its_example = select(Example.id).where(_tells_of_example(Activity), is_out(actor)).correlate(Activity)
    return and_(
        in_ranges(Activity, ranges),
        visible(Activity, actor),
        or_(Activity.item_id.is_(None), item_is_out),
        or_(Activity.post_id.is_(None), post_is_out),
        or_(Activity.kind != ATTACHED, its_example.exists()),
    )


def range_of(actor: Actor, subscription: Subscription, after: int, upto: int) -> Range:
    """What a subscription covers between two numbers. A search is asked now, about what happened there."""
    items = frozenset[int]()
    if subscription.search is not None:
        happened = select(Activity.item_id).where(
            Activity.number > after, Activity.number <= upto, Activity.item_id.is_not(None)
        )
        ids = db.session.scalars(happened.where(visible(Activity, actor)).distinct()).all()
        items = frozenset(found_by(actor, subscription.search, [one for one in ids if one is not None]))
    return Range(
        after,
        upto,
        group_id=subscription.group_id,
        topic_id=subscription.topic_id,
        item_ids=items,
        guidance_only=subscription.told == GUIDANCE_ONLY,
    )


def in_ranges(activity: Any, ranges: Ranges) -> ColumnElement[bool]:
    """activity: `Activity`, or an alias of it."""
    return or_(false(), *(_in_range(activity, each) for each in ranges))


def _in_range(activity: Any, each: Range) -> ColumnElement[bool]:
    conditions = [activity.number > each.after, activity.number <= each.upto]
    if each.group_id is not None:
        conditions.append(activity.group_id == each.group_id)
    elif each.topic_id is not None:
        topical = select(item_topic.c.item_id).where(item_topic.c.topic_id == each.topic_id)
        conditions.append(activity.item_id.in_(topical))
    else:
        conditions.append(activity.item_id.in_(each.item_ids))
    if each.guidance_only:
        item = Item.__table__.alias()
        conditions.append(activity.item_id.in_(select(item.c.id).where(item.c.kind == GUIDANCE)))
    return and_(*conditions)


def example_is_told(ranges: Ranges, attached: Any, wrote: Any) -> ColumnElement[bool]:
    """The condition on `Example`: it was attached in the ranges, or before their end to a post that is told
    in them for the first time (a page that was a draft until then). `attached` and `wrote`: aliases of
    `Activity`."""
    up_to_the_end = [replace(each, after=0) for each in ranges]
    with_its_post = (
        select(wrote.id)
        .where(wrote.post_id == Example.post_id, wrote.kind.in_(WRITTEN), in_ranges(wrote, ranges))
        .correlate(Example)
    )
    told = or_(
        in_ranges(attached, ranges),
        and_(in_ranges(attached, up_to_the_end), with_its_post.exists()),
    )
    return select(attached.id).where(_tells_of_example(attached), told).correlate(Example).exists()


def _tells_of_example(activity: Any) -> ColumnElement[bool]:
    """An activity names the post; the example is the one that was attached to it at that instant."""
    return and_(
        activity.kind == ATTACHED,
        activity.post_id == Example.post_id,
        activity.happened_at == Example.attached_at,
    )
