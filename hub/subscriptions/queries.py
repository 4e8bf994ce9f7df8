"""Reads: what subscribers chose, and what they can choose."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from hub.accounts.models import Person
from hub.content.models import Topic
from hub.content.queries import topics_of
from hub.core.database import db
from hub.core.policy import ANYBODY, Actor, can, visible
from hub.groups.models import PART_OPEN, PUBLIC, Group

from .actions import subscriptions_of
from .models import (
    DAILY,
    DUE_HOUR,
    GUIDANCE_ONLY,
    NEVER,
    OPENINGS,
    WEEKLY,
    WEEKLY_ON,
    SavedSearch,
    Subscriber,
    Subscription,
)
from .rules import FOR_GROUPS, FOR_OTHERS, OF_MEMBERS_BEFORE
from .subjects import GROUP, Subject, subject_of

# Weekly windows open within a week; the day more is of time zones.
LATEST_WINDOW = timedelta(days=8)
# More open groups than this are found in the list of groups, where each offers the same.
MOST_OFFERED = 200


@dataclass(frozen=True)
class Row:
    """A subject and how often somebody hears of it."""

    subject: Subject
    frequency: str
    options: tuple[str, ...] = FOR_OTHERS


@dataclass
class Choices:
    """Everything that somebody chose or can choose: rows to set, and what could be added."""

    groups: list[Row] = field(default_factory=list)
    topics: list[Row] = field(default_factory=list)
    searches: list[Row] = field(default_factory=list)
    # Further groups, guidance of groups, topics, guidance on topics.
    more: list[list[Subject]] = field(default_factory=list)
    # When the next digest comes, if something is new by then.
    next_at: datetime | None = None

    @property
    def rows(self) -> list[Row]:
        return [*self.groups, *self.topics, *self.searches]

    @property
    def any(self) -> bool:
        """Whether anything at all is told."""
        return any(row.frequency != NEVER for row in self.rows)


def options_for(actor: Actor, subject: Subject) -> tuple[str, ...]:
    """How often one can hear of a subject."""
    return FOR_GROUPS if actor.signed_in and subject.kind == GROUP else FOR_OTHERS


def choices_of(actor: Actor, subscriber: Subscriber) -> Choices:
    """What the page of somebody's mail shows. As many queries for much as for little."""
    chosen = [] if subscriber.id is None else subscriptions_of(subscriber)
    groups = groups_offered(actor, [one.group_id for one in chosen if one.group_id is not None])
    topics = topics_of(actor)
    by_key = {subject_of(one).key: one for one in chosen}
    found = Choices(next_at=next_digest_at(chosen))
    for group in groups:
        found.groups += _rows_of_group(actor, group, by_key)
    for topic in topics:
        for subject in (Subject(topic), Subject(topic, GUIDANCE_ONLY)):
            kept = by_key.get(subject.key)
            if kept is not None and kept.frequency != NEVER:
                found.topics.append(Row(subject, kept.frequency))
    found.searches = [Row(Subject(one.search), one.frequency) for one in chosen if one.search is not None]
    shown = {row.subject.key for row in found.rows}
    found.more = offers(groups, topics, shown)
    return found


def _rows_of_group(actor: Actor, group: Group, by_key: dict[tuple[str, int, str], Subscription]) -> list[Row]:
    whole, guidance = Subject(group), Subject(group, GUIDANCE_ONLY)
    options = options_for(actor, whole)
    rows = []
    if (kept := by_key.get(whole.key)) is not None:
        rows.append(Row(whole, kept.frequency, options))
    elif actor.is_member(group.id):
        rows.append(Row(whole, OF_MEMBERS_BEFORE, options))
    if (kept := by_key.get(guidance.key)) is not None and kept.frequency != NEVER:
        rows.append(Row(guidance, kept.frequency))
    return rows


def offers(
    groups: Sequence[Group], topics: Sequence[Topic], shown: set[tuple[str, int, str]]
) -> list[list[Subject]]:
    """What can be added, by kind; empty kinds are left out."""
    kinds = [
        [Subject(group) for group in groups],
        [Subject(group, GUIDANCE_ONLY) for group in groups],
        [Subject(topic) for topic in topics],
        [Subject(topic, GUIDANCE_ONLY) for topic in topics],
    ]
    left = [[subject for subject in kind if subject.key not in shown] for kind in kinds]
    return [kind for kind in left if kind]


def groups_offered(actor: Actor, chosen: Sequence[int] = ()) -> Sequence[Group]:
    """The groups that somebody can hear of, by name: open ones, those they are in, those they chose."""
    can_be = or_(
        Group.id.in_(list(actor.roles)),
        Group.id.in_(chosen),
        Group.visibility.in_((PUBLIC, PART_OPEN)),
    )
    own_first = Group.id.in_([*actor.roles, *chosen]).desc()
    some = (
        select(Group.id)
        .where(visible(Group, actor), can_be)
        .order_by(own_first, Group.member_count.desc())
        .limit(MOST_OFFERED + len(actor.roles) + len(chosen))
    )
    return db.session.scalars(select(Group).where(Group.id.in_(some)).order_by(Group.name, Group.slug)).all()


def next_digest_at(chosen: Sequence[Subscription]) -> datetime | None:
    """When the next digest can come. Of what is told at once one comes only when something failed."""
    moments = [one.next_due_at for one in chosen if one.frequency in (DAILY, WEEKLY)]
    return min((moment for moment in moments if moment is not None), default=None)


def chosen_for(person_id: int, subject: Subject) -> str | None:
    """How often a person hears of a subject, if they ever chose."""
    return db.session.scalar(
        select(Subscription.frequency)
        .join(Subscription.subscriber)
        .where(
            Subscriber.person_id == person_id,
            Subscription.told == subject.told,
            getattr(Subscription, subject.column) == subject.thing.id,
        )
    )


def subscriber_with(token: str) -> Subscriber | None:
    return db.session.scalar(select(Subscriber).where(Subscriber.token == token))


def own_subscriber_of(person_id: int) -> Subscriber | None:
    """A person as a subscriber, if they ever chose."""
    return db.session.scalar(select(Subscriber).where(Subscriber.person_id == person_id))


def not_yet(person: Person) -> Subscriber:
    """A person who never chose, as a subscriber: what holds for them by itself. It is not kept."""
    return Subscriber(
        person=person,
        digest_hour=DUE_HOUR,
        weekly_on=WEEKLY_ON,
        separate=False,
        length=OPENINGS,
    )


def due_too_late(at: datetime) -> Sequence[Subscriber]:
    """Whose next window opens later than a week ahead though they are not away: as a clock said that was
    wrong."""
    here = or_(Subscriber.away_until.is_(None), Subscriber.away_until <= at.date())
    late = select(Subscription.subscriber_id).where(Subscription.next_due_at > at + LATEST_WINDOW)
    return db.session.scalars(select(Subscriber).where(Subscriber.id.in_(late), here)).all()


def own_search(subscriber: Subscriber, token: str) -> SavedSearch | None:
    own = select(SavedSearch).where(SavedSearch.token == token, SavedSearch.subscriber_id == subscriber.id)
    return db.session.scalar(own)


def open_group(slug: str) -> Group | None:
    """The group of that name, if anybody may subscribe to it."""
    found = db.session.scalar(select(Group).where(Group.slug == slug, visible(Group, ANYBODY)))
    return found if found is not None and can(ANYBODY, "digest.subscribe", found) else None
