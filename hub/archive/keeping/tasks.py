"""Mail to those whom it concerns that a collection's keeping has changed."""

from sqlalchemy import select

from hub.accounts.models import Person
from hub.archive.models import Collection
from hub.core.database import db
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer
from hub.core.outbox import on

from . import transfer
from .approver import TOLD
from .handover import ACCEPTED, OFFERED, ORPHANED, is_unkept, tell_of_closed_account
from .models import Handover

# Importing registers.
__all__ = ["transfer"]


@on("person.deactivated")
def offer_on(person_id: int) -> None:
    """Collections of a closed account are offered on by those who keep them too, or by administrators."""
    person = db.session.get(Person, person_id)
    if person is not None and not person.active:
        tell_of_closed_account(person)


@composer(OFFERED)
def tell_of_the_offer(mail: Mail) -> Email | None:
    """To whoever is to keep a collection; not once they have answered."""
    person = _active(mail)
    handover = db.session.scalars(
        select(Handover).where(Handover.token == mail.payload.get("handover", ""))
    ).one_or_none()
    if person is None or handover is None:
        return None
    return letter("collection_offered", locale=person.locale, person=person, handover=handover)


@composer(ACCEPTED)
def tell_of_the_keeper(mail: Mail) -> Email | None:
    """To whoever handed it over."""
    return _about_collection("collection_accepted", mail)


@composer(ORPHANED)
def tell_of_the_closed_account(mail: Mail) -> Email | None:
    """To the keepers who are left, or to administrators."""
    return _about_collection("collection_orphaned", mail)


def _about_collection(message: str, mail: Mail) -> Email | None:
    person = _active(mail)
    collection = db.session.get(Collection, mail.payload.get("collection_id"))
    if person is None or collection is None:
        return None
    unkept = is_unkept(collection)
    return letter(message, locale=person.locale, person=person, collection=collection, unkept=unkept)


def _active(mail: Mail) -> Person | None:
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    return person if person is not None and person.active else None


@composer(TOLD)
def tell_of_the_approver(mail: Mail) -> Email | None:
    """To the approver who was or is to be, and to the keepers: as it is when it is sent."""
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    collection = db.session.get(Collection, mail.payload.get("collection_id"))
    if person is None or not person.active or collection is None:
        return None
    return letter("collection_approver", locale=person.locale, person=person, collection=collection)
