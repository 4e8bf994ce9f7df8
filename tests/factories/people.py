"""People and organisations for tests. Each is committed at once, so that a test client sees them."""

from itertools import count
from typing import Any

from flask.testing import FlaskClient
from flask_security.utils import hash_password

from hub.accounts.models import Organisation, Person
from hub.core import clock
from hub.core.database import db, unit_of_work
from hub.core.policy import Actor

_numbers = count(1)

PASSWORD = "correct horse battery staple"


def person(name: str = "", *, password: str | None = None, **fields: Any) -> Person:
    """Somebody who has confirmed their address. With `password=PASSWORD` they can sign in by the form."""
    number = next(_numbers)
    fields.setdefault("handle", f"person{number}")
    fields.setdefault("email", f"{fields['handle']}@example.org")
    fields.setdefault("confirmed_at", clock.now())
    with unit_of_work():
        made = Person(
            name=name or f"Person {number}",
            password=hash_password(password) if password else None,
            **fields,
        )
        db.session.add(made)
    return made


def administrator(name: str = "", **fields: Any) -> Person:
    return person(name, administrator=True, **fields)


def organisation(name: str = "", **fields: Any) -> Organisation:
    number = next(_numbers)
    fields.setdefault("slug", f"organisation-{number}")
    with unit_of_work():
        made = Organisation(name=name or f"Organisation {number}", **fields)
        db.session.add(made)
    return made


def actor_of(someone: Person) -> Actor:
    """The person as the policy knows them, with their memberships as they are now."""
    return db.session.get_one(Person, someone.id, populate_existing=True).as_actor()


def sign_in(client: FlaskClient, someone: Person) -> FlaskClient:
    """The client, from now on signed in as the person (without asking for a password)."""
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = someone.fs_uniquifier
        session["_fresh"] = True
    return client
