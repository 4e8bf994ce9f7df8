"""Registering, confirming, signing up others, and what people say about themselves."""

from uuid import uuid4

from flask_babel import gettext as _
from flask_security.utils import hash_password
from sqlalchemy import delete, func, select

from hub.core import audit, clock
from hub.core.addressees import works
from hub.core.database import db, new_token
from hub.core.errors import Refused
from hub.core.mail import post_mail
from hub.core.outbox import emit
from hub.core.policy import Actor
from hub.core.slugs import numbered, slug

from . import passwords, rules
from .models import BY_MODERATOR, PROFESSIONS, SECTORS, FormerHandle, Organisation, Person

CONFIRM, KNOWN, RECOVER, CHANGE_EMAIL, CHANGED = (
    "account.confirm",
    "account.known",
    "account.recover",
    "account.change_email",
    "account.changed",
)


def normal_email(email: str) -> str:
    """Addresses are kept and compared in lower case: no provider that matters tells them apart."""
    return email.strip().lower()


def person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == normal_email(email)))


def register_person(name: str, email: str, password: str, onward: str = "") -> None:
    """Somebody registers; onward: the page that they wanted to see.

    Whether the address is known is told to its owner by mail, and to nobody else. Until an address is
    confirmed, the newest registration for it counts, and the links of earlier ones die.
    """
    email = normal_email(email)
    hashed = hash_password(passwords.normal(password))  # first, so that every answer takes as long
    person = person_by_email(email)
    if person is not None and (person.confirmed_at is not None or not person.active):
        if person.active:
            mail_person(person, KNOWN)
        return
    if person is None:
        person = _new_person(name, email)
    person.name = name.strip()
    person.password = hashed
    db.session.flush()
    ask_to_confirm(person, onward)


def create_person(
    *,
    name: str,
    email: str,
    password: str | None = None,
    handle: str = "",
    about: str = "",
    sector: str = "",
    profession: str = "",
    organisation: str = "",
    confirmed: bool = True,
    administrator: bool = False,
    is_sample: bool = False,
) -> Person:
    """An account made by whoever runs the hub. Refused when the address or handle is taken."""
    if person_by_email(email):
        raise Refused(_("There is an account with this e-mail address already."))
    if handle and not handle_is_free(handle):
        raise Refused(_("Somebody has this handle already."))
    person = _new_person(name, normal_email(email), handle)
    person.password = hash_password(passwords.normal(password)) if password else None
    person.confirmed_at = clock.now() if confirmed else None
    person.administrator = administrator
    person.is_sample = is_sample
    person.about, person.sector, person.profession = about, sector, profession
    set_organisation(person, organisation)
    db.session.flush()
    return person


def _new_person(name: str, email: str, handle: str = "") -> Person:
    person = Person(name=name.strip(), email=email, handle=handle or free_handle(name))
    db.session.add(person)
    db.session.flush()
    emit("person.registered", person_id=person.id)
    return person


def free_handle(name: str) -> str:
    """A handle made of a name: the first of 'ailsa-grant', 'ailsa-grant-2' ... that nobody has."""
    base = slug(name, rules.HANDLE_LIMIT) or "member"
    if not rules.handle_is_fine(base):
        base = f"{base}-member"[: rules.HANDLE_LIMIT].strip("-")
    taken = {
        *db.session.scalars(select(Person.handle).where(Person.handle.startswith(base))),
        *db.session.scalars(select(FormerHandle.handle).where(FormerHandle.handle.startswith(base))),
    }
    number = 1
    while (handle := numbered(base, number, rules.HANDLE_LIMIT)) in taken:
        number += 1
    return handle


def handle_is_free(handle: str, but_for: int | None = None) -> bool:
    """Nobody has it or had it, save for the person with that id."""
    had = select(FormerHandle.person_id).where(FormerHandle.handle == handle)
    owners = db.session.scalars(select(Person.id).where(Person.handle == handle).union(had)).all()
    return set(owners) <= {but_for}


def _change_handle(person: Person, handle: str) -> None:
    """What was written keeps the old handle in its byline, so links to that lead on."""
    db.session.execute(delete(FormerHandle).where(FormerHandle.handle == handle))
    db.session.add(FormerHandle(handle=person.handle, person_id=person.id))
    person.handle = handle


def ask_to_confirm(person: Person, onward: str = "") -> None:
    """Mail the link that confirms the address; the time that the registration is kept begins again."""
    person.created_at = clock.now()
    mail_person(person, CONFIRM, next=onward)


def forget_unconfirmed() -> None:
    """Delete registrations that nobody confirmed in time; whoever made them may register again. Accounts
    that were closed stay, or their owners could open them anew."""
    too_old = Person.created_at < clock.now() - rules.UNCONFIRMED_KEPT
    db.session.execute(delete(Person).where(Person.confirmed_at.is_(None), Person.active, too_old))


def confirm(person: Person) -> None:
    """The address is theirs, and mail reaches it. Confirming twice changes nothing."""
    works(person.email)
    if person.confirmed_at is None:
        person.confirmed_at = clock.now()
        person.organisation_confirmed = rules.confirmation(person, person.organisation)
        emit("person.confirmed", person_id=person.id)


def set_password(person: Person, password: str) -> None:
    """A new password; every session and mailed link of the old one ends, and the owner is told."""
    person.password = hash_password(passwords.normal(password))
    person.fs_uniquifier = uuid4().hex
    db.session.flush()
    mail_person(person, CHANGED, what="password")


def change_email(person: Person, email: str) -> None:
    """The confirmed new address. The old one is told, so that a theft is noticed. Refused when taken."""
    email = normal_email(email)
    if email == person.email:
        return
    if person_by_email(email):
        raise Refused(_("This address cannot be used. Your old address still stands."))
    mail_person(person, CHANGED, what="email")
    person.email = email
    works(email)
    person.confirmed_at = clock.now()
    person.organisation_confirmed = rules.confirmation(person, person.organisation)
    db.session.flush()
    emit("person.address_changed", person_id=person.id)


def set_profile(
    actor: Actor,
    *,
    name: str,
    handle: str = "",
    about: str = "",
    sector: str = "",
    profession: str = "",
    organisation: str = "",
    time_zone: str = "",
) -> Person:
    """What people say about themselves. What they wrote keeps the byline of its time."""
    person = db.session.get_one(Person, actor.person_id)
    if handle and handle != person.handle:
        if not rules.handle_is_fine(handle) or not handle_is_free(handle, person.id):
            raise Refused(_("This handle cannot be used."))
        _change_handle(person, handle)
    if sector not in ("", *SECTORS) or profession not in ("", *PROFESSIONS):
        raise Refused(_("Choose a sector and a profession of the lists."))
    person.name, person.about = name.strip(), about.strip()
    person.sector, person.profession = sector, profession
    person.time_zone = time_zone or person.time_zone
    set_organisation(person, organisation)
    db.session.flush()
    emit("person.changed", person_id=person.id)
    return person


def set_organisation(person: Person, name: str) -> None:
    """Pick an organisation that the hub knows, or name a new one; empty: none."""
    organisation = name_organisation(name, person.sector) if name.strip() else None
    person.organisation_confirmed = rules.confirmation(person, organisation)
    person.organisation = organisation


def name_organisation(name: str, sector: str = "", mail_domain: str = "") -> Organisation:
    """The organisation of that name, however it is capitalised; made when nobody has named it yet."""
    name = " ".join(name.split())
    known = db.session.scalar(select(Organisation).where(func.lower(Organisation.name) == name.lower()))
    if known is not None:
        return known
    base = slug(name, 70) or new_token()
    taken = set(db.session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(base))))
    number = 1
    while numbered(base, number, 80) in taken:
        number += 1
    organisation = Organisation(
        name=name, slug=numbered(base, number, 80), sector=sector, mail_domain=mail_domain.lower()
    )
    db.session.add(organisation)
    db.session.flush()
    return organisation


def describe_organisation(
    actor: Actor, organisation: Organisation, *, name: str, sector: str, mail_domain: str
) -> int:
    """What is known of an organisation. Addresses at its domain confirm that people belong to it: how many
    people's confirmation that changed. Refused when another has the name."""
    same_name = select(Organisation.id).where(func.lower(Organisation.name) == name.lower())
    if db.session.scalar(same_name.where(Organisation.id != organisation.id)) is not None:
        raise Refused(_("Another organisation has this name already."))
    organisation.name, organisation.sector = name, sector
    organisation.mail_domain = mail_domain.strip().lower().removeprefix("@")
    db.session.flush()
    audit.record(actor, "organisation.describe", organisation, domain=organisation.mail_domain)
    changed = 0
    for person in db.session.scalars(
        select(Person).where(Person.organisation_id == organisation.id)
    ).unique():
        before = person.organisation_confirmed
        person.organisation_confirmed = rules.confirmation(person, organisation)
        changed += person.organisation_confirmed != before
    return changed


def confirm_organisation(actor: Actor, person: Person) -> None:
    """A moderator knows that the person belongs to the organisation that they say."""
    if person.organisation is None:
        raise Refused(_("This person has not said where they work."))
    person.organisation_confirmed = BY_MODERATOR
    audit.record(actor, "person.confirm_organisation", person, organisation=person.organisation.name)


def set_active(person: Person, active: bool) -> None:
    """A deactivated account cannot sign in and is signed out everywhere; what it wrote stays."""
    person.active = active
    if not active:
        person.fs_uniquifier = uuid4().hex
        emit("person.deactivated", person_id=person.id)


def mail_person(person: Person, purpose: str, **payload: str) -> None:
    """Queue one of the accounts' own messages, to the address that the person has now."""
    post_mail(purpose, person.email, key=f"{purpose}:{new_token()}", person_id=person.id, **payload)
