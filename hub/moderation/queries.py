"""What waits for a moderator, and what was decided: visible to the actor, oldest first, bounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.archive.models import ArchivedPost, Collection
from hub.content.models import QUESTION, Item, Post
from hub.core.database import db
from hub.core.desk import MOST_COUNTED, ROWS
from hub.core.policy import Actor, visible
from hub.examples.models import Example, ExamplePost
from hub.groups.models import Group

from .models import Report
from .rules import waits


@dataclass(frozen=True)
class Reported:
    """The first report about an address, and how many there are."""

    report: Report
    number: int


def waiting_reports(actor: Actor, group_ids: Sequence[int], limit: int = ROWS) -> list[Reported]:
    """One row for each address that was reported and not decided about, the oldest first."""
    of_one = (
        select(func.min(Report.id).label("first"), func.count().label("number"))
        .where(waits(actor, list(group_ids)))
        .group_by(Report.about, Report.group_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Report, of_one.c.number)
        .join(of_one, of_one.c.first == Report.id)
        .options(joinedload(Report.example).joinedload(Example.post).joinedload(Post.item))
        .order_by(Report.created_at, Report.id)
        .limit(limit)
    )
    return [Reported(report, number) for report, number in rows]


def count_reports(actor: Actor, group_ids: Sequence[int]) -> int:
    addresses = (
        select(Report.about)
        .where(waits(actor, list(group_ids)))
        .group_by(Report.about, Report.group_id)
        .limit(MOST_COUNTED)
    )
    return db.session.scalar(select(func.count()).select_from(addresses.subquery())) or 0


def all_about(actor: Actor, report: Report) -> Sequence[Report]:
    """Every report of the same address that waits, or was settled with this one; oldest first."""
    same_time = Report.decided_at.is_not_distinct_from(report.decided_at)
    return db.session.scalars(
        select(Report)
        .where(
            visible(Report, actor),
            Report.about == report.about,
            Report.group_id.is_not_distinct_from(report.group_id),
            same_time,
        )
        .order_by(Report.created_at, Report.id)
        .limit(ROWS)
    ).all()


def takedowns_of(actor: Actor, collection: Collection) -> Sequence[Report]:
    """Requests to take examples of a collection's posts down that nobody has decided, the oldest first."""
    shown = (
        select(ExamplePost.example_id)
        .join(ArchivedPost, ArchivedPost.id == ExamplePost.archived_post_id)
        .where(ArchivedPost.collection_id == collection.id)
    )
    return db.session.scalars(
        select(Report)
        .where(visible(Report, actor), Report.takedown != "", Report.decided_at.is_(None))
        .where(Report.example_id.in_(shown))
        .order_by(Report.created_at, Report.id)
        .limit(ROWS)
    ).all()


def decided_before(example: Example) -> bool:
    """Whether somebody has decided about an earlier request to take the example down."""
    asked = select(Report.id).where(
        Report.example_id == example.id, Report.takedown != "", Report.decided_at.is_not(None)
    )
    return db.session.scalar(asked.limit(1)) is not None


def unanswered(actor: Actor, group_ids: Sequence[int], before: datetime) -> Select[tuple[Item]]:
    """Questions that nobody answered, asked before a moment."""
    return (
        select(Item)
        .join(Item.group)
        .options(contains_eager(Item.group))
        .where(
            visible(Item, actor),
            Item.group_id.in_(list(group_ids)),
            Item.kind == QUESTION,
            Item.reply_count == 0,
            Item.closed_at.is_(None),
            Item.withdrawn_at.is_(None),
            Item.published_at < before,
        )
    )


def groups_at_the_desk(actor: Actor) -> Sequence[Group]:
    """The groups that the actor moderates, by name."""
    return db.session.scalars(
        select(Group)
        .where(visible(Group, actor), Group.id.in_(actor.moderated_groups))
        .order_by(Group.name, Group.id)
    ).all()
