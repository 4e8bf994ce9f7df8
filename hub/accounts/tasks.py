"""What the accounts send, and what they forget. Mail is written at the moment of sending, so that links are
fresh and nothing secret is kept in the queue."""

from datetime import timedelta
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import select

from hub.core.database import db
from hub.core.jobs import job, scheduled
from hub.core.letters import letter
from hub.core.mail import Email, Mail, composer
from hub.core.outbox import on

from . import tokens
from .actions import (
    CHANGE_EMAIL,
    CHANGED,
    CONFIRM,
    KNOWN,
    RECOVER,
    forget_unconfirmed,
    mail_person,
    normal_email,
)
from .models import Person


def _person(mail: Mail) -> Person | None:
    """Whom the message is for, as long as they have an account."""
    person = db.session.get(Person, mail.person_id) if mail.person_id else None
    return person if person is not None and person.active else None


@composer(CONFIRM)
def confirm(mail: Mail) -> Email | None:
    person = _person(mail)
    if person is None or person.confirmed_at is not None or person.email != mail.to_address:
        return None
    link = f"/confirm/{tokens.make(tokens.CONFIRM, person)}"
    if mail.payload.get("next"):
        link += "?" + urlencode({"next": mail.payload["next"]})
    days = tokens.LIFETIMES[tokens.CONFIRM].days
    return letter("account_confirm", locale=person.locale, person=person, link=link, days=days)


@composer(KNOWN)
def known(mail: Mail) -> Email | None:
    person = _person(mail)
    return person and letter("account_known", locale=person.locale, person=person, link="/sign-in")


@composer(RECOVER)
def recover(mail: Mail) -> Email | None:
    person = _person(mail)
    if person is None or person.email != mail.to_address:
        return None
    link = f"/recover/{tokens.make(tokens.RECOVER, person)}"
    minutes = int(tokens.LIFETIMES[tokens.RECOVER].total_seconds() // 60)
    return letter("account_recover", locale=person.locale, person=person, link=link, minutes=minutes)


@composer(CHANGE_EMAIL)
def change_email(mail: Mail) -> Email | None:
    """Nothing goes to an address that has an account: who asked is not told so."""
    person = _person(mail)
    if person is None or db.session.scalar(select(Person.id).where(Person.email == mail.to_address)):
        return None
    link = f"/me/email/{tokens.make(tokens.CHANGE_EMAIL, person, mail.to_address)}"
    hours = int(tokens.LIFETIMES[tokens.CHANGE_EMAIL].total_seconds() // 3600)
    return letter("account_change_email", locale=person.locale, person=person, link=link, hours=hours)


@composer(CHANGED)
def changed(mail: Mail) -> Email | None:
    person = _person(mail)
    if person is None:
        return None
    whats = {
        "password": _("Your password was changed"),
        "email": _("Your e-mail address was changed"),
    }
    what = whats[mail.payload["what"]]
    return letter("account_changed", locale=person.locale, person=person, link="/recover", what=what)


@on("account.recovery_asked")
def send_recovery(email: str) -> None:
    """Here and not in the request: asking takes as long for an address that nobody has."""
    person = db.session.scalar(select(Person).where(Person.email == normal_email(email), Person.active))
    if person is not None:
        mail_person(person, RECOVER)


@job("accounts.forget_unconfirmed")
def forget() -> None:
    forget_unconfirmed()


scheduled("accounts.forget_unconfirmed", timedelta(days=1))
