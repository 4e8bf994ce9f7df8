"""Reads of groups and their members."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.accounts.models import Organisation, Person
from hub.accounts.queries import starts_with
from hub.core import clock
from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import MEMBER, MODERATOR, OWNER, Actor, visible

from .models import Group, JoinRequest, Membership, RecordedAccess

# How far back a group's members see who has read it by a recorded act.
RECORDED_ACCESSES_SHOWN = 20


def my_groups(actor: Actor) -> list[Group]:
    """The groups that the actor is in, by name."""
    mine = select(Group).where(Group.id.in_(actor.roles)).order_by(Group.name, Group.slug)
    return list(db.session.scalars(mine)) if actor.roles else []


def other_groups(actor: Actor, cursor: str | None = None) -> Page[Group]:
    """The groups that the actor sees and is not in, by name."""
    others = select(Group).where(visible(Group, actor), Group.id.not_in(actor.roles))
    keys = (Group.name, Group.slug)
    return page(others, keys, lambda group: (group.name, group.slug), cursor, ascending=True)


def joinable_groups(actor: Actor) -> list[Group]:
    """What a newcomer may choose from: the largest groups that can be joined or asked."""
    open_ones = visible(Group, actor) & Group.id.not_in(actor.roles) & (Group.joining != "by_invitation")
    return list(
        db.session.scalars(
            select(Group).where(open_ones).order_by(Group.member_count.desc(), Group.name).limit(12)
        )
    )


def facilitators(actor: Actor, group: Group) -> list[Person]:
    """Moderators and owners, as far as the actor may know them; owners first."""
    statement = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.group_id == group.id,
            Membership.role.in_((MODERATOR, OWNER)),
            visible(Membership, actor),
            Person.active,
        )
        .order_by(Membership.role.desc(), Membership.joined_at)
        .limit(12)
    )
    return list(db.session.scalars(statement).unique())


def members(
    actor: Actor, group: Group, *, name: str = "", organisation: str = "", cursor: str | None = None
) -> Page[Membership]:
    """A group's members by name, with their people loaded. organisation: its slug."""
    statement = (
        select(Membership)
        .join(Membership.person)
        .outerjoin(Person.organisation)
        .options(contains_eager(Membership.person).contains_eager(Person.organisation))
        .where(Membership.group_id == group.id, visible(Membership, actor), Person.active)
    )
    if name:
        statement = statement.where(starts_with(name))
    if organisation:
        statement = statement.where(Organisation.slug == organisation)
    keys = (Person.name, Person.handle)
    return page(
        statement,
        keys,
        lambda membership: (membership.person.name, membership.person.handle),
        cursor,
        ascending=True,
    )


def member_organisations(actor: Actor, group: Group) -> list[Any]:
    """Organisations of a group's members: (slug, name, people) rows, the most people first."""
    people = func.count(Person.id).label("people")
    return list(
        db.session.execute(
            select(Organisation.slug, Organisation.name, people)
            .join(Person, Person.organisation_id == Organisation.id)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.group_id == group.id, visible(Membership, actor), Person.active)
            .group_by(Organisation.slug, Organisation.name)
            .order_by(people.desc(), Organisation.name)
            .limit(60)
        )
    )


def membership_of(group: Group, handle: str) -> Membership | None:
    """For moderators, who see all members of their group."""
    return db.session.execute(
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.group_id == group.id, Person.handle == handle.lower())
    ).scalar_one_or_none()


def own_request(actor: Actor, group: Group) -> JoinRequest | None:
    return db.session.get(JoinRequest, (group.id, actor.person_id)) if actor.signed_in else None


def requests_of(group: Group) -> list[JoinRequest]:
    """Who asks to join, whoever has waited longest first."""
    return list(
        db.session.scalars(
            select(JoinRequest)
            .where(JoinRequest.group_id == group.id)
            .options(joinedload(JoinRequest.person))
            .order_by(JoinRequest.asked_at)
            .limit(100)
        ).unique()
    )


def request_of(group_id: int, handle: str) -> JoinRequest | None:
    return db.session.execute(
        select(JoinRequest)
        .join(JoinRequest.person)
        .options(contains_eager(JoinRequest.person))
        .where(JoinRequest.group_id == group_id, Person.handle == handle.lower())
    ).scalar_one_or_none()


def count_requests(group_ids: Sequence[int], most: int = 999) -> int:
    """How many ask to join any of the groups; counting stops at `most`."""
    some = select(JoinRequest.person_id).where(JoinRequest.group_id.in_(group_ids)).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def recorded_accesses(group: Group) -> list[RecordedAccess]:
    """Which administrators have read the group by a recorded act, newest first, for its members."""
    return list(
        db.session.scalars(
            select(RecordedAccess)
            .where(RecordedAccess.group_id == group.id)
            .options(joinedload(RecordedAccess.person))
            .order_by(RecordedAccess.began_at.desc())
            .limit(RECORDED_ACCESSES_SHOWN)
        ).unique()
    )


def standing_accesses(actor: Actor) -> list[RecordedAccess]:
    """What the administrator may read for the moment."""
    return list(
        db.session.scalars(
            select(RecordedAccess)
            .where(RecordedAccess.person_id == actor.person_id, RecordedAccess.until > clock.now())
            .options(joinedload(RecordedAccess.group))
            .order_by(RecordedAccess.until)
        )
    )


def facilitator_count(group: Group) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(Membership.group_id == group.id, Membership.role != MEMBER)
        )
        or 0
    )
