"""Reads of guidance: eager, paged, visible to the actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.accounts.models import Person
from hub.content.models import Item, Link, Post, Revision, Topic
from hub.core.database import db
from hub.core.desk import MOST_COUNTED
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible
from hub.groups.models import Group, Membership

from .models import BECAME, NEEDS_REVIEW, PUBLISHED, SOURCE, SUPERSEDED, Credit, Filing, Guidance

# What a list can be narrowed to; the first is what it shows unasked.
CURRENT, DUE, DRAFTS, REPLACED = "current", "due", "drafts", "superseded"
LISTS = (CURRENT, DUE, DRAFTS, REPLACED)

# A page that more people wrote than are named on one would be a list of names.
MOST_WRITERS = 200


def _listed(which: str, today: date) -> ColumnElement[bool]:
    if which == DUE:
        return or_(Item.state == NEEDS_REVIEW, (Item.state == PUBLISHED) & (Guidance.review_by < today))
    if which == DRAFTS:
        return Item.published_at.is_(None)
    if which == REPLACED:
        return Item.state == SUPERSEDED
    return Item.published_at.is_not(None) & (Item.state != SUPERSEDED)


def _pages(actor: Actor) -> Select[tuple[Guidance]]:
    """Pages that the actor sees, with item and group."""
    return (
        select(Guidance)
        .join(Guidance.item)
        .join(Item.group)
        .options(
            contains_eager(Guidance.item).contains_eager(Item.group),
            contains_eager(Guidance.item).selectinload(Item.topics),
        )
        .where(visible(Item, actor))
    )


def pages(
    actor: Actor,
    which: str,
    today: date,
    *,
    group: Group | None = None,
    topic: Topic | None = None,
    cursor: str | None = None,
) -> Page[Guidance]:
    """A page of the list, what was published or checked last first."""
    statement = _pages(actor).where(_listed(which, today), Item.withdrawn_at.is_(None))
    if group is not None:
        statement = statement.where(Item.group_id == group.id)
    if topic is not None:
        statement = statement.where(Item.topics.any(Topic.id == topic.id))
    return page(
        statement,
        (Item.last_activity_at, Group.slug, Item.number),
        lambda row: (row.item.last_activity_at, row.item.group.slug, row.item.number),
        cursor,
    )


def page_of(item: Item) -> Guidance:
    """The page of an item that was loaded and seen."""
    return db.session.scalars(
        select(Guidance)
        .where(Guidance.item_id == item.id)
        .options(joinedload(Guidance.item), joinedload(Guidance.owner))
    ).one()


@dataclass(frozen=True)
class Told:
    """What a page tells beside its text. sources: (title, address); grew_from: links to items that the actor
    sees; credits: of whom the actor may know; writers: bylines, the first writer first."""

    sources: Sequence[dict[str, str]]
    grew_from: Sequence[Item]
    credits: Sequence[Credit]
    writers: Sequence[dict[str, str]]
    replaced_by: Item | None


def told(actor: Actor, held: Guidance, post: Post) -> Told:
    """Four queries, however long the page's history."""
    filing = db.session.scalar(
        select(Filing.sources)
        .join(Revision, Revision.id == Filing.revision_id)
        .where(Revision.post_id == post.id, Revision.number == post.revision_number)
    )
    around = db.session.scalars(
        select(Item)
        .where(
            visible(Item, actor),
            or_(
                Item.id == held.superseded_by_id,
                Item.id.in_(
                    select(Link.from_item_id).where(
                        Link.to_item_id == held.item_id, Link.kind.in_((BECAME, SOURCE))
                    )
                ),
            ),
        )
        .order_by(Item.id)
    ).all()
    grew_from = [item for item in around if item.id != held.superseded_by_id]
    credited = db.session.scalars(
        select(Credit).where(Credit.item_id == held.item_id).order_by(Credit.part, Credit.handle)
    ).all()
    asked_openly = any(item.kind == "question" for item in grew_from)
    return Told(
        sources=filing or [],
        grew_from=grew_from,
        # Who asked is told to those who can read the question; who wrote the words, to all who read them.
        credits=[credit for credit in credited if credit.part != "asked" or asked_openly],
        writers=_writers(post, {credit.handle for credit in credited}),
        replaced_by=next((item for item in around if item.id == held.superseded_by_id), None),
    )


def _writers(post: Post, named: set[str]) -> list[dict[str, str]]:
    """Whoever wrote a revision that went into what is shown, once, as they were at their last."""
    rows = db.session.scalars(
        select(Revision.byline)
        .where(Revision.post_id == post.id, Revision.number <= post.revision_number)
        .order_by(Revision.number)
        .limit(MOST_WRITERS)
    )
    return list({line["handle"]: line for line in rows if line.get("handle") not in {None, *named}}.values())


def history(item: Item, before: int | None = None, size: int = 50) -> Sequence[Revision]:
    """Revisions, the newest first, without their texts' HTML."""
    statement = (
        select(Revision)
        .join(Post, Post.id == Revision.post_id)
        .where(Post.item_id == item.id, Post.position == 1)
        .order_by(Revision.number.desc())
        .limit(size)
    )
    return db.session.scalars(
        statement if before is None else statement.where(Revision.number < before)
    ).all()


def possible_owners(item: Item) -> Sequence[Person]:
    """Members of the page's group, by name."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == item.group_id, Person.active)
        .order_by(Person.name, Person.id)
    ).all()


def successors(actor: Actor, item: Item) -> Sequence[Item]:
    """Published pages of the same group that could take this one's place, by title."""
    return db.session.scalars(
        select(Item)
        .where(
            visible(Item, actor),
            Item.group_id == item.group_id,
            Item.kind == item.kind,
            Item.id != item.id,
            Item.state.in_((PUBLISHED, NEEDS_REVIEW)),
            Item.withdrawn_at.is_(None),
        )
        .order_by(Item.title, Item.number)
        .limit(200)
    ).all()


def became(actor: Actor, item: Item) -> Sequence[Item]:
    """Guidance that grew from an item, as far as the actor sees it."""
    return db.session.scalars(
        select(Item)
        .join(Link, Link.to_item_id == Item.id)
        .where(visible(Item, actor), Link.from_item_id == item.id, Link.kind.in_((BECAME, SOURCE)))
        .order_by(Item.id)
    ).all()


def _at_the_desk(actor: Actor, group_ids: Sequence[int], *which: Any) -> Select[tuple[Guidance]]:
    return _pages(actor).where(
        Item.group_id.in_([group_id for group_id in group_ids if actor.moderates(group_id)]),
        Item.withdrawn_at.is_(None),
        *which,
    )


def asked_for_review(actor: Actor, group_ids: Sequence[int]) -> Select[tuple[Guidance]]:
    """What somebody asked to have published, the oldest first."""
    return _at_the_desk(actor, group_ids, Guidance.asked_number.is_not(None)).order_by(
        Guidance.asked_at, Guidance.item_id
    )


def due_for_check(actor: Actor, group_ids: Sequence[int], today: date) -> Select[tuple[Guidance]]:
    """Published pages that are to be looked at again, the longest overdue first."""
    return _at_the_desk(
        actor,
        group_ids,
        or_(
            Item.state == NEEDS_REVIEW,
            (Item.state == PUBLISHED) & (Guidance.review_by <= today),
        ),
    ).order_by(Guidance.review_by, Guidance.item_id)


def how_many(statement: Select[Any]) -> int:
    """How many rows a statement of pages gives, as far as anybody counts."""
    ids = statement.with_only_columns(Guidance.item_id).order_by(None).limit(MOST_COUNTED)
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
