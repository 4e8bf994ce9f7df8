"""Sign-in, registration and confirmation, brought by Flask-Security."""

from typing import Any

from flask import Flask
from flask_security import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hub.core.access import library_endpoints
from hub.core.database import db

from .models import Person


class Datastore(SQLAlchemyUserDatastore):
    """People as Flask-Security reads and writes them. It never commits: the request does, once."""

    def __init__(self) -> None:
        super().__init__(db, Person, None)  # type: ignore[arg-type]

    def commit(self) -> None:
        db.session.flush()


def _load_person(fs_uniquifier: str) -> Person | None:
    """Whoever a session names, with their memberships: the one query of an actor."""
    return (
        db.session.execute(
            select(Person)
            .where(Person.fs_uniquifier == str(fs_uniquifier), Person.active)
            .options(joinedload(Person.memberships))
        )
        .unique()
        .scalar_one_or_none()
    )


def install(app: Flask) -> None:
    settings = app.extensions["settings"]
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.signing_key(),
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    )
    before = set(app.view_functions)
    Security(app, Datastore())
    library_endpoints.update(set(app.view_functions) - before)
    manager: Any = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(_load_person)
