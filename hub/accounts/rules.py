"""Who sees people and organisations, what a handle may be, and how an organisation is confirmed."""

import re
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, true

from hub.core.policy import Actor, permission, visibility, visible

from .models import BY_ADDRESS, BY_MODERATOR, ONLY_SAID, Organisation, Person

# As mentions are read (core.markup): what may stand behind an @.
HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")
HANDLE_LIMIT = 40

# Links that are mailed. Confirming waits for people on holiday; who lost a password is at the keyboard.
CONFIRM_WITHIN = timedelta(days=7)
RECOVER_WITHIN = timedelta(hours=1)
CHANGE_EMAIL_WITHIN = timedelta(days=1)

# A registration that nobody confirms is deleted after this: the name and address may be a stranger's. Twice
# as long as its link works, because the message may wait for days while the mail server is away.
UNCONFIRMED_KEPT = timedelta(days=14)

# Addresses that would be taken for the hub itself.
RESERVED_HANDLES = frozenset(
    {
        "admin",
        "administrator",
        "hub",
        "help",
        "support",
        "moderator",
        "moderators",
        "owner",
        "owners",
        "everyone",
        "everybody",
        "all",
        "here",
        "system",
        "root",
        "staff",
        "security",
        "organisations",
    }
)


@visibility(Person)
def _sees_person(actor: Actor) -> ColumnElement[bool]:
    """Themselves. Rooms above grant more: whom one meets in groups, whose writing one reads."""
    return Person.id == (actor.person_id or 0)


@visibility(Organisation)
def _sees_organisation(actor: Actor) -> ColumnElement[bool]:
    """Those that an administrator knows the addresses of, and those of people whom the actor sees: a name
    that was only typed may tell of a group that is hidden. Administrators see all names."""
    if actor.administrator:
        return true()
    theirs = select(Person.id).where(Person.organisation_id == Organisation.id, visible(Person, actor))
    return or_(Organisation.mail_domain != "", theirs.exists())


@permission("person.read")
def _may_read(_actor: Actor, _person: Person) -> bool:
    return True  # whoever sees them


@permission("account.begin", on=False)
def _may_begin(_actor: Actor, _subject: None) -> bool:
    """Register, sign in, follow a mailed link: anybody."""
    return True


def handle_is_fine(handle: str) -> bool:
    return HANDLE.fullmatch(handle) is not None and handle not in RESERVED_HANDLES


def belongs(email: str, mail_domain: str) -> bool:
    """Whether an address is one of the organisation's: at its domain, or below it."""
    domain = email.rpartition("@")[2].lower()
    return bool(mail_domain) and (domain == mail_domain or domain.endswith(f".{mail_domain}"))


def confirmation(person: Person, organisation: Organisation | None) -> str:
    """How it is confirmed that the person belongs to the organisation, were it theirs from now on."""
    if organisation is None:
        return ONLY_SAID
    if person.confirmed_at is not None and belongs(person.email, organisation.mail_domain):
        return BY_ADDRESS
    kept = person.organisation_id == organisation.id and person.organisation_confirmed == BY_MODERATOR
    return BY_MODERATOR if kept else ONLY_SAID
