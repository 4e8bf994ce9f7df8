"""What the front page shows: always through `visible`, and a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, and_, case, or_, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Person
from hub.archive.models import DELETED, ArchiveEvent
from hub.archive.rules import event_counts
from hub.content.models import GUIDANCE, QUESTION, Item, Post, ReadMark
from hub.core import clock
from hub.core.database import db
from hub.core.desk import queues
from hub.core.policy import Actor, visible
from hub.examples.models import Example, ExamplePost
from hub.groups.models import Group, Membership

# A column of the front page is read at a glance; the list behind it has the rest.
IN_A_COLUMN = 4
# As many groups as one chooses from by eye; the page of groups has the rest.
ON_THE_FRONT = 12
# Of so many examples the most telling is shown.
LATELY = 20
# Enough to see what somebody knows about; the search has the rest.
ON_A_PERSONS_PAGE = 8
# What is new is what came in while one may have been on leave; older things are found, not announced.
NEWS = timedelta(days=30)


def shown(actor: Actor, kind: str | None = None) -> Select[tuple[Item]]:
    """Items that are published and not withdrawn, of those the actor sees, the latest activity first."""
    statement = select(Item).where(visible(Item, actor), Item.is_out).order_by(Item.last_activity_at.desc())
    return statement if kind is None else statement.where(Item.kind == kind)


def waiting_questions(actor: Actor, limit: int = IN_A_COLUMN) -> Sequence[Item]:
    """Questions that nobody has answered."""
    statement = shown(actor, QUESTION).where(Item.reply_count == 0, Item.closed_at.is_(None))
    return db.session.scalars(statement.limit(limit)).all()


def recent_guidance(actor: Actor, limit: int = IN_A_COLUMN) -> Sequence[Item]:
    """Guidance that is new or was checked lately; what has been superseded is not offered."""
    statement = shown(actor, GUIDANCE).where(Item.state.in_(("published", "needs_review")))
    return db.session.scalars(statement.limit(limit)).all()


def latest_in(actor: Actor, group: Group, kind: str, limit: int = IN_A_COLUMN) -> Sequence[Item]:
    """The items of a kind in a group with the latest activity, of those the actor sees."""
    return db.session.scalars(shown(actor, kind).where(Item.group_id == group.id).limit(limit)).all()


def started_by(actor: Actor, person: Person, limit: int = ON_A_PERSONS_PAGE) -> Sequence[Item]:
    """What the person started, of what the actor sees."""
    return db.session.scalars(shown(actor).where(Item.author_id == person.id).limit(limit)).all()


def joined_by(actor: Actor, person: Person, limit: int = ON_A_PERSONS_PAGE) -> Sequence[Item]:
    """What others started and the person answered, commented or replied to, of what the actor sees."""
    theirs = select(Post.id).where(
        Post.item_id == Item.id, Post.author_id == person.id, Post.withdrawn_at.is_(None)
    )
    others = Item.author_id.is_distinct_from(person.id)
    return db.session.scalars(shown(actor).where(others, theirs.exists()).limit(limit)).all()


def worked_example(actor: Actor) -> Example | None:
    """An example attached lately, of those the actor sees: one that was deleted on the platform if there is
    any, since it shows best what the hub is for. With where it stands."""
    lately = (
        select(Example.id)
        .where(visible(Example, actor), Example.withdrawn_at.is_(None))
        .order_by(Example.attached_at.desc())
        .limit(LATELY)
    )
    deleted = (
        select(ArchiveEvent.id)
        .join(ExamplePost, ExamplePost.archived_post_id == ArchiveEvent.post_id)
        .where(ExamplePost.example_id == Example.id, ArchiveEvent.kind == DELETED)
        .where(event_counts())
        .correlate(Example)
    )
    # Chosen first and read afterwards: in one statement, databases read all posts to choose one.
    most_telling = (
        select(Example.id)
        .where(Example.id.in_(lately))
        .order_by(case((deleted.exists(), 0), else_=1), Example.attached_at.desc())
        .limit(1)
    )
    example_id = db.session.scalar(most_telling)
    if example_id is None:
        return None
    return db.session.get(Example, example_id, options=(joinedload(Example.post).joinedload(Post.item),))


def groups_to_enter(actor: Actor, limit: int = ON_THE_FRONT) -> Sequence[Group]:
    """The groups that the actor sees, the largest first."""
    statement = select(Group).where(visible(Group, actor))
    return db.session.scalars(statement.order_by(Group.member_count.desc(), Group.slug).limit(limit)).all()


def groups_to_ask_in(actor: Actor) -> Sequence[Group]:
    """The groups whose member the actor is, by name."""
    statement = select(Group).where(visible(Group, actor), Group.id.in_(actor.roles))
    return db.session.scalars(statement.order_by(Group.name)).all()


def unread_items(actor: Actor, limit: int = 2 * IN_A_COLUMN) -> Sequence[Item]:
    """What the person has not read to its end in their groups, of the last weeks and since they joined."""
    theirs = and_(Membership.group_id == Item.group_id, Membership.person_id == actor.person_id)
    mark = and_(ReadMark.item_id == Item.id, ReadMark.person_id == actor.person_id)
    never_opened = and_(ReadMark.position.is_(None), Item.last_activity_at > Membership.joined_at)
    statement = (
        shown(actor)
        .join(Membership, theirs)
        .outerjoin(ReadMark, mark)
        .where(
            Item.last_activity_at > clock.now() - NEWS,
            or_(never_opened, ReadMark.position < Item.last_position),
        )
    )
    return db.session.scalars(statement.limit(limit)).all()


def answered_questions(actor: Actor, limit: int = IN_A_COLUMN) -> Sequence[Item]:
    """Questions of the person's own that have answers, none of which they have accepted yet."""
    statement = shown(actor, QUESTION).where(
        Item.author_id == actor.person_id, Item.state == "open", Item.reply_count > 0
    )
    return db.session.scalars(statement.limit(limit)).all()


@dataclass(frozen=True)
class Waiting:
    """How much of one kind waits for a moderator."""

    key: str
    name: str
    number: int


def on_the_desk(actor: Actor) -> list[Waiting]:
    """What waits for the person as a moderator: only queues that hold something."""
    groups = actor.moderated_groups
    if not groups:
        return []
    counted = [Waiting(queue.key, str(queue.name), queue.count(actor, groups)) for queue in queues()]
    return [waiting for waiting in counted if waiting.number]
