"""Reads: a subscriber's choices, and what became of the hub's mail."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from hub.core.database import db
from hub.core.mail import Mail
from hub.core.paging import Page, page
from hub.core.policy import ANYBODY, Actor, can, visible
from hub.groups.models import PART_OPEN, PUBLIC, Group

from .models import NEVER, Subscriber, Subscription


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
            Subscription.subscriber_id == subscriber_id
        )
    )
    return {row.group_id: row.frequency for row in rows}


def deliveries(state: str | None, cursor: str | None) -> Page[Mail]:
    """The hub's mail, newest first; only what is in a state, if one is asked for."""
    statement = select(Mail) if state is None else select(Mail).where(Mail.state == state)
    return page(statement, (Mail.queued_at, Mail.token), lambda mail: (mail.queued_at, mail.token), cursor)


def delivery_counts() -> dict[str, int]:
    """How many messages are in each state."""
    rows = db.session.execute(select(Mail.state, func.count().label("messages")).group_by(Mail.state))
    return {row.state: row.messages for row in rows}


def mail_with(token: str) -> Mail | None:
    return db.session.scalar(select(Mail).where(Mail.token == token))


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
