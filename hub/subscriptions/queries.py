"""Reads: what subscribers chose."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select

from hub.core.database import db
from hub.core.policy import ANYBODY, Actor, can, visible
from hub.groups.models import PART_OPEN, PUBLIC, Group

from .models import EVERYTHING, NEVER, Subscriber, Subscription


@dataclass(frozen=True)
class Choice:
    """A group and how often somebody hears of it."""

    group: Group
    frequency: str

    @property
    def field(self) -> str:
        return f"group-{self.group.slug}"


def choices_of(actor: Actor, subscriber: Subscriber | None) -> list[Choice]:
    """The groups somebody can hear of, by name: those they are in, and those that they chose before."""
    chosen = {} if subscriber is None else _chosen(subscriber.id)
    groups = db.session.scalars(
        select(Group)
        .where(visible(Group, actor), or_(Group.id.in_(list(actor.roles)), Group.id.in_(chosen)))
        .order_by(Group.name)
    )
    return [Choice(group, chosen.get(group.id, NEVER)) for group in groups]


def open_groups_besides(actor: Actor, choices: list[Choice]) -> list[Group]:
    """Further groups that anybody may hear of."""
    shown = [choice.group.id for choice in choices]
    return list(
        db.session.scalars(
            select(Group)
            .where(visible(Group, actor), Group.visibility.in_((PUBLIC, PART_OPEN)), Group.id.not_in(shown))
            .order_by(Group.name)
            .limit(20)
        )
    )


def subscriber_with(token: str) -> Subscriber | None:
    return db.session.scalar(select(Subscriber).where(Subscriber.token == token))


def _chosen(subscriber_id: int) -> dict[int, str]:
    rows = db.session.execute(
        select(Subscription.group_id, Subscription.frequency).where(
            Subscription.subscriber_id == subscriber_id,
            Subscription.group_id.is_not(None),
            Subscription.told == EVERYTHING,
        )
    )
    return {row.group_id: row.frequency for row in rows}


def own_subscriber_of(person_id: int) -> Subscriber | None:
    """A person as a subscriber, if they ever chose."""
    return db.session.scalar(select(Subscriber).where(Subscriber.person_id == person_id))


def groups_named(actor: Actor, slugs: Collection[str]) -> list[Group]:
    """Those of the named groups that the actor sees."""
    return list(db.session.scalars(select(Group).where(Group.slug.in_(slugs), visible(Group, actor))))


def open_group(slug: str) -> Group | None:
    """The group of that name, if anybody may subscribe to it."""
    found = db.session.scalar(select(Group).where(Group.slug == slug, visible(Group, ANYBODY)))
    return found if found is not None and can(ANYBODY, "digest.subscribe", found) else None
