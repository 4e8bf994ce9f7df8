"""What of a range of activity may be told: in range, visible to this person now, and out.

Mail never carries drafts or what was withdrawn, also not to those who may still see it on the site, because
it cannot be taken back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, or_, select

from hub.accounts.models import Person
from hub.content.models import GUIDANCE, JOINED, SHOWN, Activity, Item, Post, item_topic
from hub.core.database import db
from hub.core.policy import Actor, visible
from hub.examples.mailed import is_out
from hub.examples.models import ATTACHED_AGAIN, TOLD_ATTACHED, Example
from hub.groups.models import Membership
from hub.guidance.models import DUE, Guidance
from hub.subscriptions.matching import found_by
from hub.subscriptions.models import GUIDANCE_ONLY, Subscription

from .models import DigestNote


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

# A note of moderators, told in the digests of everybody who hears of the group.
NOTED = "noted"
# Kinds that bring a post to its readers for the first time.
WRITTEN = ("published", "answered", "replied", "commented")
# Kinds that tell of an example.
OF_EXAMPLES = (TOLD_ATTACHED, ATTACHED_AGAIN)
# Kinds that tell that something is back which was out of sight.
BACK = (SHOWN, ATTACHED_AGAIN)


def may_be_told(
    actor: Actor, happened: ColumnElement[bool], beside: Actor | None = None
) -> ColumnElement[bool]:
    """The condition on `Activity`: it is among those that `happened`, and out, and seen by the actor, and by
    whoever looks at it beside them."""
    item_is_out = select(Item.id).where(Item.id == Activity.item_id, Item.is_out)
    post_is_out = select(Post.id).where(Post.id == Activity.post_id, Post.withdrawn_at.is_(None))
    its_example = select(Example.id).where(tells_of_example(Activity), is_out(actor))
    if beside is not None:
        its_example = its_example.where(is_out(beside))
    conditions = [
        happened,
        visible(Activity, actor),
        or_(Activity.item_id.is_(None), item_is_out.exists()),
        or_(Activity.post_id.is_(None), post_is_out.exists()),
        or_(Activity.kind.not_in(OF_EXAMPLES), its_example.correlate(Activity).exists()),
        or_(Activity.kind != DUE, _is_theirs(actor)),
        or_(Activity.kind != JOINED, _is_a_member_still(actor)),
        or_(Activity.kind != NOTED, _is_still_said()),
    ]
    if beside is not None:
        conditions.append(visible(Activity, beside))
    return and_(*conditions)


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    """That a page is to be looked at is its owner's concern."""
    if not actor.signed_in:
        return false()
    owned = select(Guidance.item_id).where(
        Guidance.item_id == Activity.item_id, Guidance.owner_id == actor.person_id
    )
    return owned.correlate(Activity).exists()


def _is_a_member_still(actor: Actor) -> ColumnElement[bool]:
    """Whoever joined is in the group; that the reader joined they know."""
    came = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.group_id == Activity.group_id,
            Membership.person_id == Activity.person_id,
            Person.active,
        )
    )
    if actor.signed_in:
        came = came.where(Membership.person_id != actor.person_id)
    return came.correlate(Activity).exists()


def _is_still_said() -> ColumnElement[bool]:
    said = select(DigestNote.id).where(
        DigestNote.activity_id == Activity.id, DigestNote.taken_back_at.is_(None)
    )
    return said.correlate(Activity).exists()


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


@dataclass(frozen=True)
class Span:
    """Ranges of one kind between the same numbers: most of what somebody chose is as far as the rest. Its
    values are parameters of the statement, so that one statement serves for all of its shape."""

    kind: str
    after: int = 0
    upto: int = 0
    ids: tuple[int, ...] = ()
    guidance_only: bool = False

    @property
    def shape(self) -> tuple[str, bool]:
        return (self.kind, self.guidance_only)

    def given(self, place: int) -> dict[str, object]:
        """The parameters of the span in that place."""
        return {f"after_{place}": self.after, f"upto_{place}": self.upto, f"ids_{place}": list(self.ids)}


GROUPS, TOPICS, ITEMS = "groups", "topics", "items"


def spans_of(ranges: Ranges) -> list[Span]:
    together: dict[tuple[str, int, int, bool], set[int]] = {}
    for each in ranges:
        kind, ids = _ids(each)
        together.setdefault((kind, each.after, each.upto, each.guidance_only), set()).update(ids)
    return [
        Span(kind, after, upto, tuple(sorted(ids)), guidance_only)
        for (kind, after, upto, guidance_only), ids in sorted(together.items())
    ]


def _ids(each: Range) -> tuple[str, Collection[int]]:
    if each.group_id is not None:
        return GROUPS, [each.group_id]
    return (TOPICS, [each.topic_id]) if each.topic_id is not None else (ITEMS, each.item_ids)


def in_spans(activity: Any, spans: Sequence[Span]) -> ColumnElement[bool]:
    """The condition that one of the spans holds it; to be sent with what they are `given`."""
    named = [
        (
            span,
            bindparam(f"after_{place}"),
            bindparam(f"upto_{place}"),
            bindparam(f"ids_{place}", expanding=True),
        )
        for place, span in enumerate(spans)
    ]
    return or_(false(), *(_in_span(activity, *one) for one in named))


def in_ranges(activity: Any, ranges: Ranges) -> ColumnElement[bool]:
    """The same with the values in it. activity: `Activity`, or an alias of it."""
    valued = [(span, span.after, span.upto, span.ids) for span in spans_of(ranges)]
    return or_(false(), *(_in_span(activity, *one) for one in valued))


def _in_span(activity: Any, span: Span, after: Any, upto: Any, ids: Any) -> ColumnElement[bool]:
    conditions = [activity.number > after, activity.number <= upto]
    if span.kind == GROUPS:
        conditions.append(activity.group_id.in_(ids))
    elif span.kind == TOPICS:
        topical = select(item_topic.c.item_id).where(item_topic.c.topic_id.in_(ids))
        conditions.append(activity.item_id.in_(topical))
    else:
        conditions.append(activity.item_id.in_(ids))
    if span.guidance_only:
        item = Item.__table__.alias()
        conditions.append(activity.item_id.in_(select(item.c.id).where(item.c.kind == GUIDANCE)))
    return and_(*conditions)


def tells_of_example(activity: Any) -> ColumnElement[bool]:
    """An activity names the post; the example is the one that was attached to it at that instant."""
    return and_(
        activity.kind.in_(OF_EXAMPLES),
        activity.post_id == Example.post_id,
        activity.happened_at == Example.attached_at,
    )
