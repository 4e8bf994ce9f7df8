"""What the worker does about holds."""

from __future__ import annotations

from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.happenings import record
from hub.archive.models import HELD, RELEASED, ArchivedPost
from hub.archive.rules import revealed
from hub.core.database import db, unit_of_work
from hub.core.jobs import heartbeat, job
from hub.core.policy import ANYBODY

from . import rules
from .models import SOME_POSTS, Hold, HoldPost

# Importing registers.
__all__ = ["rules", "tell_of_hold"]

PIECE = 500


@job("retention.tell_of_hold", long=True)
def tell_of_hold(hold_id: int) -> None:
    """Write into the history of each held post that it is held, and once it is released, that it is."""
    for kind in (HELD, RELEASED):
        while _tell_some(hold_id, kind):
            heartbeat()


def _tell_some(hold_id: int, kind: str) -> bool:
    """The next posts, with how far it got: begun again, nothing is told twice."""
    with unit_of_work():
        hold = db.session.get(Hold, hold_id)
        if hold is None or (kind == RELEASED and hold.in_force):
            return False
        told = hold.told_held if kind == HELD else hold.told_released
        posts = _posts(hold, told, told_of_it=hold.told_held if kind == RELEASED else None)
        by = hold.placed_by_id if kind == HELD else hold.released_by_id
        person = db.session.get(Person, by) if by else None
        actor = person.as_actor() if person else ANYBODY
        for post in posts:
            record(actor, post, kind, hold=hold.name)
        if posts:
            if kind == HELD:
                hold.told_held = posts[-1].id
            else:
                hold.told_released = posts[-1].id
        return len(posts) == PIECE


def _posts(hold: Hold, after: int, told_of_it: int | None) -> list[ArchivedPost]:
    """told_of_it: only posts whose history says that they were held end that they no longer are."""
    statement = (
        select(ArchivedPost)
        .where(
            ArchivedPost.collection_id == hold.collection_id,
            ArchivedPost.id > after,
            revealed(ArchivedPost.import_id),
        )
        .order_by(ArchivedPost.id)
        .limit(PIECE)
    )
    if told_of_it is not None:
        statement = statement.where(ArchivedPost.id <= told_of_it)
    if hold.covers == SOME_POSTS:
        named = select(HoldPost.post_id).where(HoldPost.hold_id == hold.id)
        statement = statement.where(ArchivedPost.id.in_(named))
    return list(db.session.scalars(statement))
