"""Holds: placed, released, and asked for by everything that deletes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, insert, literal, or_, select

from hub.archive.models import ArchivedPost, Collection, Import
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.jobs import enqueue
from hub.core.policy import Actor

from .choosing import Chosen
from .guard import asked
from .models import SOME_POSTS, THE_COLLECTION, Hold, HoldPost

LONGEST_REASON = 1_000
# Posts asked about in one statement.
AT_ONCE = 500


class Held(Refused):
    """What was to be deleted is held. `holds` says by what."""

    def __init__(self, holds: Sequence[Hold]) -> None:
        self.holds = holds
        names = ", ".join(f"“{hold.name}”" for hold in holds)
        super().__init__(
            _(
                "This is on hold (%(names)s), so nothing of it may be deleted. Nothing was changed. The hold"
                " has to be released first.",
                names=names,
            )
        )


def place(actor: Actor, collection: Collection, name: str, reason: str, posts: Chosen | None) -> Hold:
    """From now on nothing of it is deleted. posts: as they are now; None: the whole collection, and whatever
    comes in later. Raises Refused."""
    name, reason = name.strip(), reason.strip()[:LONGEST_REASON]
    if not name or not reason:
        raise Refused(_("A hold needs a name and a reason. Nothing was changed."))
    _one_at_a_time(Collection.id == collection.id)
    hold = Hold(
        collection=collection,
        name=name,
        reason=reason,
        covers=THE_COLLECTION if posts is None else SOME_POSTS,
        chosen=posts.words if posts is not None else "",
        placed_by_id=actor.person_id,
    )
    db.session.add(hold)
    db.session.flush()
    if posts is not None:
        ids = posts.ids.with_only_columns(literal(hold.id), ArchivedPost.id).order_by(None)
        db.session.execute(insert(HoldPost).from_select(["hold_id", "post_id"], ids))
        counted = select(func.count()).select_from(HoldPost).where(HoldPost.hold_id == hold.id)
        hold.number = db.session.scalar(counted)
        if not hold.number:
            raise Refused(_("There are no posts to put on hold. Nothing was changed."))
    audit.record(actor, "hold.place", hold, reason=reason, name=name, posts=hold.number or None)
    _tell_histories(hold)
    return hold


def release(actor: Actor, hold: Hold, reason: str) -> None:
    """It stops nothing any more. Other holds may still."""
    reason = reason.strip()[:LONGEST_REASON]
    if not hold.in_force:
        raise Refused(_("This hold has been released already."))
    if not reason:
        raise Refused(_("Say why the hold is released. Nothing was changed."))
    hold.released_at, hold.released_by_id, hold.release_reason = clock.now(), actor.person_id, reason
    db.session.flush()
    audit.record(actor, "hold.release", hold, reason=reason, name=hold.name)
    _tell_histories(hold)


def _tell_histories(hold: Hold) -> None:
    """Written into each post's history by the worker: a collection may hold hundreds of thousands."""
    enqueue("retention.tell_of_hold", serial=f"hold:{hold.id}", hold_id=hold.id)


def is_held() -> ColumnElement[bool]:
    """The condition under which an ArchivedPost is held."""
    whole = select(Hold.collection_id).where(Hold.released_at.is_(None), Hold.covers == THE_COLLECTION)
    named = (
        select(HoldPost.post_id)
        .join(Hold, Hold.id == HoldPost.hold_id)
        .where(Hold.released_at.is_(None), Hold.covers == SOME_POSTS)
    )
    return or_(ArchivedPost.collection_id.in_(whole), ArchivedPost.id.in_(named))


def holds_on(post_ids: Sequence[int]) -> Sequence[Hold]:
    """The holds in force on any of these posts."""
    found: dict[int, Hold] = {}
    for start in range(0, len(post_ids), AT_ONCE):
        piece = list(post_ids[start : start + AT_ONCE])
        whole = select(ArchivedPost.collection_id).where(ArchivedPost.id.in_(piece))
        named = select(HoldPost.hold_id).where(HoldPost.post_id.in_(piece))
        covers = or_(
            and_(Hold.covers == THE_COLLECTION, Hold.collection_id.in_(whole)),
            and_(Hold.covers == SOME_POSTS, Hold.id.in_(named)),
        )
        for hold in db.session.scalars(select(Hold).where(Hold.released_at.is_(None), covers)):
            found[hold.id] = hold
    return [found[key] for key in sorted(found)]


@contextmanager
def deleting(post_ids: Sequence[int]) -> Iterator[None]:
    """Within it, rows and files of these posts may be deleted. Raises Held when one of them is held.

    Asked in the transaction that deletes: a hold that is placed at the same time comes before or after it.
    """
    _one_at_a_time(Collection.id.in_(_collections_of(post_ids)))
    if found := holds_on(post_ids):
        raise Held(found)
    with asked():
        yield


def _collections_of(post_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(post_ids), AT_ONCE):
        piece = list(post_ids[start : start + AT_ONCE])
        found |= set(
            db.session.scalars(
                select(ArchivedPost.collection_id).where(ArchivedPost.id.in_(piece)).distinct()
            )
        )
    return found


def _one_at_a_time(which: ColumnElement[bool]) -> None:
    """Whoever places a hold on a collection and whoever deletes from it wait for each other."""
    db.session.execute(select(Collection.id).where(which).order_by(Collection.id).with_for_update())


@contextmanager
def unseen(found: Import) -> Iterator[None]:
    """Within it, what an import wrote may be taken back. It is not revealed: nobody has seen anything of it,
    so nothing of it can be held."""
    if found.revealed_at is not None:
        raise ValueError("What was revealed is not taken back.")
    with asked():
        yield


@contextmanager
def deleting_collection(collection: Collection) -> Iterator[None]:
    """Within it, a collection may be deleted with all that it holds. Raises Held."""
    _one_at_a_time(Collection.id == collection.id)
    in_force = select(Hold).where(Hold.collection_id == collection.id, Hold.released_at.is_(None))
    if found := db.session.scalars(in_force.order_by(Hold.id)).all():
        raise Held(found)
    with asked():
        yield
