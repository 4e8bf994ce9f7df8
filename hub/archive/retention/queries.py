"""Reads of holds, schedules and what is due."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from hub.archive.approvals.models import WAITING, Approval
from hub.archive.models import ArchivedPost, Collection
from hub.archive.queries import Row, rows_of
from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible

from .choosing import Chosen
from .disposal_models import TO_DO, Disposal, DisposalPost
from .due import Use, due_posts
from .holds import is_held
from .models import SOME_POSTS, Hold, HoldPost
from .reading import ACTION, AUTHORITY, PERIOD, REFERENCE, TITLE, TRIGGER
from .schedule_models import CollectionClass, Schedule, ScheduleEntry

# Posts that a page lets somebody tick.
MOST_NAMED = 200


def holds_of(actor: Actor, collection: Collection) -> Sequence[Hold]:
    """Holds of a collection: those in force first, then the newest."""
    return db.session.scalars(
        select(Hold)
        .where(Hold.collection_id == collection.id, visible(Hold, actor))
        .order_by(Hold.released_at.is_not(None), Hold.placed_at.desc(), Hold.id.desc())
        .options(joinedload(Hold.placed_by), joinedload(Hold.released_by))
    ).all()


def posts_held(actor: Actor, hold: Hold, cursor: str | None) -> Page[Row]:
    """The posts that a hold names, newest first; none for one on a whole collection."""
    named = select(HoldPost.post_id).where(HoldPost.hold_id == hold.id)
    statement = (
        select(ArchivedPost)
        .where(ArchivedPost.id.in_(named), visible(ArchivedPost, actor))
        .options(joinedload(ArchivedPost.account))
    )
    if hold.covers != SOME_POSTS:
        return Page([], None)
    found = page(
        statement,
        (ArchivedPost.sort_at, ArchivedPost.token),
        lambda post: (post.sort_at, post.token),
        cursor,
    )
    return Page(rows_of(found.rows), found.older)


def how_many(chosen: Chosen) -> int:
    return db.session.scalar(select(func.count()).select_from(chosen.ids.subquery())) or 0


FIELD_WORDS = {
    REFERENCE: _l("Reference"),
    TITLE: _l("What it is about"),
    TRIGGER: _l("What starts the time"),
    PERIOD: _l("How long"),
    ACTION: _l("What then"),
    AUTHORITY: _l("Authority"),
}


def schedules_of(actor: Actor, collection: Collection) -> Sequence[Schedule]:
    """The schedules of a collection: current ones first, by name, then the versions before."""
    return db.session.scalars(
        select(Schedule)
        .where(Schedule.collection_id == collection.id, visible(Schedule, actor))
        .order_by(Schedule.superseded_at.is_not(None), Schedule.name, Schedule.loaded_at.desc())
    ).all()


def entries_of(schedule: Schedule, sought: str, cursor: str | None) -> Page[ScheduleEntry]:
    """A schedule's entries in its order; with all the words that are sought in what they say."""
    statement = select(ScheduleEntry).where(ScheduleEntry.schedule_id == schedule.id)
    for word in sought.split()[:6]:
        said = (ScheduleEntry.reference, ScheduleEntry.title, ScheduleEntry.section)
        statement = statement.where(or_(*(column.icontains(word, autoescape=True) for column in said)))
    keys = (ScheduleEntry.position, ScheduleEntry.reference)
    return page(statement, keys, lambda one: (one.position, one.reference), cursor, size=100, ascending=True)


def default_class(collection: Collection) -> CollectionClass | None:
    return db.session.get(CollectionClass, collection.id)


def posts_due(actor: Actor, collection: Collection, use: Use, cursor: str | None) -> Page[Row]:
    """What is due of a class, newest first."""
    statement = due_posts(collection, use).where(visible(ArchivedPost, actor))
    found = page(
        statement.options(joinedload(ArchivedPost.account)),
        (ArchivedPost.sort_at, ArchivedPost.token),
        lambda post: (post.sort_at, post.token),
        cursor,
    )
    return Page(rows_of(found.rows), found.older)


def held_among(rows: Sequence[Row]) -> set[int]:
    """The ids of those posts of a page that are on hold."""
    ids = [row.post.id for row in rows]
    return set(db.session.scalars(select(ArchivedPost.id).where(ArchivedPost.id.in_(ids), is_held())))


def proposed_among(rows: Sequence[Row]) -> set[int]:
    """The ids of those posts of a page whose disposal or transfer is asked for, or under way."""
    open_ones = or_(
        Approval.state == WAITING, Disposal.approved_at.is_not(None), Disposal.transferred_to != ""
    )
    return set(
        db.session.scalars(
            select(DisposalPost.post_id)
            .join(Disposal, Disposal.id == DisposalPost.disposal_id)
            .outerjoin(Approval, Approval.id == Disposal.approval_id)
            .where(
                DisposalPost.post_id.in_([row.post.id for row in rows]),
                DisposalPost.state == TO_DO,
                Disposal.finished_at.is_(None),
                Disposal.given_up_at.is_(None),
                open_ones,
            )
        )
    )


def of_due(collection: Collection, use: Use, tokens: Sequence[str] | None) -> Chosen:
    """Those of what is due that are named by their tokens; None: all of it."""
    ids = due_posts(collection, use).with_only_columns(ArchivedPost.id)
    if tokens is not None:
        ids = ids.where(ArchivedPost.token.in_(tokens[:MOST_NAMED]))
    return Chosen(ids, _("due under %(reference)s", reference=use.entry.reference))


def how_many_held(chosen: Chosen) -> int:
    return how_many(Chosen(chosen.ids.where(is_held()), chosen.words))


def disposals_of(actor: Actor, collection: Collection) -> Sequence[Disposal]:
    """Disposals and erasures of a collection, the newest first."""
    return db.session.scalars(
        select(Disposal)
        .where(Disposal.collection_id == collection.id, visible(Disposal, actor))
        .order_by(Disposal.asked_at.desc(), Disposal.id.desc())
        .options(joinedload(Disposal.approval))
        .limit(200)
    ).all()
