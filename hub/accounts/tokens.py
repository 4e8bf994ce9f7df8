"""Mailed links: each is good for one purpose, one person, one state of things, and a limited time.

A token holds a digest of the state that it was made for, so that it dies with that state: a link to recover
a password works once, because using it changes the password.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from hub.core.database import db

from .models import Person
from .rules import CHANGE_EMAIL_WITHIN, CONFIRM_WITHIN, RECOVER_WITHIN

CONFIRM, RECOVER, CHANGE_EMAIL = "confirm", "recover", "change_email"
LIFETIMES: dict[str, timedelta] = {
    CONFIRM: CONFIRM_WITHIN,
    RECOVER: RECOVER_WITHIN,
    CHANGE_EMAIL: CHANGE_EMAIL_WITHIN,
}


@dataclass(frozen=True)
class Claim:
    """What a valid token says: who, and (for a change of address) the new one."""

    person: Person
    detail: str = ""


def make(purpose: str, person: Person, detail: str = "") -> str:
    return _signer(purpose).dumps([person.fs_uniquifier, _digest(purpose, person), detail])


def read(purpose: str, token: str) -> Claim | None:
    """What the token says, or None when it is not ours, too old, or what it was made for has changed."""
    try:
        uniquifier, digest, detail = _signer(purpose).loads(
            token, max_age=int(LIFETIMES[purpose].total_seconds())
        )
    except (BadData, ValueError, TypeError):
        return None
    person = db.session.scalar(select(Person).where(Person.fs_uniquifier == uniquifier, Person.active))
    if person is None or not hmac.compare_digest(digest, _digest(purpose, person)):
        return None
    return Claim(person, detail)


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt=f"account.{purpose}")  # type: ignore[arg-type]


def _digest(purpose: str, person: Person) -> str:
    """The state that the link is about: nothing of it can be read from the digest."""
    state = "\n".join([purpose, person.email, person.password or "", str(person.confirmed_at is not None)])
    key = str(current_app.secret_key).encode()
    return hmac.new(key, state.encode(), "sha256").hexdigest()[:24]
