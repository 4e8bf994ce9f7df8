"""Reads of hand-overs, and of the posts that are to be handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.archive.models import ArchivedPost, Collection
from hub.archive.queries import Row, rows_of
from hub.core.database import db
from hub.core.paging import Page, page
from hub.core.policy import Actor, visible

from . import choosing
from .models import HandOver

# A collection is handed over some times a year.
SHOWN = 50

# Posts that can be ticked on one page.
LISTED = 50


def hand_overs_of(actor: Actor, collection: Collection) -> Sequence[HandOver]:
    """The latest first."""
    return db.session.scalars(
        select(HandOver)
        .where(HandOver.collection_id == collection.id, visible(HandOver, actor))
        .options(joinedload(HandOver.person))
        .order_by(HandOver.asked_at.desc(), HandOver.id.desc())
        .limit(SHOWN)
    ).all()


def posts_to_choose(actor: Actor, collection: Collection, scope: dict[str, Any]) -> list[Row]:
    """The newest posts of a choice, to be ticked one by one."""
    statement = select(ArchivedPost).where(choosing.wanted(actor, collection, scope))
    statement = statement.order_by(ArchivedPost.sort_at.desc(), ArchivedPost.token.desc()).limit(LISTED)
    return rows_of(db.session.scalars(statement.options(joinedload(ArchivedPost.account))).all())


def posts_in(actor: Actor, made: HandOver, cursor: str | None = None) -> Page[ArchivedPost]:
    """The posts of a hand-over in the order in which a paper tells of them."""
    statement = select(ArchivedPost).where(choosing.wanted(actor, made.collection, made.scope))
    return page(
        statement.options(joinedload(ArchivedPost.account)),
        (ArchivedPost.sort_at, ArchivedPost.token),
        lambda post: (post.sort_at, post.token),
        cursor,
        ascending=True,
    )
