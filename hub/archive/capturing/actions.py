"""What keepers do with watched addresses. Actor first; nothing commits here."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from hub.archive.models import Collection
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.jobs import enqueue
from hub.core.policy import Actor

from .models import ON, PAUSED, WatchedAddress

# Each is a request to somebody else's server, again and again.
MOST_WATCHES = 50


def watch_address(actor: Actor, collection: Collection, address: str, every_hours: int) -> WatchedAddress:
    """Look at an address from now on; the first look is made at once."""
    kept = db.session.scalars(
        select(WatchedAddress).where(WatchedAddress.collection_id == collection.id)
    ).all()
    address = address.strip()
    if any(one.address == address for one in kept):
        raise Refused(_("This collection watches that address already. Nothing was changed."))
    if len(kept) >= MOST_WATCHES:
        raise Refused(_("Collections watch up to %(most)d addresses. Remove one first.", most=MOST_WATCHES))
    watch = WatchedAddress(
        collection_id=collection.id, person_id=actor.person_id, address=address, every_hours=every_hours
    )
    db.session.add(watch)
    db.session.flush()
    audit.record(actor, "collection.watch", watch, address=address)
    look_now(watch)
    return watch


def look_now(watch: WatchedAddress) -> None:
    """Ask for a look; asked twice is asked once."""
    enqueue("archive.watch", key=f"archive.watch:{watch.id}", serial="archive.watch", watch_id=watch.id)


def pause(actor: Actor, watch: WatchedAddress) -> None:
    watch.state = PAUSED
    audit.record(actor, "collection.pause_watch", watch)


def resume(actor: Actor, watch: WatchedAddress) -> None:
    """Look again: now, and from now on."""
    watch.state, watch.next_at, watch.failures = ON, clock.now(), 0
    audit.record(actor, "collection.resume_watch", watch)
    look_now(watch)


def stop_watching(actor: Actor, watch: WatchedAddress) -> None:
    """What it brought in stays."""
    audit.record(actor, "collection.stop_watching", watch, address=watch.address)
    db.session.delete(watch)
