"""Reads of holds: those of a collection, and those on a post."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from hub.archive.models import ArchivedPost, Collection
from hub.archive.queries import Row, rows_of
from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible

from .choosing import Chosen
from .models import SOME_POSTS, Hold, HoldPost


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
