"""A collection's end: closed by its keepers; deleted where it never held a post; ended where everything has
been disposed of. Of an ended one a stub is left: what was there, who disposed of it and when, and its log.

Nothing is disposed of here: each post needs its class, its time, and a second person (see `retention`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from hub.accounts.models import Person
from hub.archive.capturing.models import ON, PAUSED, WatchedAddress
from hub.archive.models import ASKS, UNFINISHED, ArchivedPost, Collection, Import
from hub.archive.retention import holds
from hub.archive.retention.disposal_models import Disposal
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.policy import Actor


@dataclass(frozen=True)
class Held:
    """What a collection holds: posts ever kept, those of them still there, and how many by platform."""

    ever: int
    left: int
    platforms: dict[str, int]

    @property
    def never_any(self) -> bool:
        return not self.ever


def held_by(collection: Collection) -> Held:
    """Whether anybody has seen them yet or not."""
    of_it = ArchivedPost.collection_id == collection.id
    rows = db.session.execute(
        select(ArchivedPost.platform, func.count(), func.count(ArchivedPost.erased_at))
        .where(of_it)
        .group_by(ArchivedPost.platform)
        .order_by(func.count().desc(), ArchivedPost.platform)
    ).all()
    ever = sum(row[1] for row in rows)
    return Held(ever, ever - sum(row[2] for row in rows), {row[0]: row[1] for row in rows})


def disposals_done(collection: Collection) -> Sequence[Disposal]:
    """What was disposed of or erased, in the order in which it was."""
    done = select(Disposal).where(Disposal.collection_id == collection.id, Disposal.finished_at.is_not(None))
    return db.session.scalars(done.order_by(Disposal.finished_at, Disposal.id)).all()


def close(actor: Actor, collection: Collection, reason: str) -> None:
    """Nothing more comes in; what is there is kept, searched and handed over as before. Raises Refused."""
    reason = _reason(reason)
    _alone_with(collection)
    if collection.closed_at is not None:
        raise Refused(_("This collection is closed already. Nothing was changed."))
    _nothing_under_way(collection)
    collection.closed_at, collection.closed_by = clock.now(), _name(actor)
    db.session.execute(
        update(WatchedAddress)
        .where(WatchedAddress.collection_id == collection.id, WatchedAddress.state == ON)
        .values(state=PAUSED)
    )
    audit.record(actor, "collection.close", collection, reason=reason)


def reopen(actor: Actor, collection: Collection, reason: str) -> None:
    """Posts may come in again. Addresses that were watched stay paused. Raises Refused."""
    reason = _reason(reason)
    _alone_with(collection)
    if collection.closed_at is None or collection.ended_at is not None:
        raise Refused(_("Only a closed collection is opened again. Nothing was changed."))
    collection.closed_at, collection.closed_by = None, ""
    audit.record(actor, "collection.reopen", collection, reason=reason)


def end(actor: Actor, collection: Collection, reason: str) -> bool:
    """Delete a collection that never held a post; of another that is closed, and of which everything has been
    disposed of, leave the stub. Whether one is left. Raises Refused, or Held where something is on hold."""
    reason = _reason(reason)
    with holds.deleting_collection(collection):
        db.session.refresh(collection)
        held = held_by(collection)
        if collection.ended_at is not None:
            raise Refused(_("This collection has ended already. Nothing was changed."))
        _nothing_under_way(collection)
        if held.never_any:
            audit.record(actor, "collection.delete", collection, reason=reason, name=collection.name)
            db.session.delete(collection)
            return False
        if collection.closed_at is None:
            raise Refused(_("Close the collection first. Nothing was changed."))
        if held.left:
            raise Refused(
                _(
                    "Posts are still kept here. A collection ends once all of them have been disposed of, "
                    "each when its time is over. Nothing was changed."
                )
            )
        collection.ended_at, collection.ended_by = clock.now(), _name(actor)
    audit.record(actor, "collection.end", collection, reason=reason, posts=held.ever)
    return True


def _alone_with(collection: Collection) -> None:
    """Whoever begins an import, places a hold or deletes waits for us; we see what they did."""
    db.session.execute(select(Collection.id).where(Collection.id == collection.id).with_for_update())
    db.session.refresh(collection)


def _nothing_under_way(collection: Collection) -> None:
    unfinished = select(Import.id).where(
        Import.collection_id == collection.id, Import.state.in_((*UNFINISHED, ASKS))
    )
    if db.session.scalar(unfinished.limit(1)) is not None:
        raise Refused(_("An import is not finished yet. Let it end, or stop it first. Nothing was changed."))


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused(_("Give your reason: it is kept. Nothing was changed."))
    return reason


def _name(actor: Actor) -> str:
    """As it is now: what is left of a collection outlives accounts."""
    return db.session.get_one(Person, actor.person_id).name
