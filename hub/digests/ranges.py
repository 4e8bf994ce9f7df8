"""What of a range of activity may be told: in range, visible to this person now, and out.

Mail never carries drafts or what was withdrawn, also not to those who may still see it on the site, because
it cannot be taken back.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from hub.content.models import Activity, Item, Post
from hub.core.policy import Actor, visible
from hub.examples.models import Example

# Activity numbers after the first, up to and with the second, by group id.
Ranges = Mapping[int, tuple[int, int]]

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
    its_example = (
        select(Example.id).where(_tells_of_example(Activity), example_is_out(actor)).correlate(Activity)
    )
    return and_(
        in_ranges(Activity, ranges),
        visible(Activity, actor),
        or_(Activity.item_id.is_(None), item_is_out),
        or_(Activity.post_id.is_(None), post_is_out),
        or_(Activity.kind != ATTACHED, its_example.exists()),
    )


def in_ranges(activity: Any, ranges: Ranges) -> ColumnElement[bool]:
    """activity: `Activity`, or an alias of it."""
    return or_(
        false(),
        *(
            and_(activity.group_id == group_id, activity.number > after, activity.number <= upto)
            for group_id, (after, upto) in ranges.items()
        ),
    )


def example_is_out(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Example`: seen, shown, and with something to show."""
    return and_(visible(Example, actor), Example.withdrawn_at.is_(None), Example.shows.any())


def example_is_told(ranges: Ranges, attached: Any, wrote: Any) -> ColumnElement[bool]:
    """The condition on `Example`: it was attached in the ranges, or before their end to a post that is told
    in them for the first time (a page that was a draft until then). `attached` and `wrote`: aliases of
    `Activity`."""
    up_to_the_end = {group_id: (0, upto) for group_id, (_after, upto) in ranges.items()}
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
