"""Reads of the spine: eager, paged, visible to the actor."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import contains_eager, selectinload

from hub.core.database import db
from hub.core.markup import may_quote
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible
from hub.groups.models import Group, Membership

from .models import Draft, Item, Post, ReadMark, Revision, StoredFile, Topic, Vote, Watch, group_topic
from .rules import shows_post_of


def item_statement(actor: Actor) -> Select[tuple[Item]]:
    """One item by its address, if the actor sees it, with its group. To be given `kind`, `slug`, `number`."""
    statement: Select[tuple[Item]] = actor.once(
        item_statement,
        lambda: (
            select(Item)
            .join(Item.group)
            .options(contains_eager(Item.group))
            .where(
                visible(Item, actor),
                Group.slug == bindparam("slug"),
                Item.kind == bindparam("kind"),
                Item.number == bindparam("number"),
            )
        ),
    )
    return statement


def items(
    actor: Actor,
    kind: str | None = None,
    *criteria: ColumnElement[bool],
    group: Group | None = None,
    topic: Topic | None = None,
    cursor: str | None = None,
    size: int = 30,
) -> Page[Item]:
    """A page of items that the actor sees, the latest activity first; with groups and topics."""
    statement = (
        select(Item)
        .join(Item.group)
        .options(contains_eager(Item.group), selectinload(Item.topics))
        .where(visible(Item, actor), *criteria)
    )
    if kind:
        statement = statement.where(Item.kind == kind)
    if group is not None:
        statement = statement.where(Item.group_id == group.id)
    if topic is not None:
        statement = statement.where(Item.topics.any(Topic.id == topic.id))
    return page(
        statement,
        (Item.last_activity_at, Group.slug, Item.number),
        lambda item: (item.last_activity_at, item.group.slug, item.number),
        cursor,
        size,
    )


def unread(actor: Actor, shown: Sequence[Item]) -> set[int]:
    """Ids of those items that have posts which the actor, a member, has not read. Older talk than their
    membership is not unread to them."""
    if actor.person_id is None or not shown:
        return set()
    found = db.session.scalars(
        select(Item.id)
        .join(
            Membership,
            and_(Membership.group_id == Item.group_id, Membership.person_id == actor.person_id),
        )
        .outerjoin(ReadMark, and_(ReadMark.item_id == Item.id, ReadMark.person_id == actor.person_id))
        .where(
            Item.id.in_([item.id for item in shown]),
            or_(
                and_(ReadMark.position.is_(None), Item.last_activity_at > Membership.joined_at),
                ReadMark.position < Item.last_position,
            ),
        )
    )
    return set(found)


def topics_of(actor: Actor, group: Group | None = None) -> Sequence[Topic]:
    """The topics of a group, or all that the actor sees, by name."""
    statement = select(Topic).where(visible(Topic, actor)).order_by(Topic.name)
    if group is not None:
        statement = statement.join(group_topic).where(group_topic.c.group_id == group.id)
    return db.session.scalars(statement).all()


def posts_between(actor: Actor, item: Item, first: int, last: int) -> Sequence[Any]:
    """Rows of posts at these positions (both included) that the actor sees, without the item. One query,
    whose cost depends on the page's size and not on where in the item it lies."""
    return db.session.execute(
        select(*POST_COLUMNS)
        .where(Post.item_id == item.id, Post.position.between(first, last), shows_post_of(actor, item))
        .order_by(Post.position)
    ).all()


POST_COLUMNS = (
    Post.id,
    Post.position,
    Post.kind,
    Post.parent_id,
    Post.author_id,
    Post.byline,
    Post.html,
    Post.created_at,
    Post.edited_at,
    Post.withdrawn_at,
    Post.score,
    Post.revision_number,
    Post.file_count,
)


def post_statement(actor: Actor, item: Item, position: int) -> Select[tuple[Post]]:
    """One post of an item that was loaded, if the actor sees it."""
    return select(Post).where(
        Post.item_id == item.id, Post.position == position, shows_post_of(actor, item), visible(Post, actor)
    )


def opening_post(item: Item) -> Post:
    """The first post of an item that the caller was shown to see."""
    return db.session.scalars(select(Post).where(Post.item_id == item.id, Post.position == 1)).one()


def revisions(post: Post) -> Sequence[Revision]:
    """Every text of a post, the first first, with the files that it had."""
    return db.session.scalars(
        select(Revision)
        .where(Revision.post_id == post.id)
        .options(selectinload(Revision.files))
        .order_by(Revision.number)
    ).all()


def withdrawn_positions(item: Item) -> set[int]:
    """The positions of the item whose posts are out of sight."""
    out = select(Post.position).where(Post.item_id == item.id, Post.withdrawn_at.is_not(None))
    return set(db.session.scalars(out))


def quote_withdrawn(item: Item, texts: Sequence[Revision]) -> bool:
    """Whether any of these texts may quote a post that is out of sight."""
    named: set[int] = set().union(*(may_quote(text.source) for text in texts))
    return bool(named and named & withdrawn_positions(item))


@dataclass
class Reader:
    """What one signed-in person has to do with an item and the posts on a page of it."""

    votes: set[int] = field(default_factory=set)
    read_up_to: int = 0
    watches: bool = False
    has_draft: bool = False


# Built once: the statement costs more than the question.
_OF_A_READER = union_all(
    select(literal("vote"), Vote.post_id).where(
        Vote.person_id == bindparam("person"), Vote.post_id.in_(bindparam("posts", expanding=True))
    ),
    select(literal("read"), ReadMark.position).where(
        ReadMark.person_id == bindparam("person"), ReadMark.item_id == bindparam("item")
    ),
    select(literal("watch"), literal(1)).where(
        Watch.person_id == bindparam("person"), Watch.item_id == bindparam("item")
    ),
    select(literal("draft"), literal(1)).where(
        Draft.person_id == bindparam("person"), Draft.place == bindparam("place")
    ),
    select(literal("draft"), StoredFile.id).where(
        StoredFile.person_id == bindparam("person"),
        StoredFile.place == bindparam("place"),
        StoredFile.item_id.is_(None),
        bindparam("place") != "",
    ),
)


def reader(actor: Actor, item: Item, post_ids: Collection[int], place: str = "") -> Reader:
    """One query, whatever the number of posts; none for somebody who is not signed in.

    place: where they may have kept a draft.
    """
    found = Reader()
    if actor.person_id is None:
        return found
    given = {"person": actor.person_id, "item": item.id, "posts": list(post_ids), "place": place}
    rows = db.session.execute(_OF_A_READER, given)
    for what, value in rows:
        if what == "vote":
            found.votes.add(value)
        elif what == "read":
            found.read_up_to = value
        elif what == "draft":
            found.has_draft = True
        else:
            found.watches = True
    return found


def draft_at(actor: Actor, place: str) -> Draft | None:
    """What the actor began to write at a place and has not sent."""
    if actor.person_id is None:
        return None
    return db.session.scalar(select(Draft).where(Draft.person_id == actor.person_id, Draft.place == place))
