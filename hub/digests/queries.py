"""Reads: digests that were sent, a group's notes, and what the next digest of a member would say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from hub.accounts.models import Person
from hub.content.models import Activity
from hub.core import clock
from hub.core.database import db
from hub.core.mail import SENT, UNCERTAIN, Mail
from hub.core.policy import Actor
from hub.groups.models import Group, Membership
from hub.subscriptions.actions import newest_number
from hub.subscriptions.models import Subscriber

from .entries import Edition, Section
from .gathering import gather
from .models import Digest, DigestNote, DigestPart
from .ranges import Range

# A group's page of notes shows the newest.
NOTES_SHOWN = 10
# Of members who may be meant this many are named, to choose one.
MEMBERS_NAMED = 6
# Digests are kept for a season: daily ones of all groups are fewer.
DIGESTS_SHOWN = 120


@cache
def _claimed() -> tuple[Select[tuple[Digest]], Select[tuple[DigestPart]], Select[tuple[Membership]]]:
    """A digest and whose it is, its parts, and the groups that they are in now. Made once, as everything that
    is asked for each message; `selectinload` makes its statements anew each time."""
    of_now = {"populate_existing": True}
    digest = (
        select(Digest)
        .where(Digest.id == bindparam("digest_id"))
        .options(joinedload(Digest.subscriber).joinedload(Subscriber.person).lazyload(Person.organisation))
    )
    parts = (
        select(DigestPart)
        .where(DigestPart.digest_id == bindparam("digest_id"))
        .order_by(DigestPart.subscription_id)
        .options(joinedload(DigestPart.subscription))
    )
    memberships = select(Membership).where(Membership.person_id == bindparam("person_id"))
    return (
        digest.execution_options(**of_now),
        parts.execution_options(**of_now),
        memberships.execution_options(**of_now),
    )


def digest_with(digest_id: int) -> Digest | None:
    """A digest that was claimed, with all that is needed to write it, as it is now."""
    digest_of, parts_of, memberships_of = _claimed()
    digest = db.session.scalar(digest_of, {"digest_id": digest_id})
    if digest is None:
        return None
    set_committed_value(digest, "parts", db.session.scalars(parts_of, {"digest_id": digest_id}).all())
    person = digest.subscriber.person
    if person is not None:
        memberships = db.session.scalars(memberships_of, {"person_id": person.id}).all()
        set_committed_value(person, "memberships", memberships)
    return digest


def _sent() -> Select[tuple[Digest]]:
    """Digests that went out, or may have, with whose they are."""
    return (
        select(Digest)
        .join(Mail, Mail.id == Digest.mail_id)
        .join(Digest.subscriber)
        .where(Mail.state.in_((SENT, UNCERTAIN)))
        .options(joinedload(Digest.subscriber).joinedload(Subscriber.person).selectinload(Person.memberships))
    )


def digests_of(person_id: int) -> Sequence[Digest]:
    """A person's own, newest first."""
    own = _sent().where(Subscriber.person_id == person_id)
    return db.session.scalars(own.order_by(Digest.due_on.desc(), Digest.id.desc()).limit(DIGESTS_SHOWN)).all()


def own_digest(person_id: int, token: str) -> Digest | None:
    return db.session.scalar(_sent().where(Subscriber.person_id == person_id, Digest.token == token))


def digest_by_link(subscriber_token: str, token: str) -> Digest | None:
    """As a mailed link names it: whoever has it is its recipient, while they may be mailed at all."""
    found = db.session.scalar(_sent().where(Subscriber.token == subscriber_token, Digest.token == token))
    return found if found is not None and found.subscriber.may_be_mailed else None


def section_at(edition: Edition, place: str) -> Section | None:
    return next((section for section in edition.sections if section.place == place), None)


def gone(digest: Digest, edition: Edition) -> int:
    """How much of what a digest told is not there any more for whoever looks at it now."""
    return len({number for entry in digest.entries for number in entry["numbers"]} - edition.covered)


def notes_of(group: Group) -> list[DigestNote]:
    """For moderators: the newest, with who wrote them."""
    newest = select(DigestNote).where(DigestNote.group_id == group.id).order_by(DigestNote.id.desc())
    return list(db.session.scalars(newest.limit(NOTES_SHOWN)))


def note_with(group: Group, token: str) -> DigestNote | None:
    return db.session.scalar(
        select(DigestNote).where(DigestNote.token == token, DigestNote.group_id == group.id)
    )


def members_called(group: Group, typed: str) -> Sequence[Person]:
    """Members that somebody may mean: the one with this handle, or the first few whose name or handle has
    what was typed in it."""
    members = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group.id, Person.active)
        .options(selectinload(Person.memberships))
    )
    of_this_handle = db.session.scalars(members.where(Person.handle == typed.lower())).all()
    if of_this_handle or not typed:
        return of_this_handle
    alike = or_(
        Person.name.icontains(typed, autoescape=True), Person.handle.icontains(typed, autoescape=True)
    )
    return db.session.scalars(
        members.where(alike).order_by(Person.name, Person.id).limit(MEMBERS_NAMED)
    ).all()


def preview(moderator: Actor, group: Group, member: Person, days: int) -> Edition:
    """What a digest of so many days would say of the group to a member, as far as the moderator sees it, too.
    It looks back by time alone, so that it tells nothing of what the member chose, or has been told."""
    since = clock.now() - timedelta(days=days)
    before = select(func.max(Activity.number)).where(Activity.happened_at < since)
    span = Range(db.session.scalar(before) or 0, newest_number(), group_id=group.id)
    return gather(replace(member.as_actor(), reads=frozenset()), [span], beside=moderator)
