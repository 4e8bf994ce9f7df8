"""What is told at once, and to whom."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_

from hub.accounts.models import Person
from hub.content.models import Activity, Item, Post
from hub.content.rules import is_open_to_all
from hub.core.policy import Actor, visible
from hub.groups.models import Membership
from hub.subscriptions.models import AT_ONCE, Subscription
from hub.subscriptions.rules import of_an_account, of_an_address

# Kinds of activity that bring words to their readers. What else happens (an answer was accepted, an example
# attached, a page found still right) comes with the daily digest.
PUBLISHED, REVISED, ANSWERED, REPLIED, COMMENTED = "published", "revised", "answered", "replied", "commented"
TOLD = (PUBLISHED, REVISED, ANSWERED, REPLIED, COMMENTED)

# "At once" that comes days later is no news: the daily digest has told it.
TOLD_WITHIN = timedelta(days=2)

# Subscribers whose messages are queued in one transaction. On SQLite whoever writes waits for it: two
# statements each, some 10 ms on a busy machine.
A_PIECE = 100
# Whether a saved search finds the item is asked for each of them.
A_PIECE_OF_SEARCHES = 25
# What was written is in the index by then.
SEARCHED_AFTER = timedelta(minutes=1)

# As long as the rows of mail. Beyond that, what no digest may tell again is known by how far it has come.
KEPT = timedelta(days=90)


def may_be_told(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Activity` (with `Item` and `Post` joined): this actor sees it now, and it is out.
    Mail cannot be taken back, so what was withdrawn, or is a draft, is mailed to nobody."""
    return and_(
        Activity.kind.in_(TOLD),
        visible(Activity, actor),
        Item.is_out,
        Post.withdrawn_at.is_(None),
    )


def may_hear(activity: Activity, item: Item) -> ColumnElement[bool]:
    """The condition on `Subscriber` (with `Person` joined): somebody who may be mailed, did not write it
    themselves, and may be able to see it. Whether they do is asked when the message is composed."""
    of_somebody = of_an_account
    if activity.person_id is not None:
        of_somebody = and_(of_somebody, Person.id != activity.person_id)
    member = exists().where(Membership.person_id == Person.id, Membership.group_id == item.group_id)
    if not is_open_to_all(item):
        return and_(of_somebody, member)
    return or_(of_somebody, of_an_address)


def chose(activity: Activity, subject: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on `Subscription`: it is told at once, was so before this happened, and no digest has
    covered it yet."""
    return and_(
        Subscription.frequency == AT_ONCE,
        Subscription.chosen_at <= activity.happened_at,
        Subscription.last_number < activity.number,
        subject,
    )
