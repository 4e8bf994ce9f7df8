"""Flask-Security, furnished: hashing, sessions and who is signed in. Its own pages are not used (see
docs/decisions/0004-own-sign-in-pages.md), so none of its endpoints exists."""

from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, g
from flask_security import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import hash_password, login_user, logout_user, verify_and_update_password
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from hub.core.addressees import MailAddress
from hub.core.database import db
from hub.core.mail import keeps_mail

from . import passwords
from .actions import person_by_email
from .models import Person

# OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane; about 30 ms a password.
ARGON2 = {
    "argon2__type": "ID",
    "argon2__memory_cost": 19456,
    "argon2__time_cost": 2,
    "argon2__parallelism": 1,
}


class Datastore(SQLAlchemyUserDatastore):
    """People as Flask-Security reads and writes them. It never commits: the request does, once."""

    def __init__(self) -> None:
        super().__init__(db, Person, None)  # type: ignore[arg-type]

    def commit(self) -> None:
        db.session.flush()


@cache
def _person_of_a_session() -> Select[tuple[Person, MailAddress]]:
    """Built once: it is asked on every request of somebody signed in."""
    return (
        select(Person, MailAddress)
        .outerjoin(MailAddress, MailAddress.address == func.lower(Person.email))
        .where(Person.fs_uniquifier == bindparam("session"), Person.active)
        .options(joinedload(Person.memberships))
    )


def load_person(fs_uniquifier: str) -> Person | None:
    """Whoever a session names, with their memberships, and whether mail to them comes back: the one query of
    an actor."""
    found = db.session.execute(_person_of_a_session(), {"session": str(fs_uniquifier)})
    row = found.unique().one_or_none()
    if row is None:
        return None
    person, known = row
    person.mail_comes_back = known is not None and known.gets_nothing
    return cast(Person, person)


def proven(email: str, password: str) -> Person | None:
    """Whose address and password these are. It takes as long when nobody has the address."""
    person = person_by_email(email)
    password = passwords.normal(password)
    if person is None or not person.password or not person.active:
        hash_password(password)
        return None
    return person if verify_and_update_password(password, person) else None


def begin_session(person: Person, remember: bool = False) -> None:
    """Signed in from here on, also for the rest of this request."""
    login_user(person, remember=remember, authn_via=["password"])
    g.pop("actor", None)


def end_session() -> None:
    logout_user()
    g.pop("actor", None)


def local_path(path: str | None) -> str:
    """The path when it stays on this hub; else nothing. Browsers read a backslash as a slash, and drop
    tabs and line breaks, so nothing with those is taken."""
    path = path or ""
    parts = urlsplit(path) if path.startswith("/") and path.isprintable() else None
    if parts is None or parts.netloc or "\\" in path or path.startswith("//"):
        return ""
    return path


def install(app: Flask) -> None:
    settings = app.extensions["settings"]
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.signing_key(),  # asked for; Argon2 salts by itself
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=ARGON2,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.address.startswith("https://"),
        REMEMBER_COOKIE_DURATION=30 * 24 * 3600,
    )
    Security(app, Datastore(), register_blueprint=False)
    manager: Any = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(load_person)
    app.jinja_env.globals["keeps_mail"] = keeps_mail
