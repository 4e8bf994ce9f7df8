"""Reads: private feeds by their keys and of their owners, and the groups that have open feeds."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hub.accounts.models import Person
from hub.content.models import Item
from hub.core.database import db
from hub.core.policy import ANYBODY, Actor, visible
from hub.groups.models import PART_OPEN, PUBLIC, Group
from hub.subscriptions.models import SavedSearch, Subscriber

from .keys import hash_of
from .models import PrivateFeed
from .subjects import SEARCH, Subject, Wanted, of_search

# On one page of feeds; more are found in their groups.
MOST_GROUPS = 100


def opened_by(key: str) -> PrivateFeed | None:
    """The feed that a key opens, with its person and their memberships, while their account stands."""
    return db.session.scalar(
        select(PrivateFeed)
        .join(PrivateFeed.person)
        .options(
            contains_eager(PrivateFeed.person).selectinload(Person.memberships),
            joinedload(PrivateFeed.group),
            joinedload(PrivateFeed.item),
        )
        .where(PrivateFeed.key_hash == hash_of(key), Person.active)
    )


def subject_of(feed: PrivateFeed, actor: Actor) -> Subject | None:
    """What a private feed is of, if its person sees that still."""
    if feed.kind == SEARCH:
        return of_search(Wanted.of(feed.asked), actor)
    item, group = feed.item, feed.group
    if item is not None:
        seen = db.session.scalar(select(Item.id).where(Item.id == item.id, visible(Item, actor)))
        return Subject(feed.kind, group=item.group, item=item) if seen and item.is_out else None
    if group is not None:
        found = db.session.scalar(select(Group.id).where(Group.id == group.id, visible(Group, actor)))
        return Subject(feed.kind, group=group) if found else None
    return Subject(feed.kind)


def own_feeds(actor: Actor) -> Sequence[PrivateFeed]:
    """Those of the person, the newest first."""
    statement = (
        select(PrivateFeed)
        .options(selectinload(PrivateFeed.group), selectinload(PrivateFeed.item))
        .where(PrivateFeed.person_id == actor.person_id)
        .order_by(PrivateFeed.made_at.desc(), PrivateFeed.id.desc())
    )
    return db.session.scalars(statement).all()


def how_many(actor: Actor) -> int:
    statement = select(func.count()).where(PrivateFeed.person_id == actor.person_id)
    return db.session.scalar(statement) or 0


def open_groups() -> Sequence[Group]:
    """Groups that have feeds for anybody, by name."""
    statement = (
        select(Group)
        .where(visible(Group, ANYBODY), Group.visibility.in_((PUBLIC, PART_OPEN)))
        .order_by(Group.name, Group.slug)
        .limit(MOST_GROUPS)
    )
    return db.session.scalars(statement).all()


def own_groups(actor: Actor) -> Sequence[Group]:
    """The groups that somebody is in, by name."""
    statement = select(Group).where(visible(Group, actor), Group.id.in_(list(actor.roles)))
    return db.session.scalars(statement.order_by(Group.name, Group.slug).limit(MOST_GROUPS)).all()


def own_searches(actor: Actor) -> list[Wanted]:
    """The searches that somebody saved, as far as a feed can hold what they find."""
    statement = (
        select(SavedSearch)
        .join(Subscriber, Subscriber.id == SavedSearch.subscriber_id)
        .where(Subscriber.person_id == actor.person_id)
        .order_by(SavedSearch.id)
        .limit(MOST_GROUPS)
    )
    wanted = (Wanted.of(search.asked) for search in db.session.scalars(statement))
    return [one for one in wanted if one is not None]
