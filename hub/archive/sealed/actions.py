"""Asking for a sealed collection, and deciding. Actor first; nothing commits here."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select, update

from hub.accounts.models import Organisation, Person
from hub.archive.models import Collection, Keeper
from hub.core import audit, clock
from hub.core.database import db
from hub.core.errors import Refused
from hub.core.mail import post_mail
from hub.core.policy import Actor, can, visible

from . import models
from .models import ALLOWED, WAITING, SealedRequest
from .rules import LONGEST_REASON

# Purposes of mail.
ASKED, DECIDED = "sealed.asked", "sealed.decided"


def ask(actor: Actor, name: str, reason: str, organisation: Organisation | None = None) -> SealedRequest:
    """Ask for a sealed collection; it is not there until an administrator allows it."""
    made = SealedRequest(
        name=name.strip(),
        reason=reason.strip()[:LONGEST_REASON],
        organisation=organisation,
        asked_by_id=actor.person_id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "sealed.ask", made, reason=made.reason)
    others = select(Person).where(Person.administrator, Person.active, Person.id != actor.person_id)
    for person in db.session.scalars(others.order_by(Person.id)):
        _tell(ASKED, person, made)
    return made


def decide(actor: Actor, request: SealedRequest, *, allow: bool, reason: str) -> Collection | None:
    """Allow it, and the collection is there, kept by whoever asked; or refuse it. Both with a reason."""
    reason = reason.strip()[:LONGEST_REASON]
    if not can(actor, "sealed_request.decide", request):
        raise Refused(_("This is not yours to decide, so nothing was changed."))
    if not reason:
        raise Refused(_("Give your reason: it is kept with your name. Nothing was decided."))
    _only_once(request, ALLOWED if allow else models.REFUSED, actor, reason)
    audit.record(actor, "sealed.allow" if allow else "sealed.refuse", request, reason=reason)
    made = _make(actor, request, reason) if allow else None
    if request.asked_by is not None and request.asked_by.active:
        _tell(DECIDED, request.asked_by, request)
    return made


def _tell(purpose: str, person: Person, request: SealedRequest) -> None:
    key = f"{purpose}:{request.id}:{person.id}"
    post_mail(purpose, person.email, key=key, person_id=person.id, request_id=request.id)


def requests(actor: Actor) -> list[SealedRequest]:
    """What was asked, as far as the actor sees it; what waits first, then the latest."""
    found = select(SealedRequest).where(visible(SealedRequest, actor))
    order = (SealedRequest.state != WAITING, SealedRequest.asked_at.desc())
    return list(db.session.scalars(found.order_by(*order).limit(200)))


def requests_of(actor: Actor) -> list[SealedRequest]:
    """What the actor asked for and does not keep yet."""
    own = select(SealedRequest).where(
        SealedRequest.asked_by_id == actor.person_id, SealedRequest.state != ALLOWED
    )
    return list(db.session.scalars(own.order_by(SealedRequest.asked_at.desc()).limit(20)))


def _only_once(request: SealedRequest, state: str, actor: Actor, reason: str) -> None:
    """Of two administrators who decide at the same moment, one does."""
    changed = db.session.execute(
        update(SealedRequest)
        .where(SealedRequest.id == request.id, SealedRequest.state == WAITING)
        .values(state=state, decided_by_id=actor.person_id, decided_at=clock.now(), decided_reason=reason)
    )
    if changed.rowcount != 1:
        raise Refused(_("Somebody has decided about this already. Nothing was changed."))
    db.session.refresh(request)


def _make(actor: Actor, request: SealedRequest, reason: str) -> Collection:
    if request.asked_by_id is None:
        raise Refused(_("Whoever asked has left, so nobody would keep it. Nothing was changed."))
    collection = Collection(name=request.name, organisation=request.organisation, sealed=True)
    collection.keepers.append(Keeper(person_id=request.asked_by_id))
    db.session.add(collection)
    db.session.flush()
    request.collection = collection
    audit.record(actor, "collection.create_sealed", collection, reason=reason)
    return collection
