"""Handing a collection over: offered, accepted or declined; and collections that nobody is left to keep."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select

from hub.accounts.models import Person
from hub.archive.models import Collection, Keeper
from hub.archive.rules import KEEPERS_OF_AN_ORGANISATION
from hub.core import audit
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.mail import post_mail
from hub.core.policy import Actor, can

from .members import member_named
from .models import Handover

# Purposes of mail.
OFFERED, ACCEPTED, ORPHANED = "collection.offered", "collection.accepted", "collection.orphaned"
LONGEST_NOTE = 1_000


def offer(actor: Actor, collection: Collection, handle: str, note: str = "", *, leaves: bool) -> Handover:
    """Offer a collection to another member. A keeper does, or an administrator where nobody is left who can;
    neither of them sees more of it by that. Raises Refused."""
    keeps = can(actor, "collection.keep", collection)
    note = note.strip()[:LONGEST_NOTE]
    if not keeps and not (actor.administrator and is_unkept(collection)):
        raise Refused(_("This is not yours to hand over, so nothing was changed."))
    if not keeps and not note:
        raise Refused(_("Say why you offer it to them: it is recorded. Nothing was changed."))
    person = member_named(handle)
    if any(keeper.person_id == person.id for keeper in collection.keepers):
        raise Refused(_("%(name)s keeps this collection already. Nothing was changed.", name=person.name))
    db.session.execute(
        delete(Handover).where(Handover.collection_id == collection.id, Handover.person_id == person.id)
    )
    made = Handover(
        collection=collection,
        person=person,
        offered_by_id=actor.person_id,
        leaves=leaves and keeps,
        note=note,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "collection.offer", collection, reason=note, to=person.id, leaves=made.leaves)
    post_mail(OFFERED, person.email, key=f"{OFFERED}:{made.token}", person_id=person.id, handover=made.token)
    return made


def offered_to(actor: Actor) -> Sequence[Handover]:
    """What the actor has been offered to keep."""
    statement = select(Handover).where(Handover.person_id == actor.person_id)
    return db.session.scalars(statement.order_by(Handover.offered_at, Handover.id)).all()


def accept(actor: Actor, handover: Handover) -> Collection:
    """From now on they keep it, and whoever handed it over no longer does, if that was said."""
    _own(actor, handover)
    collection, offered_by = handover.collection, handover.offered_by
    collection.keepers.append(Keeper(person_id=actor.person_id))
    db.session.flush()
    audit.record(actor, "collection.accept", collection, offered_by=handover.offered_by_id)
    leaving = next((one for one in collection.keepers if one.person_id == handover.offered_by_id), None)
    if handover.leaves and leaving is not None:
        collection.keepers.remove(leaving)
        audit.record(actor, "collection.remove_keeper", collection, keeper=leaving.person_id)
    if offered_by is not None and offered_by.active:
        key = f"{ACCEPTED}:{handover.token}"
        post_mail(ACCEPTED, offered_by.email, key=key, person_id=offered_by.id, collection_id=collection.id)
    db.session.delete(handover)
    db.session.flush()
    return collection


def decline(actor: Actor, handover: Handover) -> None:
    """They do not want to keep it. Whoever offered it still does."""
    _own(actor, handover)
    audit.record(actor, "collection.decline", handover.collection)
    db.session.delete(handover)


def _own(actor: Actor, handover: Handover) -> None:
    if not actor.signed_in or handover.person_id != actor.person_id:
        raise Refused(_("This was not offered to you. Nothing was changed."))


def _active_keepers() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Keeper)
        .join(Person, Person.id == Keeper.person_id)
        .where(Keeper.collection_id == Collection.id, Person.active)
        .correlate(Collection)
        .scalar_subquery()
    )


def is_unkept(collection: Collection) -> bool:
    """Whether nobody who keeps it still has an account."""
    return not any(keeper.person.active for keeper in collection.keepers)


def short_of_keepers() -> Sequence[Collection]:
    """Collections that nobody is left to keep, and those of organisations that have too few; the worst first.
    For administrators: what they are called and whose they are, nothing of what they hold."""
    keepers = _active_keepers()
    too_few = (keepers == 0) | (
        Collection.organisation_id.is_not(None) & (keepers < KEEPERS_OF_AN_ORGANISATION)
    )
    statement = select(Collection).where(too_few).order_by(keepers, Collection.name, Collection.token)
    return db.session.scalars(statement.limit(200)).all()


def tell_of_closed_account(person: Person) -> None:
    """Whose account was closed kept collections: the other keepers are told, or the administrators where none
    is left."""
    kept = select(Collection).join(Keeper, Keeper.collection_id == Collection.id)
    for collection in db.session.scalars(kept.where(Keeper.person_id == person.id)).unique():
        told = [keeper.person for keeper in collection.keepers if keeper.person.active]
        if not told:
            told = list(db.session.scalars(select(Person).where(Person.administrator, Person.active)))
        for one in told:
            key = f"{ORPHANED}:{collection.id}:{person.id}:{one.id}:{person.fs_uniquifier[:12]}"
            post_mail(ORPHANED, one.email, key=key, person_id=one.id, collection_id=collection.id)
